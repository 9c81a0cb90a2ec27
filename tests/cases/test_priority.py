"""The order of My day: which rule decides, and that urgency outweighs size."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.priority import CaseFacts, HoldFact, Plan, PromiseFact, holds_until, plan

ON = date(2026, 7, 15)
TEN_THIRTY = datetime(2026, 7, 15, 2, 30, tzinfo=UTC)


def plan_of(**facts: Any) -> Plan:
    basis: dict[str, Any] = {
        "oldest_due_on": ON - timedelta(days=10),
        "bucket": "M1",
        "overdue": 120_000,
        "currency": "CNY",
    }
    return plan(CaseFacts(**(basis | facts)), ON)


def promise(days: int) -> PromiseFact:
    return PromiseFact(120_000, "CNY", ON + timedelta(days=days))


@dataclass
class Example:
    facts: dict[str, Any]
    action: str
    reason: str


EXAMPLES = {
    "nobody has called yet": Example({}, "first_call", "never_called"),
    "first days late, willing": Example(
        {"oldest_due_on": ON - timedelta(days=2), "willingness": 70, "ability": 50}, "first_call", "first_days"
    ),
    "a promise is due today": Example({"promise": promise(0)}, "remind_promise", "promise_today"),
    "a promise lies ahead": Example({"promise": promise(2)}, "await_promise", "promise_ahead"),
    "a promise is late": Example({"promise": promise(-1)}, "chase_promise", "promise_late"),
    "a promise was broken": Example({"broken_on": ON - timedelta(days=1)}, "call_broken", "promise_broken"),
    "spoken to since it was broken": Example(
        {"broken_on": ON - timedelta(days=5), "talked_on": ON, "last_contact_on": ON}, "call", "in_arrears"
    ),
    "a callback is asked for": Example({"callback_at": TEN_THIRTY}, "callback", "callback"),
    "a callback of tomorrow does not hide a promise of today": Example(
        {"callback_at": TEN_THIRTY + timedelta(days=1), "promise": promise(0)}, "remind_promise", "promise_today"
    ),
    "says has paid": Example(
        {"claim_until": ON + timedelta(days=1), "promise": promise(-4)}, "check_payment", "says_paid"
    ),
    "said has paid, nothing came": Example({"claim_until": ON - timedelta(days=1)}, "check_payment", "claim_lapsed"),
    "nobody answered": Example(
        {"unanswered_at": TEN_THIRTY - timedelta(hours=1), "last_contact_on": ON}, "call_again", "no_answer"
    ),
    "there is no number": Example({"can_be_reached": False}, "find_number", "no_number"),
    "on hold": Example({"holds": (HoldFact("illness", ON),), "promise": promise(0)}, "on_hold", "on_hold"),
}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_the_first_rule_that_fits_decides(example: Example) -> None:
    found = plan_of(**example.facts)

    assert (found.action, found.reasons[0].code) == (example.action, example.reason)


def test_a_promise_of_today_comes_before_a_callback_however_large_the_other_debt() -> None:
    small = plan_of(promise=promise(0), overdue=1, bucket="M7")
    large = plan_of(callback_at=TEN_THIRTY, overdue=10**10, bucket="M3", ability=100, willingness=100)

    assert small.points > large.points


def test_the_points_are_the_sum_of_the_reasons() -> None:
    found = plan_of(ability=40, willingness=60, last_contact_on=ON - timedelta(days=21))

    assert found.points == sum(reason.points for reason in found.reasons)
    assert {"bucket", "amount", "likely_to_pay", "silent"} < {reason.code for reason in found.reasons}


def test_a_callback_waits_for_its_time() -> None:
    assert plan_of(callback_at=TEN_THIRTY).at == TEN_THIRTY


def test_after_a_late_call_the_next_try_is_in_the_morning() -> None:
    evening = datetime(2026, 7, 15, 11, 0, tzinfo=UTC)

    found = plan_of(unanswered_at=evening, last_contact_on=ON)

    assert found.at == datetime(2026, 7, 16, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, -1])
def test_whoever_was_spoken_to_about_a_promise_that_fell_due_is_left_alone_until_the_next_morning(days: int) -> None:
    found = plan_of(promise=promise(days), talked_on=ON, last_contact_on=ON)

    assert found.reasons[0].code == ("promise_late" if days else "promise_today")
    assert found.at == datetime(2026, 7, 16, 1, 0, tzinfo=UTC)


def test_a_promise_that_is_due_is_called_about_again_three_hours_after_nobody_answered() -> None:
    found = plan_of(promise=promise(0), unanswered_at=TEN_THIRTY, last_contact_on=ON)

    assert found.at == TEN_THIRTY + timedelta(hours=3)


def test_the_talk_in_which_it_was_promised_is_no_reminder_of_it() -> None:
    assert plan_of(promise=promise(0), talked_on=ON - timedelta(days=3)).at is None


def test_who_was_asked_about_money_that_did_not_come_is_not_asked_again_at_once() -> None:
    found = plan_of(claim_until=ON - timedelta(days=1), talked_on=ON, last_contact_on=ON)

    assert found.reasons[0].code == "in_arrears"
    assert found.at == datetime(2026, 7, 18, 1, 0, tzinfo=UTC)


def test_a_hold_without_an_end_is_reviewed_after_a_week() -> None:
    found = plan_of(holds=(HoldFact("dispute", ON),))

    assert found.at is not None
    assert found.at.astimezone(UTC) == datetime(2026, 7, 22, 1, 0, tzinfo=UTC)


def test_a_hold_comes_up_for_review_every_week_on_its_day() -> None:
    dispute = HoldFact("dispute", ON - timedelta(days=14))

    assert [dispute.review_on(ON + timedelta(days=days)) - ON for days in (-14, 0, 1, 7)] == [
        timedelta(days=days) for days in (-7, 0, 7, 7)
    ]


near = st.integers(-20, 20).map(lambda days: ON + timedelta(days=days))
moments = near.map(lambda day: datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC))
holds = st.builds(HoldFact, st.just("illness"), near, st.none() | near)
facts_of_a_case = st.builds(
    CaseFacts,
    oldest_due_on=st.none() | near,
    bucket=st.just("M1"),
    overdue=st.just(120_000),
    currency=st.just("CNY"),
    callback_at=st.none() | moments,
    promise=st.none() | st.builds(PromiseFact, st.just(1), st.just("CNY"), near),
    broken_on=st.none() | near,
    claim_until=st.none() | near,
    holds=st.lists(holds, max_size=2).map(lambda found: tuple(sorted(found, key=lambda hold: hold.from_on))),
    ability=st.just(50),
    willingness=st.sampled_from([None, 10, 90]),
    last_contact_on=st.none() | near,
    talked_on=st.none() | near,
    unanswered_at=st.none() | moments,
    can_be_reached=st.booleans(),
    look_again_on=st.none() | near,
    retry_hours=st.integers(1, 720),
    returned_on=st.none() | near,
    rest_days=st.integers(0, 30),
)


@given(facts_of_a_case)
def test_a_plan_holds_until_the_day_that_is_said_and_no_longer(facts: CaseFacts) -> None:
    until = holds_until(facts, ON)

    days = [ON + timedelta(days=days) for days in range(1, 80)]
    assert next((day for day in days if plan(facts, day) != plan(facts, ON)), None) == until
