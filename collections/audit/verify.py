"""The proof of the chain: walk every entry, recompute every hash, meet the head inside and the anchor outside.

Rows come as plain tuples from a cursor that stays on the server, so a chain of any length takes the same memory.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from audit import anchor
from audit.chain import COVERED, GENESIS, hash_of_columns
from audit.models import Head

ROWS_AT_ONCE = 5_000
_INSTANT = {
    "postgresql": """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "sqlite": "replace(substr(at || iif(instr(at, '.'), '', '.000000'), 1, 26), ' ', 'T') || 'Z'",
}
"""The text of `chain.instant`, made where the instant is kept."""


class Fault(NamedTuple):
    """What is wrong, and at which number."""

    number: int
    reason: str


class Proof(NamedTuple):
    entries: int
    faults: list[Fault]


def verify(faults_max: int = 100) -> Proof:
    """Verify the whole chain; stops collecting after `faults_max` faults."""
    head = Head.objects.first()
    anchored = anchor.read(head.chain) if head else None
    faults: list[Fault] = []
    count = 0
    number, previous = 0, GENESIS
    for row in _rows():
        covered, found = row[:-1], row[-1]
        count += 1
        if covered[_NUMBER] != number + 1 or covered[_PREVIOUS] != previous or found != hash_of_columns(covered):
            faults.extend(_faults_of(covered, found, number + 1, previous))
        number, previous = covered[_NUMBER], found
        if anchored and number == anchored.number and found != anchored.hash:
            faults.append(Fault(number, "is not the entry that was anchored outside the database"))
        if len(faults) >= faults_max:
            return Proof(count, faults)
    faults.extend(_faults_of_end(head, anchored, number, previous))
    return Proof(count, faults)


_NUMBER, _PREVIOUS = COVERED.index("number"), COVERED.index("previous_hash")


def _rows() -> Iterator[tuple[Any, ...]]:
    """What every hash covers, in that order, and the hash."""
    columns = [_INSTANT[connection.vendor] if name == "at" else name for name in COVERED]
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}, hash FROM audit_entry ORDER BY number")  # noqa: S608 — names of ours
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


def _faults_of(covered: Sequence[Any], found: str, expected: int, previous: str) -> Iterator[Fault]:
    number = covered[_NUMBER]
    if number != expected:
        yield Fault(number, f"follows a gap: {expected} was expected")
    if covered[_PREVIOUS] != previous:
        yield Fault(number, "does not continue the entry before it")
    if found != hash_of_columns(covered):
        yield Fault(number, "was changed after it was written")


def _faults_of_end(head: Head | None, anchored: anchor.Anchor | None, number: int, previous: str) -> Iterator[Fault]:
    if head is None:
        if number:
            yield Fault(number, "the chain has no head")
        return
    if (head.number, head.hash) != (number, previous):
        yield Fault(head.number, f"the head is not the last entry, which is {number}")
    if anchored is None:
        if number:
            yield Fault(number, "there is no anchor outside the database")
    elif anchored.number > number:
        yield Fault(anchored.number, f"was anchored outside, yet the chain ends at {number}")
