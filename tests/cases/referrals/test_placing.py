"""Placements with an agency: who may, when not, what the house does meanwhile, and how the case comes back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from behind import NOW, TODAY, close_book, instant, make_case, make_loan, pay
from cases.complaints import handling
from cases.models import Case
from cases.referrals import asking, deciding, ending
from cases.referrals import nightly as referrals_nightly
from cases.referrals.errors import ReferralError, ReferralStaleError
from cases.referrals.handing_over import HEAD, cells, hand_over, rows_of
from cases.referrals.models import Agency, Referral, ReferralStep
from contacts.debit_stops import held
from contacts.gate import Question, decide_many
from contacts.holds import lift_hold, place_hold
from contacts.models import Channel, Hold, Purpose
from lending.models import ScheduleVersion
from lending.signals import schedule_changed
from reachable import make_point
from referred import DAY, approve, ask, events_of, make_terms
from staff.models import User

pytestmark = pytest.mark.django_db
Place = Callable[..., Referral]


def refusal(case: Case, purpose: str = Purpose.DEMAND) -> str:
    """The rule by which the house may not call."""
    return decide_many([Question(case.borrower_id, Channel.CALL, purpose, NOW)])[0].rule


def test_while_it_is_placed_the_house_is_silent_but_answers(case: Case, place: Place) -> None:
    make_point(case.borrower, "13800138000")
    assert refusal(case) == ""

    place(case)

    assert refusal(case) == "hold.placed"
    assert refusal(case, Purpose.SERVICE) == ""
    assert "With an agency" in held(case.borrower_id, TODAY)  # and debits nothing: one party asks for money at a time
    case.refresh_from_db()
    assert (case.next_action, case.priority_reasons[0]["facts"]["kind"]) == ("on_hold", "placed")


def test_whoever_asks_does_not_decide(case: Case, agency: Agency, manager: User, supervisor: User) -> None:
    own = ask(case, manager, "agency", agency=agency)

    with pytest.raises(ReferralError, match="somebody else"):
        approve(own, manager)
    with pytest.raises(ReferralError, match="by a manager"):
        approve(own, supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=own.pk).update(checker=manager, decided_at=NOW, state="running")
    assert Referral.objects.get().state == "waiting"


def test_of_two_who_decide_one_wins(
    case: Case, agency: Agency, supervisor: User, manager: User, other_manager: User
) -> None:
    asked = ask(case, supervisor, "agency", agency=agency)
    again = Referral.objects.get()
    approve(asked, manager)

    with pytest.raises(ReferralStaleError):
        deciding.decide(again, approve=False, words="No.", by=other_manager, at=NOW, on=TODAY)
    assert events_of(asked) == ["asked", "approved"]
    assert Hold.objects.filter(kind="placed").count() == 1


def test_a_refusal_says_why_and_leaves_the_case_alone(
    case: Case, agency: Agency, supervisor: User, manager: User
) -> None:
    asked = ask(case, supervisor, "agency", agency=agency)
    with pytest.raises(ReferralError) as caught:
        deciding.decide(asked, approve=False, words=" ", by=manager, at=NOW, on=TODAY)
    assert caught.value.field == "words"

    deciding.decide(asked, approve=False, words="Call first.", by=manager, at=NOW, on=TODAY)

    assert (asked.state, Hold.objects.count()) == ("refused", 0)
    assert not Entry.objects.filter(facts__contains="Call first").exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"listed_at": ""}, "white list"),
        ({"contract_to": (TODAY - DAY).isoformat()}, "contract is not in force"),
        ({"contract_from": (TODAY - 400 * DAY).isoformat()}, "evaluation is overdue"),
        ({"contract_to": (TODAY + 5 * DAY).isoformat()}, "ends before"),
        ({"days_max": 9}, "At most 9 days"),
    ],
    ids=str,
)
def test_an_agency_is_given_nothing_that_its_terms_do_not_bear(
    case: Case, manager: User, other_manager: User, supervisor: User, changed: dict[str, Any], says: str
) -> None:
    agency = make_terms(manager, other_manager, **changed)

    with pytest.raises(ReferralError, match=says):
        ask(case, supervisor, "agency", agency=agency)
    assert not Referral.objects.exists()


def test_terms_hold_from_their_day(
    case: Case, agency: Agency, manager: User, other_manager: User, supervisor: User
) -> None:
    make_terms(manager, other_manager, from_on=TODAY + 2 * DAY, listed_at="")
    asked = ask(case, supervisor, "agency", agency=agency)

    with pytest.raises(ReferralError, match="white list"):
        approve(asked, manager, on=TODAY + 2 * DAY)
    approve(asked, manager, on=TODAY + DAY)
    assert asked.terms
    assert asked.terms.listed_at


def test_nothing_is_placed_while_a_hold_stands(case: Case, agency: Agency, supervisor: User, agent: User) -> None:
    place_hold(borrower=case.borrower, kind="illness", reason="-", from_on=TODAY, to_on=None, by=agent, at=NOW)

    with pytest.raises(ReferralError, match="Illness"):
        ask(case, supervisor, "agency", agency=agency)


def test_one_of_a_kind_at_a_time(case: Case, place: Place, agency: Agency, supervisor: User) -> None:
    place(case)

    with pytest.raises(ReferralError, match="already"):
        ask(case, supervisor, "agency", agency=agency)
    assert Referral.objects.count() == 1


def test_a_payment_that_clears_what_was_placed_calls_it_back(case: Case, place: Place) -> None:
    placed, loan = place(case), case.borrower.loans.get()

    pay(loan, 50_000, value_on=TODAY)
    assert Referral.objects.get().state == "running"
    pay(loan, 70_000, value_on=TODAY)

    placed.refresh_from_db()
    assert (placed.state, placed.result, placed.ended_on) == ("ended", "paid", TODAY)
    hold = Hold.objects.get()
    assert (hold.lifted_at is not None, hold.lifted_by) == (True, None)
    assert events_of(placed) == ["asked", "approved", "ended"]
    assert ReferralStep.objects.get(event="ended").by is None


def test_only_the_loans_that_are_named_are_placed(case: Case, agency: Agency, supervisor: User, manager: User) -> None:
    other = make_loan(case.borrower, number="L-2", days=40)
    close_book(TODAY)
    placed = approve(ask(case, supervisor, "agency", agency=agency, loans=["L-B1"]), manager)

    assert [(row.loan.number, row.bucket, row.overdue) for row in placed.loans.all()] == [("L-B1", "M1", 120_000)]
    pay(case.borrower.loans.get(number="L-B1"), 120_000, value_on=TODAY)

    placed.refresh_from_db()
    assert placed.result == "paid"
    case.refresh_from_db()
    assert case.state == "open"  # the other loan is still past due
    assert other.number == "L-2"


def test_a_loan_of_somebody_else_is_not_placed(case: Case, agency: Agency, supervisor: User) -> None:
    make_case("B2")

    with pytest.raises(ReferralError) as caught:
        ask(case, supervisor, "agency", agency=agency, loans=["L-B2"])
    assert caught.value.field == "loans"


def test_a_complaint_calls_it_back_at_once(case: Case, place: Place, agent: User) -> None:
    placed = place(case)

    handling.take_down(
        borrower=case.borrower, kind="conduct", source="phone", words="They shout.", received_on=TODAY, by=agent, at=NOW, on=TODAY
    )  # fmt: skip

    placed.refresh_from_db()
    assert (placed.state, placed.result) == ("ended", "hold")
    assert {hold.kind for hold in Hold.objects.filter(lifted_at=None)} == {"complaint"}


def test_a_plan_that_takes_effect_calls_it_back(case: Case, place: Place) -> None:
    placed, loan = place(case), case.borrower.loans.get()
    version = ScheduleVersion.objects.get(loan=loan)

    schedule_changed.send(ScheduleVersion, loan=loan, version=version, on=TODAY, at=NOW)

    placed.refresh_from_db()
    assert placed.result == "plan"


def test_what_waits_lapses_when_nothing_is_overdue_any_more(case: Case, agency: Agency, supervisor: User) -> None:
    asked = ask(case, supervisor, "agency", agency=agency)

    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)

    asked.refresh_from_db()
    assert (asked.state, events_of(asked)) == ("withdrawn", ["asked", "lapsed"])


def test_it_runs_through_its_last_day_and_the_night_ends_it(case: Case, place: Place) -> None:
    placed = place(case)

    def night(on: Any) -> dict[str, int]:
        return referrals_nightly.run(on=on, at=instant(on))

    assert night(placed.until_on) == {}
    assert night(placed.until_on + DAY) == {"expired": 1}
    assert night(placed.until_on + DAY) == {}
    placed.refresh_from_db()
    assert (placed.result, Hold.objects.get().lifted_by) == ("expired", None)


def test_called_back_today_it_is_placed_again_from_tomorrow_on(
    case: Case, place: Place, manager: User, supervisor: User, agency: Agency
) -> None:
    ending.end(place(case), result="recalled", words="Wrong agency.", by=manager, at=NOW, on=TODAY)

    with pytest.raises(ReferralError, match="tomorrow"):
        ask(case, supervisor, "agency", agency=agency)
    assert place(case, on=TODAY + DAY).state == "running"


def test_an_agent_does_not_call_it_back(case: Case, place: Place, agent: User, manager: User) -> None:
    placed = place(case)

    with pytest.raises(ReferralError, match="not yours"):
        ending.end(placed, result="recalled", words="-", by=agent, at=NOW, on=TODAY)
    with pytest.raises(ReferralError, match="cannot come"):
        ending.end(placed, result="for_us", words="-", by=manager, at=NOW, on=TODAY)


def test_the_database_lets_nobody_but_the_console_lift_a_hold_without_a_name(case: Case, agent: User) -> None:
    hold = place_hold(borrower=case.borrower, kind="illness", reason="-", from_on=TODAY, to_on=None, by=agent, at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        lift_hold(hold, by=None, at=NOW)


def test_only_whoever_asked_takes_a_request_back(case: Case, agency: Agency, supervisor: User, manager: User) -> None:
    asked = ask(case, supervisor, "agency", agency=agency)
    with pytest.raises(ReferralError, match="Only whoever asked"):
        asking.withdraw(asked, by=manager, at=NOW, on=TODAY)

    asking.withdraw(asked, by=supervisor, at=NOW, on=TODAY)

    assert asked.state == "withdrawn"
    with pytest.raises(ReferralStaleError):
        approve(asked, manager)


def test_a_batch_names_what_it_leaves_out(agency: Agency, supervisor: User, manager: User, agent: User) -> None:
    cases = [make_case(f"B{n}", owner=agent) for n in range(3)]
    place_hold(borrower=cases[1].borrower, kind="dispute", reason="-", from_on=TODAY, to_on=None, by=agent, at=NOW)

    batch, made, left = asking.ask_batch(
        cases, agency=agency, words="Late.", until_on=TODAY + 20 * DAY, by=supervisor, at=NOW, on=TODAY
    )

    assert [asked.case for asked in made] == [cases[0], cases[2]]
    assert [(case, why) for case, why in left] == [(cases[1], "A hold stands: Dispute.")]
    pay(cases[0].borrower.loans.get(), 120_000, value_on=TODAY)
    waiting = list(Referral.objects.waiting().filter(batch=batch))
    assert deciding.decide_batch(waiting, approve=True, words="", by=manager, at=NOW, on=TODAY) == (1, [])
    assert deciding.decide_batch([made[2 - 1]], approve=True, words="", by=supervisor, at=NOW, on=TODAY)[0] == 0


def test_an_agency_is_given_the_least_that_it_needs(agent: User, place: Place, agency: Agency, manager: User) -> None:
    case = make_case("REF-7788", owner=agent)
    placed = place(case)
    pay(case.borrower.loans.get(), 20_000, value_on=TODAY)

    found = hand_over(agency, "", by=manager, at=NOW)
    (row,) = [cells(row) for row in rows_of(found, TODAY)]

    told = dict(zip(HEAD, row, strict=True))
    assert (told["placement"], told["loan_tail"], told["overdue"]) == (f"R{placed.pk}", "7788", "1000.00")
    assert (told["may_contact_by"], told["until"]) == ("call sms", placed.until_on.isoformat())
    text = " ".join(row)
    assert "REF-" not in text
    assert "王" not in text
    assert Entry.objects.filter(action="cases.placements_exported").count() == 1


def test_what_came_back_is_not_given_any_more(case: Case, place: Place, agency: Agency, manager: User) -> None:
    ending.end(place(case), result="recalled", words="-", by=manager, at=NOW, on=TODAY)

    assert list(rows_of(hand_over(agency, "", by=manager, at=NOW), TODAY)) == []
