"""Promises in parts: each part is judged by payments alone, the first that is missed decides, money is counted once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from behind import NOW, TODAY, close_day, instant, make_case, make_loan, pay
from cases.judging import Judged, Money, Sum, judged
from cases.models import Case, CaseEvent, Promise, PromisePart
from cases.promises import PromiseRefusedError, record_promise, withdraw_promise
from lending.models import Loan
from risk.models import Observation
from staff.models import User
from staff.once import FIELD, new_key

SignIn = Callable[[User], Client]
MADE_ON = date(2026, 7, 1)
MADE_AT = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
LATER = MADE_AT + timedelta(hours=4)
THREE = (Sum(40_000, date(2026, 7, 6)), Sum(40_000, date(2026, 7, 20)), Sum(40_000, date(2026, 8, 5)))


def promise_of(parts: tuple[Sum, ...] | list[Sum] = THREE) -> Promise:
    total = sum(part.amount for part in parts)
    return Promise(amount=total, currency="CNY", made_on=MADE_ON, made_at=MADE_AT, due_on=parts[-1].due_on)


def money(month: int, day: int, amount: int) -> Money:
    return Money(date(2026, month, day), LATER, amount, "CNY")


WORKED = [
    ("nothing yet", [], (7, 9), Judged(None, 0, 0)),
    ("nothing, the first grace over", [], (7, 10), Judged(Promise.State.BROKEN, 0, 0)),
    ("the first part to the tolerance", [money(7, 9, 38_000)], (7, 9), Judged(None, 38_000, 1)),
    ("a cent below it, grace over", [money(7, 6, 37_999)], (7, 10), Judged(Promise.State.PART_KEPT, 37_999, 0)),
    ("the first part, the second missed", [money(7, 6, 40_000)], (7, 24), Judged(Promise.State.PART_KEPT, 40_000, 1)),
    ("two parts at once serve both", [money(7, 2, 80_000)], (7, 2), Judged(None, 80_000, 2)),
    ("all at once", [money(7, 2, 120_000)], (7, 2), Judged(Promise.State.KEPT, 120_000, 3)),
    ("late for the first, in time for the second", [money(7, 15, 80_000)], (7, 15), Judged(Promise.State.BROKEN, 0, 0)),
    (
        "part by part",
        [money(7, 6, 40_000), money(7, 23, 40_000), money(8, 8, 40_000)],
        (8, 8),
        Judged(Promise.State.KEPT, 120_000, 3),
    ),
    (
        "the last one short by more than the tolerance",
        [money(7, 6, 40_000), money(7, 20, 40_000), money(8, 5, 33_999)],
        (8, 9),
        Judged(Promise.State.PART_KEPT, 113_999, 2),
    ),
]


@pytest.mark.parametrize(("payments", "on", "expected"), [row[1:] for row in WORKED], ids=[row[0] for row in WORKED])
def test_parts_are_judged_by_payments(payments: list[Money], on: tuple[int, int], expected: Judged) -> None:
    assert judged(promise_of(), payments, date(2026, *on), parts=THREE) == expected


def test_a_part_is_not_missed_while_the_borrower_says_has_paid() -> None:
    claimed = date(2026, 7, 13)

    assert judged(promise_of(), [], claimed, claimed, parts=THREE).state is None
    assert judged(promise_of(), [], claimed + timedelta(days=1), claimed, parts=THREE).state == "broken"


amounts = st.integers(1, 50_000)
plans = st.lists(st.tuples(amounts, st.integers(1, 20)), min_size=2, max_size=6).map(
    lambda steps: [
        Sum(amount, MADE_ON + timedelta(days=sum(gap for _, gap in steps[: n + 1])))
        for n, (amount, _gap) in enumerate(steps)
    ]
)
received = st.lists(
    st.builds(lambda day, amount: Money(MADE_ON + timedelta(days=day), LATER, amount, "CNY"), st.integers(0, 140), amounts),
    max_size=8,
)  # fmt: skip
days = st.integers(0, 150).map(lambda day: MADE_ON + timedelta(days=day))
RANK = {None: 1, Promise.State.BROKEN: 0, Promise.State.PART_KEPT: 0, Promise.State.KEPT: 2}


@given(plans, received, days)
def test_a_promise_is_kept_when_every_part_was_reached_in_its_time(
    parts: list[Sum], payments: list[Money], on: date
) -> None:
    def reached(number: int) -> bool:
        until = min(parts[number].due_on + timedelta(days=3), on)
        due = sum(part.amount for part in parts[: number + 1])
        return sum(m.amount for m in payments if m.value_on <= until) * 100 >= due * 95

    found = judged(promise_of(parts), payments, on, parts=parts)
    met = next((n for n in range(len(parts)) if not reached(n)), len(parts))

    assert found.met == met
    assert (found.state == "kept") == (met == len(parts))
    if met < len(parts):
        assert (found.state is None) == (on <= parts[met].due_on + timedelta(days=3))


@given(plans, received, days, amounts, st.integers(0, 140))
def test_more_money_never_makes_it_worse(
    parts: list[Sum], payments: list[Money], on: date, amount: int, day: int
) -> None:
    promise, more = promise_of(parts), Money(MADE_ON + timedelta(days=day), LATER, amount, "CNY")

    before, after = (judged(promise, each, on, parts=parts) for each in (payments, [*payments, more]))

    assert after.met >= before.met
    assert RANK[after.state] >= RANK[before.state]


@given(received, days, amounts, st.integers(0, 14))
def test_one_sum_is_a_promise_of_one_part(payments: list[Money], on: date, amount: int, ahead: int) -> None:
    only = Sum(amount, MADE_ON + timedelta(days=ahead))

    assert judged(promise_of([only]), payments, on) == judged(promise_of([only]), payments, on, parts=[only])


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def case(agent: User) -> Case:
    """1,200.00 behind, and as much again not due yet."""
    case = make_case(owner=agent)
    make_loan(case.borrower, number="L2", days=-60, amount=120_000)
    return case


def in_parts(case: Case, *parts: tuple[int, int], **more: Any) -> Promise:
    first, *others = [Sum(amount, day(ahead)) for amount, ahead in parts]
    assert case.owner is not None
    return record_promise(
        case=case, amount=first.amount, due_on=first.due_on, more=others, by=case.owner, at=NOW, on=TODAY, **more
    )


@pytest.mark.django_db
def test_the_next_action_follows_the_next_part(case: Case, agent: User) -> None:
    promise = in_parts(case, (40_000, 2), (40_000, 20), (40_000, 40))
    case.refresh_from_db()
    assert (case.next_action, case.priority_reasons[0]["facts"]["amount"]) == ("await_promise", 40_000)
    loan = Loan.objects.get(number="L-B1")

    pay(loan, 40_000, value_on=day(2), on=day(2))
    close_day(day(3))

    promise.refresh_from_db()
    case.refresh_from_db()
    assert (promise.state, promise.part_due_on) == ("open", day(20))
    assert case.priority_reasons[0]["facts"]["due_on"] == day(20).isoformat()
    assert list(promise.parts.order_by("number").values_list("met_on", flat=True)) == [day(2), None, None]
    assert CaseEvent.objects.filter(event="promise_part_met").count() == 1
    assert list(Observation.objects.filter(kind="promise_kept").values_list("value", flat=True)) == ["part"]


@pytest.mark.django_db
def test_the_part_that_is_missed_breaks_the_whole_and_is_told_to_risk(case: Case) -> None:
    promise = in_parts(case, (40_000, 2), (40_000, 20))
    pay(Loan.objects.get(number="L-B1"), 40_000, value_on=day(2), on=day(2))

    close_day(day(23))
    promise.refresh_from_db()
    assert promise.state == "open"
    close_day(day(24))

    promise.refresh_from_db()
    case.refresh_from_db()
    assert (promise.state, promise.paid) == ("part_kept", 40_000)
    assert case.next_action == "call_broken"
    assert Observation.objects.filter(kind="promise_part_kept").count() == 1


@pytest.mark.django_db
def test_every_part_kept_leaves_one_observation_each(case: Case) -> None:
    promise = in_parts(case, (30_000, 2), (30_000, 20))
    for ahead in (2, 20):
        pay(Loan.objects.get(number="L-B1"), 30_000, value_on=day(ahead), on=day(ahead))

    promise.refresh_from_db()
    assert promise.state == "kept"
    assert Observation.objects.filter(kind="promise_kept").count() == 2
    assert not promise.parts.filter(met_on=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("parts", "field"),
    [
        pytest.param([(40_000, 2), (40_000, 2)], "due_on_2", id="two on a day"),
        pytest.param([(40_000, 5), (40_000, 2)], "due_on_2", id="the wrong way round"),
        pytest.param([(40_000, 2), (0, 5)], "amount_2", id="nothing"),
        pytest.param([(40_000, 2), (40_000, 61)], "due_on_2", id="too far ahead"),
        pytest.param([(40_000, 20)], "due_on", id="one sum is nearer"),
        pytest.param([(40_000, -1), (1, 5)], "due_on", id="a day that has passed"),
        pytest.param([(1_000, n) for n in range(1, 8)], "amount", id="seven parts"),
        pytest.param([(200_000, 2), (40_001, 5)], "amount_2", id="more than everything owed"),
    ],
)
def test_parts_keep_within_their_limits(case: Case, parts: list[tuple[int, int]], field: str) -> None:
    with pytest.raises(PromiseRefusedError) as refused:
        in_parts(case, *parts)

    assert refused.value.field == field
    assert not Promise.objects.exists()


@pytest.mark.django_db
def test_an_agent_renews_twice_and_a_supervisor_once_more(case: Case, agent: User, supervisor: User) -> None:
    in_parts(case, (10_000, 2))
    for _renewal in range(2):
        in_parts(case, (10_000, 2), replace=True)

    with pytest.raises(PromiseRefusedError, match="plan"):
        in_parts(case, (10_000, 2), replace=True)
    promise = record_promise(case=case, amount=10_000, due_on=day(2), by=supervisor, at=NOW, on=TODAY, replace=True)
    withdraw_promise(promise, by=supervisor, at=NOW, on=TODAY)
    later = TODAY + timedelta(days=61)
    record_promise(case=case, amount=10_000, due_on=later, by=agent, at=instant(later), on=later)

    assert Promise.objects.filter(state="open").count() == 1


@pytest.mark.django_db
def test_the_drawer_takes_parts_and_closes_gaps(case: Case, agent: User, sign_in: SignIn) -> None:
    client = sign_in(agent)
    url = reverse("case_promise", args=[case.pk])
    page = client.get(url).content.decode()
    assert page.count('data-key="+"') == 5
    data = {
        FIELD: new_key(), "seen": case.version, "amount": "300", "due_on": day(2).isoformat(),
        "amount_2": "", "due_on_2": "", "amount_4": "250.50", "due_on_4": day(30).isoformat(),
    }  # fmt: skip

    assert client.post(url, data).status_code == 302

    promise = Promise.objects.get()
    assert (promise.amount, promise.due_on) == (55_050, day(30))
    assert list(PromisePart.objects.order_by("number").values_list("number", "amount")) == [(1, 30_000), (2, 25_050)]
    assert "2 parts" in client.get(reverse("case_page", args=[case.pk])).content.decode()


@pytest.mark.django_db
def test_a_part_without_its_day_is_asked_for_and_kept(case: Case, agent: User, sign_in: SignIn) -> None:
    url = reverse("case_promise", args=[case.pk])
    data = {FIELD: new_key(), "seen": case.version, "amount": "300", "due_on": day(2).isoformat(), "amount_2": "7"}

    page = sign_in(agent).post(url, data)

    assert page.status_code == 422
    assert 'value="7"' in page.content.decode()
    assert '<details class="one-more" open>' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"number": 1, "due_on": day(9)}, {"number": 3, "due_on": day(2)}, {"number": 3, "due_on": day(9), "amount": 0}], ids=str)  # fmt: skip
def test_the_database_keeps_parts_apart_and_positive(case: Case, other: dict[str, Any]) -> None:
    promise = in_parts(case, (10_000, 2), (10_000, 5))

    with pytest.raises(IntegrityError), transaction.atomic():
        PromisePart.objects.create(promise=promise, **{"amount": 1, **other})
