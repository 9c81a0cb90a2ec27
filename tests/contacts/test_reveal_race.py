"""Many looks at once: the quota of an hour holds however parallel, and there are as many rows and entries as values shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections, transaction

from audit.models import Entry
from audit.verify import verify
from contacts.models import Reveal
from contacts.reveal import REVEALS_PER_HOUR, RevealError, reveal
from reachable import local, make_borrower
from sizes import sized
from staff.models import User

NOON = local("2026-11-20 12:00")
WORKERS = 8
LOOKS = sized(60, 1_000)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[], int]) -> int:
    start = Barrier(WORKERS)

    def run(_number: int) -> int:
        start.wait(timeout=30)
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(run, range(WORKERS)))


def test_looks_at_once_never_pass_the_quota() -> None:
    borrower, agent = make_borrower(), User.objects.create(username="li")

    def work() -> int:
        shown = 0
        for _look in range(REVEALS_PER_HOUR // 2):
            try:
                reveal(borrower=borrower, what="name", reason="wants a letter", by=agent, at=NOON)
            except RevealError as refused:
                assert refused.code == "quota"  # noqa: PT017 - in a thread there is no pytest.raises to wait for
            else:
                shown += 1
        return shown

    shown = at_once(work)

    assert shown == REVEALS_PER_HOUR
    assert Reveal.objects.count() == Entry.objects.filter(action="contacts.revealed").count() == REVEALS_PER_HOUR


def test_as_many_values_as_rows_and_entries_and_nothing_personal_among_them() -> None:
    borrower = make_borrower()
    agents = [User.objects.create(username=f"agent{number}") for number in range(1 + LOOKS // REVEALS_PER_HOUR)]

    with transaction.atomic():
        for look in range(LOOKS):
            at = NOON + timedelta(seconds=look)
            value = reveal(
                borrower=borrower, what="identity", reason="wants a letter", by=agents[look % len(agents)], at=at
            )
            assert value == "110101199003070011"

    entries = Entry.objects.filter(action="contacts.revealed")
    assert Reveal.objects.count() == entries.count() == LOOKS
    assert not any("110101199003070011" in f"{entry.facts}{entry.subject_id}" for entry in entries)
    assert verify().faults == []
