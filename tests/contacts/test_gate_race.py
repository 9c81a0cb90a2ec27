"""Many at once: caps hold however many workers ask in the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from contacts import gate
from contacts.models import Contact, Verdict
from reachable import local, make_borrower

MORNING = local("2026-11-20 10:00")
WORKERS = 20


def _at_once(ask: Callable[[], bool]) -> list[bool]:
    start = Barrier(WORKERS)

    def work(_number: int) -> bool:
        start.wait(timeout=30)
        try:
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, range(WORKERS)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("channel", "cap"), [("sms", 2), ("call", 3)])
def test_twenty_workers_never_pass_a_cap(channel: str, cap: int) -> None:
    borrower = make_borrower()

    def ask() -> bool:
        with transaction.atomic():
            slot = gate.reserve(borrower=borrower, channel=channel, purpose="demand", at=MORNING, by=None)
        return slot.contact is not None

    taken = _at_once(ask)

    assert taken.count(True) == cap
    assert Contact.objects.count() == cap
    assert Verdict.objects.count() == WORKERS


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_never_dial_more_than_six_times() -> None:
    borrower = make_borrower()

    def ask() -> bool:
        with transaction.atomic():
            slot = gate.reserve(borrower=borrower, channel="call", purpose="demand", at=MORNING, by=None).contact
        return slot is not None and gate.complete(slot.pk, outcome=Contact.Outcome.NO_ANSWER, at=MORNING)

    _at_once(ask)
    _at_once(ask)

    assert Contact.objects.counted().count() == 6
