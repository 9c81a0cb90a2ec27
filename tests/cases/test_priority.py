"""The order of My day: which rule decides, and that urgency outweighs size."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases.priority import CaseFacts, HoldFact, Plan, PromiseFact, plan

ON = date(2026, 7, 15)
TEN_THIRTY = datetime(2026, 7, 15, 2, 30, tzinfo=UTC)


def plan_of(**facts: Any) -> Plan:
    basis: dict[str, Any] = {"days_past_due": 10, "bucket": "M1", "overdue": 120_000, "currency": "CNY"}
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
        {"days_past_due": 2, "willingness": 70, "ability": 50}, "first_call", "first_days"
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
    "on hold": Example({"hold": HoldFact("illness", None), "promise": promise(0)}, "on_hold", "on_hold"),
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


def test_a_hold_without_an_end_is_reviewed_after_a_week() -> None:
    found = plan_of(hold=HoldFact("dispute", None))

    assert found.at is not None
    assert found.at.astimezone(UTC) == datetime(2026, 7, 22, 1, 0, tzinfo=UTC)
