"""Events about links and debits in any order, at once, and after a death: each payment counts once, none is dropped."""

import os
import random
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections, transaction

from audit.failpoints import EXIT_STATUS
from behind import NOW, TODAY, close_book, make_loan
from config.state import loan_states
from lending.debit_sending import LEASE, send_due
from lending.models import Debit, Loan, PayLink, Payment, PaymentEvent, SuspendedPayment
from lending.pay_links import cancel_link, expire_links
from lending.payment_events import Event, take
from lending.verify import verify
from reachable import make_borrower
from staff.models import User
from ways import Provider, answer, ask, make, tell

EVENTS = int(os.environ.get("SHUFFLED_EVENTS", "120"))
"""`SHUFFLED_EVENTS=500` is the size at which this is measured."""
LOANS = EVENTS // 8


@pytest.fixture
def orders(db: None, agent: User) -> list[PayLink | Debit]:
    """Links, some of them cancelled or expired, and debits, each of a loan of its own."""
    loans = [
        make_loan(make_borrower(f"B{place}"), number=f"L-{place}", days=10, amount=60_000, periods=2)
        for place in range(LOANS)
    ]
    close_book(TODAY)
    made = [make(loan, agent) if place % 3 else ask(loan, agent) for place, loan in enumerate(loans)]
    send_due(NOW)
    send_due(NOW)
    links = [order for order in made if isinstance(order, PayLink)]
    for link in links[:5]:
        cancel_link(link, at=NOW, by=agent)
    PayLink.objects.filter(pk__in=[link.pk for link in links[5:10]]).update(expires_at=NOW)
    expire_links(NOW)
    return made


def events_of(orders: list[PayLink | Debit]) -> list[dict[str, Any]]:
    """30 % repeated, some days late, some for an unknown loan or of another amount, failures of some debits with them."""
    chance, events = random.Random(17), list[dict[str, Any]]()
    for place, order in enumerate(orders):
        for number in range(1 + place % 2):  # every other one is paid twice, by two payments of the same day
            events.append(answer(order, f"{order.code}-{number}"))
        if place % 5 == 0:
            events.append(answer(order, f"{order.code}-less", amount=1_000 + place))
        if place % 7 == 0:
            events.append(answer(order, f"{order.code}-lost", loan_number="nowhere"))
        if isinstance(order, Debit) and place % 2:
            events.append(answer(order, f"{order.code}-bad", type="debit.failed", reason="limit"))
        if isinstance(order, Debit) and place % 4 == 0:
            events.append(back(order))
    while len(events) < EVENTS * 7 // 10:
        number = len(events)
        loan = f"L-{number % LOANS}" if number % 20 else "nowhere"
        late = (NOW - timedelta(days=number % 10)).isoformat()
        events.append(
            {"event_id": f"p{number}", "type": "payment", "at": late, "loan_number": loan, "amount": 100 + number}
            | {"reference": f"p-{number}", "currency": "CNY"}
        )
    return events + chance.choices(events, k=EVENTS - len(events))


def back(debit: Debit) -> dict[str, Any]:
    """The bank took the money of a debit back a day later."""
    kind, reason = "debit.returned", "insufficient_funds"
    return answer(debit, f"{debit.code}-back", type=kind, reason=reason, at="2026-07-16T03:00:00Z")


def event_of(body: dict[str, Any]) -> Event:
    """As the webhook reads it."""
    names = {"kind": "type", "detail": "reason", "at": "at"}
    fields = {name: body[names.get(name, name)] for name in Event._fields if names.get(name, name) in body}
    return Event(**fields | {"at": datetime.fromisoformat(str(body["at"]))})


def outcome() -> dict[str, Any]:
    """Everything that may not depend on the order; of two equal payments for one link either may be the link's."""
    return {
        "book": list(loan_states(on=TODAY)),
        "orders": sorted([*PayLink.objects.values_list("code", "state"), *Debit.objects.values_list("code", "state")]),
        "money": sorted(Payment.objects.values_list("loan__number", "value_on", "amount")),
        "suspense": sorted(SuspendedPayment.objects.values_list("loan_number", "value_on", "amount", "currency")),
        "events": sorted(PaymentEvent.objects.values_list("event_id", flat=True)),
    }


@pytest.mark.django_db
def test_five_shuffles_of_the_events_end_equal(orders: list[PayLink | Debit]) -> None:
    events, ends = events_of(orders), list[dict[str, Any]]()
    for shuffle in range(5):
        random.Random(shuffle).shuffle(events)
        spot = transaction.savepoint()
        ends_of = {take("paywell", event_of(event), received_at=NOW, on=TODAY)[0] for event in events}
        assert ends_of == {"posted", "suspended", "kept"}
        assert verify() == []
        ends.append(outcome())
        transaction.savepoint_rollback(spot)

    assert all(end == ends[0] for end in ends)
    counted = len(ends[0]["money"]) + len(ends[0]["suspense"])
    came = {event["reference"] for event in events if not event["type"].startswith("debit.")}
    returned = {event["reference"] for event in events if event["type"] == "debit.returned"}
    assert returned
    assert counted == len(came) + len(returned)  # each return reverses one payment


def at_once(bodies: list[dict[str, Any]]) -> list[int]:
    """Tell them all in the same moment."""
    barrier, found = threading.Barrier(len(bodies)), list[int]()

    def run(body: dict[str, Any]) -> None:
        try:
            barrier.wait(10)
            found.append(tell(body)[0])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[body]) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.fixture
def shared() -> None:
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("threads share nothing in a database in memory")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("kind", ["link", "debit"])
def test_of_payments_at_once_one_is_posted_and_the_others_wait(kind: str, loan: Loan, agent: User) -> None:
    order = make(loan, agent) if kind == "link" else ask(loan, agent)

    found = at_once([answer(order, f"e{number}") for number in range(4)])

    assert found == [202] * 4
    assert Payment.objects.count() == 1
    assert SuspendedPayment.objects.count() == 3
    assert verify() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shared")
def test_one_event_told_at_once_counts_once(loan: Loan, agent: User) -> None:
    body = answer(make(loan, agent))

    found = at_once([body] * 4)

    assert sorted(found) == [200, 200, 200, 202]
    assert (Payment.objects.count(), PaymentEvent.objects.count()) == (1, 1)


SEND = "import django; django.setup(); from audit.clock import now; from lending.debit_sending import send_due; send_due(now())"


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("where", ["lending.debit.before_call", "lending.debit.after_call"])
def test_a_process_that_dies_at_a_debit_leaves_one_to_be_repeated_under_its_key(
    where: str, loan: Loan, agent: User, provider: Provider, settings: Any
) -> None:
    debit = ask(loan, agent)
    Debit.objects.update(retry_at=None)
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor != "sqlite":
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    given = {"DATABASE_URL": url, "FAILPOINT": where, "CLOCK": NOW.isoformat(), "PAYMENTS_URL": "http://127.0.0.1:9/"}

    died = subprocess.run(
        [sys.executable, "-c", SEND], env=os.environ | given, cwd=settings.BASE_DIR, check=False, capture_output=True
    )

    assert died.returncode == EXIT_STATUS, died.stderr.decode()
    left = Debit.objects.get()
    assert (left.state, left.token) == ("sending", 1)
    assert send_due(NOW) == {}
    assert left.lease_until is not None
    Debit.objects.update(lease_until=left.lease_until - 2 * LEASE)
    send_due(NOW)
    assert Debit.objects.get().state == "asked"
    assert provider.keys == [debit.code]
    assert tell(answer(debit)) == (202, {"status": "posted"})
