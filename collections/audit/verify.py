"""The proof of the chain: walk every entry, recompute every hash, meet the head inside and the anchor outside."""

from collections.abc import Iterator
from typing import NamedTuple

from audit import anchor
from audit.chain import GENESIS
from audit.models import Entry, Head
from audit.record import hash_of


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
    for entry in Entry.objects.order_by("number").iterator(chunk_size=2000):
        count += 1
        faults.extend(_faults_of(entry, number + 1, previous))
        if anchored and entry.number == anchored.number and entry.hash != anchored.hash:
            faults.append(Fault(entry.number, "is not the entry that was anchored outside the database"))
        number, previous = entry.number, entry.hash
        if len(faults) >= faults_max:
            return Proof(count, faults)
    faults.extend(_faults_of_end(head, anchored, number, previous))
    return Proof(count, faults)


def _faults_of(entry: Entry, expected: int, previous: str) -> Iterator[Fault]:
    if entry.number != expected:
        yield Fault(entry.number, f"follows a gap: {expected} was expected")
    if entry.previous_hash != previous:
        yield Fault(entry.number, "does not continue the entry before it")
    if entry.hash != hash_of(entry):
        yield Fault(entry.number, "was changed after it was written")


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
