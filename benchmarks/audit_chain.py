"""The proof of the audit chain: entries a second, over a chain of as many as are asked for.

The chain is written in bulk by the console's own rule of canonical form and hash, with its head inside and its anchor outside.
"""

import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from audit import anchor
from audit.chain import COVERED, GENESIS, canonical, hash_of_columns, instant
from audit.models import Head
from audit.verify import verify

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Proved(NamedTuple):
    entries: int
    seconds: float
    faults: int

    @property
    def rate(self) -> float:
        return self.entries / self.seconds


def write(entries: int) -> None:
    """A chain of so many entries in an empty record."""
    last, chain = GENESIS, secrets.token_hex(16)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY audit_entry ({', '.join(COVERED)}, hash) FROM STDIN") as copy,
    ):
        for row in _rows(entries):
            copy.write_row(row)
            last = str(row[-1])
        head = last
    Head.objects.create(pk=1, chain=chain, number=entries, hash=head)
    anchor.move(chain, entries, head)


def _rows(entries: int) -> Iterator[tuple[object, ...]]:
    previous = GENESIS
    for number in range(1, entries + 1):
        facts = canonical({"to": f"a{number % 500}", "name": f"Agent {number % 500}", "batch": f"{number:016x}"})
        at = instant(BEGIN + timedelta(seconds=number, microseconds=number % 1_000_000))
        covered = (
            *(
                "cases.assigned",
                "chief",
                at,
                facts,
                number,
                previous,
                f"{number * 7919:016x}",
                "supervisor",
                "10.1.2.3",
            ),
            *(str(number % 300_000), "cases.case"),
        )
        previous = hash_of_columns(covered)
        yield (*covered, previous)


def measure(entries: int) -> Proved:
    write(entries)
    since = time.perf_counter()
    proof = verify()
    return Proved(proof.entries, time.perf_counter() - since, len(proof.faults))
