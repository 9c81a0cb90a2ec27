"""The demonstration's gateway misbehaves on demand, and the console deals with it as with any other."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

import factor
from audit.models import Entry
from dunning import loopback
from dunning.models import LoopbackFault, LoopbackMessage, Receipt, Reminder
from dunning.planning import plan
from dunning.sending import Tally, sweep
from outbox_book import DAY, MORNING, close, one_due
from staff.models import User

Kind = LoopbackFault.Kind
SignedIn = Callable[[str], Client]


def switch(kind: str) -> None:
    supervisor, _is_new = User.objects.get_or_create(username="the-supervisor", defaults={"role": "supervisor"})
    loopback.set_fault(kind, by=supervisor, at=MORNING)


def answered(pause: Any = lambda _: None) -> tuple[int, str]:
    told = loopback.answer(key="k1", to="19900000001", channel="sms", text="您好", at=MORNING, pause=pause)
    return told.status, told.body["status"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "answer", "kept"),
    [
        (Kind.NONE, (200, "accepted"), 1),
        (Kind.SLOW, (200, "accepted"), 1),
        (Kind.ERROR, (500, "error"), 0),
        (Kind.TIMEOUT, (504, "gateway time-out"), 1),
        (Kind.DUPLICATE, (200, "accepted"), 1),
        (Kind.DROP, (200, "accepted"), 0),
    ],
)
def test_what_each_fault_does(kind: str, answer: tuple[int, str], kept: int) -> None:
    switch(kind)

    assert answered() == answer
    assert LoopbackMessage.objects.count() == kept


@pytest.mark.django_db
def test_a_slow_gateway_takes_its_time() -> None:
    switch(Kind.SLOW)
    waited: list[float] = []

    answered(waited.append)

    assert waited == [loopback.SLOW_SECONDS]


@pytest.mark.django_db
def test_the_newest_switch_counts_and_is_on_record() -> None:
    switch(Kind.ERROR)
    switch(Kind.NONE)

    assert answered()[0] == 200
    assert Entry.objects.filter(action="dunning.loopback_fault").count() == 2


def form(kind: str) -> dict[str, str]:
    return {"kind": kind, "one_time_key": "k" * 20}


@pytest.mark.django_db
class TestPage:
    def test_a_supervisor_switches_it_and_everybody_is_told(self, signed_in: SignedIn) -> None:
        assert signed_in("supervisor").post("/messages/fault/", form(Kind.DROP)).status_code == 302

        assert "misbehaves" in signed_in("agent").get("/messages/").content.decode()
        assert loopback.fault() is Kind.DROP

    @pytest.mark.parametrize("role", ["agent", "manager", "auditor", "administrator"])
    def test_nobody_else_does(self, signed_in: SignedIn, role: str) -> None:
        assert signed_in(role).post("/messages/fault/", form(Kind.DROP)).status_code == 403

    def test_there_is_no_such_fault(self, signed_in: SignedIn) -> None:
        assert signed_in("supervisor").post("/messages/fault/", form("fire")).status_code == 400

    def test_there_is_none_outside_demonstrations(self, settings: Any) -> None:
        settings.DEMO = False
        someone, phone, _codes = factor.enrolled()

        assert factor.signed_in(someone, phone).post("/messages/fault/", form(Kind.DROP)).status_code == 404

    def test_it_takes_no_get(self, signed_in: SignedIn) -> None:
        assert signed_in("supervisor").get("/messages/fault/").status_code == 405


@pytest.mark.django_db(transaction=True)
class TestOverTheWire:
    """The console against its own gateway, over HTTP."""

    @pytest.fixture
    def reminder(self, live_server: LiveServer, settings: Any) -> Reminder:
        settings.PUBLIC_URL = live_server.url
        settings.PROVIDER_URL = f"{live_server.url}/loopback/messages/"
        settings.WEBHOOK_SECRETS = "loopback:own:sh"
        close()
        one_due()
        plan(DAY, MORNING)
        return Reminder.objects.get()

    def test_a_message_whose_answer_is_lost_arrives_once(self, reminder: Reminder) -> None:
        switch(Kind.TIMEOUT)

        def mended(seconds: float) -> None:
            switch(Kind.NONE)
            Reminder.objects.update(retry_at=None)

        assert sweep(lambda: MORNING, pause=mended) == Tally(sent=1)
        assert LoopbackMessage.objects.get().hits == 2

    def test_a_receipt_that_comes_twice_counts_once(self, reminder: Reminder) -> None:
        switch(Kind.DUPLICATE)
        sweep(lambda: MORNING, pause=lambda _: None)

        assert loopback.send_receipts() == 1

        reminder.refresh_from_db()
        assert (reminder.state, Receipt.objects.count()) == ("delivered", 1)
        assert loopback.send_receipts() == 0
