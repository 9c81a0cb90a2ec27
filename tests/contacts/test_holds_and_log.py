"""Holds, opt-outs and the log of what happened elsewhere."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from audit.models import Entry
from audit.presenters import in_words
from contacts import gate
from contacts.holds import HoldError, active_holds, lift_hold, place_hold
from contacts.logbook import LogError, log_past_contact
from contacts.models import Contact, ContactRule, Hold, OptOut
from contacts.optouts import opt_in, opt_out
from lending.models import Borrower, Pause
from reachable import LONG_AGO, local, make_borrower
from staff.models import User
from tests.lending.book.books import Book

NOON = local("2026-11-20 12:00")
TODAY = date(2026, 11, 20)


def _hold(borrower: Borrower, by: User, kind: str = "dispute", to_on: date | None = None) -> Hold:
    return place_hold(borrower=borrower, kind=kind, reason="says so", from_on=TODAY, to_on=to_on, by=by, at=NOON)


def _log(borrower: Borrower, by: User, at: str, **changed: str) -> Contact:
    told: dict[str, Any] = {
        "channel": "call",
        "direction": "out",
        "purpose": "demand",
        "outcome": "no_answer",
        "note": "",
    } | changed
    return log_past_contact(borrower=borrower, happened_at=local(at), by=by, at=NOON, **told)


def test_a_hold_stops_the_gate_until_it_is_lifted(borrower: Borrower, agent: User) -> None:
    hold = _hold(borrower, agent)
    held = gate.decide(borrower, "call", "demand", NOON)

    lift_hold(hold, by=agent, at=NOON)

    assert (held.rule, held.lawful_at) == ("hold.dispute", None)
    assert gate.decide(borrower, "call", "demand", NOON).allowed


def test_a_second_hold_of_the_kind_is_refused(borrower: Borrower, agent: User) -> None:
    _hold(borrower, agent)

    with pytest.raises(HoldError, match="is_open"):
        _hold(borrower, agent)

    assert Entry.objects.filter(action="contacts.hold_placed").count() == 1


def test_a_statutory_moratorium_stops_the_interest_of_every_running_loan_until_it_is_lifted(
    borrower: Borrower, agent: User
) -> None:
    book = Book()
    loans = [book.loan([("2026-12-01", 100_00, 0)], borrower=borrower, start="2026-11-01") for _ in range(2)]
    book.loan([("2026-12-01", 100_00, 0)], start="2026-11-01")
    hold = _hold(borrower, agent, "moratorium", TODAY + timedelta(days=59))

    lift_hold(hold, by=agent, at=NOON + timedelta(days=3))

    pauses = Pause.objects.order_by("loan").values_list("loan", "kind", "from_on", "to_on", "end__to_on")
    days = TODAY, TODAY + timedelta(days=60), TODAY + timedelta(days=3)
    assert list(pauses) == [(loan.pk, "interest", *days) for loan in loans]


@pytest.mark.parametrize("kind", ["dispute", "complaint", "bereavement", "illness", "stop"])
def test_other_holds_leave_the_interest_alone(borrower: Borrower, agent: User, kind: str) -> None:
    Book().loan([("2026-12-01", 100_00, 0)], borrower=borrower, start="2026-11-01")

    _hold(borrower, agent, kind)

    assert not Pause.objects.exists()


def test_a_hold_that_has_run_out_does_not_block_the_next(borrower: Borrower, agent: User) -> None:
    past = TODAY - timedelta(days=5)
    Hold.objects.create(
        borrower=borrower, kind="dispute", reason="-", from_on=past, to_on=past, placed_by=agent, placed_at=LONG_AGO
    )

    assert _hold(borrower, agent).pk in {hold.pk for hold in active_holds([borrower.pk], TODAY)[borrower.pk]}


def test_a_hold_is_lifted_once(borrower: Borrower, agent: User) -> None:
    hold = _hold(borrower, agent)
    lift_hold(hold, by=agent, at=NOON)

    with pytest.raises(HoldError, match="is_lifted"):
        lift_hold(hold, by=agent, at=NOON)


def test_a_hold_cannot_end_before_it_starts(borrower: Borrower, agent: User) -> None:
    with pytest.raises(HoldError, match="ends_before_start"):
        _hold(borrower, agent, to_on=TODAY - timedelta(days=1))


def test_holds_in_force_are_found_by_day(borrower: Borrower, agent: User) -> None:
    _hold(borrower, agent, "dispute", to_on=TODAY + timedelta(days=2))
    _hold(borrower, agent, "illness")
    other = make_borrower("B2", phone="13900139000")

    found = active_holds([borrower.pk, other.pk], TODAY + timedelta(days=3))

    assert {pk: [hold.kind for hold in held] for pk, held in found.items()} == {borrower.pk: ["illness"]}


def test_an_opt_out_is_noted_once_and_withdrawn_once(borrower: Borrower, agent: User) -> None:
    first = opt_out(borrower=borrower, channel="sms", evidence="in a call", by=agent, at=NOON)
    again = opt_out(borrower=borrower, channel="sms", evidence="and again", by=agent, at=NOON)

    withdrawn = [opt_in(borrower=borrower, channel="sms", by=agent, at=NOON) for _try in range(2)]

    assert (first.pk, withdrawn) == (again.pk, [True, False])
    assert Entry.objects.filter(action="contacts.opted_out").count() == 1


def test_a_call_that_happened_is_always_logged_and_flagged(borrower: Borrower, agent: User) -> None:
    contact = _log(borrower, agent, "2026-11-19 23:10", outcome="right_party")

    assert (contact.flagged, contact.state, contact.connected) == ("CN-WIN", "made", True)
    assert "CN-WIN" in in_words(Entry.objects.get(action="contacts.contact_logged"))


def test_a_lawful_call_that_happened_is_not_flagged_and_counts(borrower: Borrower, agent: User) -> None:
    contact = _log(borrower, agent, "2026-11-20 09:00")

    assert contact.flagged == ""
    assert gate.decide(borrower, "call", "demand", NOON).counters[1].used == 1


def test_a_call_of_the_borrower_is_neither_flagged_nor_counted(borrower: Borrower, agent: User) -> None:
    contact = _log(borrower, agent, "2026-11-20 06:00", direction="in", outcome="right_party")

    assert (contact.flagged, contact.purpose) == ("", "service")
    assert gate.decide(borrower, "call", "demand", NOON).counters[0].used == 0


def test_what_has_not_happened_yet_is_not_logged(borrower: Borrower, agent: User) -> None:
    with pytest.raises(LogError):
        _log(borrower, agent, "2026-11-20 12:01")


@pytest.mark.parametrize("entry", ["hold_placed", "hold_lifted", "opted_out", "opted_in", "contact_logged"])
def test_every_action_reads_as_a_sentence(borrower: Borrower, agent: User, entry: str) -> None:
    lift_hold(_hold(borrower, agent), by=agent, at=NOON)
    opt_out(borrower=borrower, channel="sms", evidence="", by=agent, at=NOON)
    opt_in(borrower=borrower, channel="sms", by=agent, at=NOON)
    _log(borrower, agent, "2026-11-20 09:00")

    told = in_words(Entry.objects.get(action=f"contacts.{entry}"))

    assert "contacts." not in told


class TestTheDatabaseSaysNo:
    @pytest.fixture(autouse=True)
    def _ground(self, borrower: Borrower, agent: User) -> None:
        self.borrower, self.agent = borrower, agent

    def _refused(self, constraint: str, make: Callable[[], object]) -> None:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            make()

    def test_to_a_hold_lifted_by_nobody(self) -> None:
        hold = _hold(self.borrower, self.agent)

        self._refused("hold_lifted_by_somebody", lambda: Hold.objects.filter(pk=hold.pk).update(lifted_at=NOON))

    def test_to_a_hold_that_ends_before_it_starts(self) -> None:
        hold = _hold(self.borrower, self.agent)
        yesterday = TODAY - timedelta(days=1)

        self._refused("hold_ends_after_start", lambda: Hold.objects.filter(pk=hold.pk).update(to_on=yesterday))

    def test_to_a_second_open_opt_out(self) -> None:
        OptOut.objects.create(borrower=self.borrower, channel="sms", from_at=NOON)

        with pytest.raises(IntegrityError), transaction.atomic():
            OptOut.objects.create(borrower=self.borrower, channel="sms", from_at=NOON)

    def test_to_a_rule_without_a_limit(self) -> None:
        rule = ContactRule.objects.filter(kind="cap").values().first()
        assert rule
        without = {**rule, "id": None, "valid_from": date(2027, 1, 1), "max_count": None}

        self._refused("contact_rule_says_its_limit", lambda: ContactRule.objects.create(**without))

    def test_to_an_edited_rule(self) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            ContactRule.objects.update(max_count=99)
