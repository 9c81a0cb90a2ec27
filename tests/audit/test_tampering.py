"""Random tamperings by whoever administers the database: each is found, and a chain that nobody touched is never accused.

A failing seed is printed with the test's name; TESTS_AT_SIZE=1 takes two hundred.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction

from audit import anchor
from audit.chain import GENESIS
from audit.guards import lifted
from audit.models import Entry, Head
from audit.record import Note, hash_of, record_many
from audit.verify import verify
from sizes import sized

AT = datetime(2026, 7, 15, 2, tzinfo=UTC)
LENGTH = 40
COLUMNS = ["actor", "role", "action", "subject_type", "subject_id", "request_id", "source", "facts", "hash"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chain(db: None, settings: Any, tmp_path: Path) -> None:
    """A chain whose head is anchored where the database's administrator does not reach."""
    settings.VAR_DIR = tmp_path
    with transaction.atomic():
        record_many([Note("staff.signed_in", None, {"n": n}) for n in range(LENGTH)], by=None, at=AT)
    head = Head.objects.get()
    anchor.move(head.chain, head.number, head.hash)


def edit_a_byte(random: Random) -> None:
    entry, column = Entry.objects.get(number=random.randint(1, LENGTH)), random.choice(COLUMNS)
    text = getattr(entry, column)
    place = random.randrange(len(text) + 1)
    put(entry.number, column, text[:place] + random.choice("xyz~") + text[place + 1 :])


def delete_one(random: Random) -> None:
    run("DELETE FROM audit_entry WHERE number = %s", random.randint(1, LENGTH))


def swap_two(random: Random) -> None:
    one, other = random.sample(range(1, LENGTH + 1), 2)
    for number, new in ((one, -1), (other, one), (-1, other)):
        run("UPDATE audit_entry SET number = %s WHERE number = %s", new, number)


def insert_one(random: Random) -> None:
    """A well made entry in the middle: what follows is moved up, and only the numbers are mended."""
    at = random.randint(1, LENGTH)
    for number in range(LENGTH, at - 1, -1):
        run("UPDATE audit_entry SET number = %s WHERE number = %s", number + 1, number)
    forged = Entry.objects.get(number=at + 1)
    forged.number, forged.actor = at, "nobody"
    forged.hash = hash_of(forged)
    forged.save(force_insert=True)
    run("UPDATE audit_head SET number = %s", LENGTH + 1)


def cut_the_tail(random: Random) -> None:
    last = Entry.objects.get(number=random.randint(1, LENGTH - 1))
    run("DELETE FROM audit_entry WHERE number > %s", last.number)
    run("UPDATE audit_head SET number = %s, hash = %s", last.number, last.hash)


def rewrite_from_somewhere(random: Random) -> None:
    """Another story from an entry on, every hash right, the head as well."""
    first, previous = random.randint(1, LENGTH), ""
    for entry in Entry.objects.order_by("number"):
        if entry.number == first:
            entry.actor = "nobody"
        if entry.number >= first:
            entry.previous_hash = previous or entry.previous_hash
            entry.hash = hash_of(entry)
            put(entry.number, "actor", entry.actor)
            put(entry.number, "previous_hash", entry.previous_hash)
            put(entry.number, "hash", entry.hash)
        previous = entry.hash
    run("UPDATE audit_head SET hash = %s", previous)


def begin_anew(random: Random) -> None:
    run("DELETE FROM audit_entry")
    run("UPDATE audit_head SET number = 0, hash = %s", GENESIS)
    with transaction.atomic():
        notes = [Note("staff.signed_in", None, {"n": -n}) for n in range(random.choice([1, LENGTH]))]
        record_many(notes, by=None, at=AT)


WAYS: list[Callable[[Random], None]] = [
    *(edit_a_byte, delete_one, swap_two, insert_one, cut_the_tail, rewrite_from_somewhere, begin_anew)
]


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def put(number: int, column: str, text: str) -> None:
    run(f"UPDATE audit_entry SET {column} = %s WHERE number = %s", text, number)


@pytest.mark.parametrize("seed", range(sized(21, 203)))
def test_a_random_tampering_is_found(seed: int) -> None:
    """Each way in turn, thrice."""
    assert verify().faults == []

    with lifted(connection):
        WAYS[seed % len(WAYS)](Random(seed))

    assert verify().faults
