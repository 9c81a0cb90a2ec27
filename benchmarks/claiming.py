"""Next case, beside the claim alone in one statement, and beside a claim by hand that leaves the same rows behind."""

import json
import time
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from audit.chain import COVERED, canonical, hash_of_columns, instant
from benchmarks.desk_book import DAY
from benchmarks.serving import Pace, pace_of
from cases.models import Case
from cases.pulling import next_case
from cases.worklist import due_at
from staff.models import User

CLAIMS = 200
"""Of each way, or as many as the pool has."""
_CLAIM = """
UPDATE cases_case SET owner_id = %s, version = version + 1 WHERE id IN (
    SELECT id FROM cases_case WHERE state = 'open' AND owner_id IS NULL AND (next_at IS NULL OR next_at <= %s)
    ORDER BY priority DESC, id FOR UPDATE SKIP LOCKED LIMIT 1
) RETURNING id
"""
_ASSIGN = "INSERT INTO cases_assignment (case_id, agent_id, from_at, by_id, reason, batch) VALUES (%s, %s, %s, %s, 'claimed', '')"
_EVENT = (
    """INSERT INTO cases_caseevent (case_id, event, at, "on", by_id, facts) VALUES (%s, 'claimed', %s, %s, %s, %s)"""
)
_ENTRY = f"INSERT INTO audit_entry ({', '.join(COVERED)}, hash) VALUES ({', '.join(['%s'] * (len(COVERED) + 1))})"


def measure(by: User, at: datetime) -> dict[str, Pace]:
    """Each way takes so many cases of the same pool, in turn with the others, each claim committed."""
    ways: dict[str, Callable[[], object]] = {
        "bare": lambda: _bare(by, at),
        "by_hand": lambda: _by_hand(by, at),
        "next_case": lambda: next_case(by=by, at=at, on=DAY),
    }
    for work in ways.values():
        work()
    times = min(CLAIMS, due_at(Case.objects.unassigned(), at).count() // len(ways))
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(times):
        for name, work in ways.items():
            since = time.perf_counter()
            assert work(), "the pool is empty"
            taken[name].append((time.perf_counter() - since) * 1000)
    return {name: pace_of(found) for name, found in taken.items()}


def _bare(by: User, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [by.pk, at])
        return int(cursor.fetchone()[0])


def _by_hand(by: User, at: datetime) -> int:
    """The claim, its assignment, its event and its entry in the chain, in seven statements."""
    facts = {"to": by.username, "name": str(by)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [by.pk, at])
        case = int(cursor.fetchone()[0])
        cursor.execute(_ASSIGN, [case, by.pk, at, by.pk])
        cursor.execute(_EVENT, [case, at, DAY, by.pk, json.dumps(facts)])
        cursor.execute("SELECT number, hash FROM audit_head WHERE id = 1 FOR UPDATE")
        number, previous = cursor.fetchone()
        covered = (
            *("cases.claimed", by.username, instant(at), canonical(facts), number + 1, previous, "", by.role, ""),
            *(str(case), "cases.case"),
        )
        found = hash_of_columns(covered)
        cursor.execute(_ENTRY, [*covered, found])
        cursor.execute("UPDATE audit_head SET number = %s, hash = %s WHERE id = 1", [number + 1, found])
    return case
