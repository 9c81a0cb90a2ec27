"""J6, cases to people: the console's proposal beside reading, a greedy heap and one bulk write, and beside the ORM in bulk.

    python -m benchmarks.assignment [--cases 100000] [--agents 500]

On the PostgreSQL of DATABASE_URL in a scratch database, or on a server of its own. Asserts no time. Four of five cases wait in the
pool; the fifth is in hand and goes well, so it stays and takes room. People are bound by language, stage and funder.
"""

import argparse
import os
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from heapq import heapify, heappop, heapreplace
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks import server

if TYPE_CHECKING:
    from cases.models import Proposal
    from staff.models import User

STAGES = ["early", "early", "early", "middle", "middle", "late"]
SKILLS: list[dict[str, list[str]]] = [
    {"language": ["zh-hans"], "stage": ["early"]},
    {"language": ["zh-hans"], "stage": ["early", "middle"], "funder": ["f0", "f1"]},
    {"language": ["zh-hans"], "stage": ["early", "middle"], "funder": ["f2", "f3"]},
    {"language": ["zh-hans"], "stage": ["middle", "late"]},
    {"language": ["zh-hans"], "stage": ["early", "late"], "funder": ["f0", "f1", "f2"]},
    {"language": ["zh-hans"], "funder": ["f1", "f2", "f3"]},
    {"language": ["zh-hans"]},
    {},
]
"""What people take, one after the other; one of eight speaks English, as 12 borrowers of 100 do, whose cases are
less urgent on the whole."""
SLACK = 1.05
"""Room for so many times the cases there are."""


class Way(NamedTuple):
    words: str
    seconds: float
    assigned: int | None = None
    rows: int | None = None


class Row(NamedTuple):
    """A case as the limit reads it."""

    pk: int
    owner: int | None
    stage: str
    language: str
    funder: str


Kind = tuple[str, str, str]


def load(cases: int, agents: int) -> "User":
    """Cases of every kind, by set-based SQL; the supervisor."""
    from django.db import transaction

    from benchmarks.measuring import sql
    from lending.models import ClosedDay, Funder, Product
    from staff.models import Role, Skill, Team, User

    from benchmarks.portfolio import AT, DAY  # isort: skip

    team = Team.objects.create(name="Bench")
    chief = User.objects.create(username="chief", role=Role.SUPERVISOR, team=team)
    room = int(cases * SLACK / agents)
    people = User.objects.bulk_create(
        User(username=f"a{n}", role=Role.AGENT, team=team, capacity=room) for n in range(agents)
    )
    Skill.objects.bulk_create(
        Skill(user=person, kind=kind, value=value)
        for person, skills in zip(people, cycle(SKILLS), strict=False)
        for kind, values in skills.items()
        for value in values
    )
    product = Product.objects.create(code="bench", name="Bench loan")
    ClosedDay.objects.create(day=DAY, closed_at=AT)
    Funder.objects.bulk_create(Funder(pk=1 + n, code=f"f{n}", name="Bench Bank", signature="Bench") for n in range(4))
    stages = "(ARRAY[" + ",".join(f"'{stage}'" for stage in STAGES) + "])"
    mixed = "(hashint8(i)::bigint & 2147483647)"
    sql("SET session_replication_role = replica")
    for statement in (
        f"""INSERT INTO lending_borrower (id, ref, name, identity, identity_digest, language, time_zone)
        SELECT i, 'B' || i, '', '', '', CASE WHEN {mixed} % 100 < 12 THEN 'en' ELSE 'zh-hans' END, 'Asia/Shanghai'
        FROM generate_series(1, {cases}) i""",
        f"""INSERT INTO lending_loan (id, number, borrower_id, funder_id, product_id, currency, principal, annual_rate_ppm,
            periods, method, frequency, day_count, start_on, first_due_on, status)
        SELECT i, 'L' || i, i, 1 + {mixed} / 7 % 4, {product.pk}, 'CNY', 500000, 0, 12, 'equal_installment', 'monthly',
            'month/12', '2026-01-01', '2026-02-01', 'active' FROM generate_series(1, {cases}) i""",
        f"""INSERT INTO cases_case (id, borrower_id, state, stage, bucket, owner_id, opened_on, next_action, reason_behind,
            priority, priority_reasons, version)
        SELECT i, i, 'open', {stages}[1 + {mixed} / 31 % {len(STAGES)}], 'M1',
            NULL, '{DAY}', 'call', '', {mixed} / 1009 % 1000 - CASE WHEN {mixed} % 100 < 12 THEN 300 ELSE 0 END, '[]', 0
        FROM generate_series(1, {cases}) i""",
    ):
        sql(statement)
    with transaction.atomic():
        _have_in_hand()
    for statement in (
        f"""INSERT INTO cases_assignment (case_id, agent_id, from_at, reason, batch)
        SELECT id, owner_id, '{AT.isoformat()}', '', '' FROM cases_case WHERE owner_id IS NOT NULL""",
        f"""INSERT INTO cases_promise (case_id, amount, currency, due_on, made_on, made_at, taken_by_id, tolerance_percent,
            grace_days, state, paid)
        SELECT id, 100, 'CNY', '{DAY}', '{DAY}', '{AT.isoformat()}', owner_id, 95, 3, 'open', 0
        FROM cases_case WHERE owner_id IS NOT NULL""",
    ):
        sql(statement)
    sql("SET session_replication_role = DEFAULT")
    sql("VACUUM ANALYZE")
    return chief


def _have_in_hand() -> None:
    """Every fifth case is with one of those who may have it, each in turn; who speaks English has English cases."""
    allowed, _room = takers()
    scarce = set(allowed[STAGES[0], "en", "f0"])
    turns = {
        kind: cycle([pk for pk in people if (pk in scarce) == (kind[1] == "en")]) for kind, people in allowed.items()
    }
    write([(row.pk, next(turns[row.stage, row.language, row.funder])) for row in read() if row.pk % 5 == 0])


def read() -> list[Row]:
    """The limit's reading: one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.id, c.owner_id, c.stage, b.language, f.code FROM cases_case c
            JOIN lending_borrower b ON b.id = c.borrower_id JOIN lending_loan l ON l.borrower_id = b.id
            JOIN lending_funder f ON f.id = l.funder_id WHERE c.state = 'open' ORDER BY c.priority DESC, c.id"""
        )
        return [Row(*row) for row in cursor.fetchall()]


def takers() -> tuple[dict[Kind, list[int]], dict[int, int]]:
    """Who may take cases of a kind, and what each has room for."""
    from staff.models import User

    capacity = dict(User.objects.agents().values_list("pk", "capacity"))
    skills: dict[int, dict[str, set[str]]] = {pk: {} for pk in capacity}
    for pk, kind, value in User.objects.agents().values_list("pk", "skills__kind", "skills__value"):
        if kind:
            skills[pk].setdefault(kind, set()).add(value)
    found = {
        (stage, language, funder): [
            pk
            for pk, bound in skills.items()
            if stage in bound.get("stage", {stage})
            and language in bound.get("language", {language})
            and funder in bound.get("funder", {funder})
        ]
        for stage in set(STAGES)
        for language in ("en", "zh-hans")
        for funder in ("f0", "f1", "f2", "f3")
    }
    return found, capacity


def greedy(rows: list[Row], *, stay: Callable[[int], bool]) -> list[tuple[int, int]]:
    """Each case, the most urgent first, to whoever of its takers has most room; what stays takes room before. (case, agent)"""
    allowed, room = takers()
    for row in rows:
        if row.owner and stay(row.pk):
            room[row.owner] -= 1
    heaps = {kind: [(-room[pk], pk) for pk in people] for kind, people in allowed.items()}
    for heap in heaps.values():
        heapify(heap)
    given = []
    for row in rows:
        if row.owner and stay(row.pk):
            continue
        heap = heaps[row.stage, row.language, row.funder]
        while heap:
            known, pk = heap[0]
            if -known != room[pk]:
                heapreplace(heap, (-room[pk], pk))
            elif not room[pk]:
                heappop(heap)
            else:
                room[pk] -= 1
                heapreplace(heap, (-room[pk], pk))
                given.append((row.pk, pk))
                break
    return given


def write(given: list[tuple[int, int]]) -> None:
    """COPY and one UPDATE of the owner: no history, no version, no record."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_given (case_id bigint, agent_id bigint) ON COMMIT DROP")
        with cursor.copy("COPY bench_given FROM STDIN") as copy:
            for row in given:
                copy.write_row(row)
        cursor.execute("UPDATE cases_case SET owner_id = agent_id FROM bench_given WHERE case_id = id")


def bulk(given: list[tuple[int, int]]) -> None:
    from cases.models import Case

    Case.objects.bulk_update([Case(pk=case, owner_id=agent) for case, agent in given], ["owner"], batch_size=1000)


def is_optimal(proposal: "Proposal", chief: "User") -> bool:
    """A cut proves the flow maximal: from the kinds that wait, over their takers and what these were given, nobody has room."""
    from cases.models import Case, ProposedMove

    allowed, capacity = takers()
    codes = "borrower__loans__funder__code"
    target = dict(ProposedMove.objects.filter(proposal=proposal).values_list("case", "target"))
    load: Counter[int] = Counter()
    gave: dict[int, set[Kind]] = {pk: set() for pk in capacity}
    waiting: set[Kind] = set()
    rows = Case.objects.open().values_list("pk", "owner", "stage", "borrower__language", codes, "promises__pk")
    for pk, owner, stage, language, funder, promise in rows:
        kind, holder = (stage, language, funder), target.get(pk, owner)
        if holder is None:
            waiting.add(kind)
            continue
        load[holder] += 1
        if promise is None:
            gave[holder].add(kind)
    seen, queue = set(waiting), deque(waiting)
    while queue:
        for pk in allowed[queue.popleft()]:
            if load[pk] < capacity[pk]:
                return False
            fresh = gave[pk] - seen
            seen |= fresh
            queue.extend(fresh)
    return max(load[pk] - capacity[pk] for pk in capacity) <= 0


@contextmanager
def undone() -> Iterator[None]:
    from benchmarks.measuring import undone as rolled_back

    with rolled_back():
        yield


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    since = time.perf_counter()
    found = work()
    return time.perf_counter() - since, found


def best(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The best of several, each rolled back."""
    measured = []
    for _ in range(times):
        with undone():
            measured.append(timed(work))
    return min(measured, key=lambda each: each[0])


def measure(cases: int, agents: int) -> list[Way]:
    from benchmarks.measuring import cost_of
    from benchmarks.portfolio import AT, DAY
    from cases.applying import apply, undo
    from cases.caseloads import EVERYBODY, Filters
    from cases.proposing import Question, propose

    chief = load(cases, agents)
    question = Question(filters=Filters(owner=EVERYBODY))

    def well(pk: int) -> bool:
        return pk % 5 == 0

    def whole(writing: Callable[[list[tuple[int, int]]], None]) -> Callable[[], int]:
        def work() -> int:
            given = greedy(read(), stay=well)
            writing(given)
            return len(given) + sum(1 for pk in range(1, cases + 1) if well(pk))

        return work

    ways = []
    seconds, rows = best(read)
    ways.append(Way("read alone", seconds))
    seconds, given = best(lambda: greedy(rows, stay=well))
    ways.append(Way("greedy heap alone", seconds, len(given) + cases // 5))
    seconds, assigned = best(whole(write))
    ways.append(Way("limit: read, greedy heap, COPY and UPDATE", seconds, assigned))
    seconds, assigned = best(whole(bulk), 1)
    ways.append(Way("peer: read, greedy heap, bulk_update", seconds, assigned))

    def ask() -> "Proposal":
        found = propose(question, by=chief, at=AT, on=DAY)
        assert found
        return found

    seconds, proposal = best(ask)
    left = sum(number for why, *_kind, number in proposal.left if why != "well")
    ways.append(Way("**propose**", seconds, cases - left))
    proposal = ask()
    optimal = "a cut proves it the most" if is_optimal(proposal, chief) else "NOT the most"
    seconds, _ = timed(lambda: apply(proposal.pk, by=chief, at=AT, on=DAY))
    ways.append(Way("**apply**: versions, owners, assignments, events, record", seconds, cases - left))
    cost = cost_of(lambda: propose(question, by=chief, at=AT, on=DAY))
    ways.append(Way("**propose again**, nothing changed", cost.seconds, rows=cost.rows))
    seconds, _ = timed(lambda: undo(proposal.pk, by=chief, at=AT, on=DAY))
    ways.append(Way(f"**undo** ({optimal})", seconds))
    return ways


def table(ways: list[Way]) -> str:
    limit = next(way.seconds for way in ways if way.words.startswith("limit"))
    lines = ["| way | s | × limit | assigned | rows written |", "|---|---|---|---|---|"]
    for way in ways:
        assigned = f"{way.assigned:,}" if way.assigned is not None else ""
        rows = f"{way.rows:,}" if way.rows is not None else ""
        lines.append(f"| {way.words} | {way.seconds:.2f} | {way.seconds / limit:.2f} | {assigned} | {rows} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assignment", description="Measure dealing cases out.")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--agents", type=int, default=500)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="console-bench-"))
        address = stack.enter_context(server.database(stack.enter_context(server.server()), "console_bench_assign"))
        os.environ |= {"DATABASE_URL": address, "VAR_DIR": folder, "SECRET_KEY": "only-for-benchmarks"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        print(table(measure(given.cases, given.agents)))
        connections.close_all()


if __name__ == "__main__":
    main()
