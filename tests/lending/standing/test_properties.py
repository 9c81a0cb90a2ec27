"""What holds for every loan: the fast standing is the slow one, and neither order, splitting nor the future matters."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lending.allocation import Component
from lending.standing import InstalmentFact, LoanFacts, PaymentFact, Standing, VersionFact, WaiverFact, standing
from tests.lending.standing.books import DAYS_MAX, DayByDay, amounts, day, loans, offsets, schedules


def paid_by_due(state: Standing) -> dict[tuple[int | None, Component], int]:
    paid: Counter[tuple[int | None, Component]] = Counter()
    for part in state.allocations:
        paid[part.n, part.component] += part.amount
    return dict(paid)


def waived_by_due(state: Standing) -> dict[tuple[int | None, Component], int]:
    waived: Counter[tuple[int | None, Component]] = Counter()
    for part in state.waived:
        waived[part.n, part.component] += part.amount
    return dict(waived)


def without_payers(state: Standing) -> Standing:
    return state._replace(allocations=())


@settings(max_examples=300, deadline=None)
@given(loans(), offsets)
def test_standing_is_what_a_walk_of_every_day_says(facts: LoanFacts, offset: int) -> None:
    expected = DayByDay(facts).walk(day(offset))

    state = standing(facts, day(offset))

    assert paid_by_due(state) == expected.paid
    assert waived_by_due(state) == expected.waived
    assert {name: getattr(state, name) for name in expected._fields if name not in {"paid", "waived"}} == {
        name: value for name, value in expected._asdict().items() if name not in {"paid", "waived"}
    }


@settings(deadline=None)
@given(loans(), offsets)
def test_what_is_paid_is_what_is_allocated_and_held(facts: LoanFacts, offset: int) -> None:
    state = standing(facts, day(offset))

    received = sum(payment.amount for payment in facts.payments if payment.value_on <= day(offset))
    assert sum(part.amount for part in state.allocations) + state.unapplied == received
    assert all(part.amount > 0 for part in state.allocations)
    assert state.payoff >= 0


@settings(deadline=None)
@given(loans(), offsets, offsets, amounts, amounts)
def test_two_payments_of_one_day_do_what_their_sum_does(
    facts: LoanFacts, on: int, paid: int, first: int, second: int
) -> None:
    whole = facts._replace(payments=(*facts.payments, PaymentFact(90, day(paid), first + second, 90)))
    halves = (PaymentFact(90, day(paid), first, 90), PaymentFact(91, day(paid), second, 91))
    split = facts._replace(payments=(*facts.payments, *halves))

    state = standing(split, day(on))

    assert without_payers(state) == without_payers(standing(whole, day(on)))
    assert paid_by_due(state) == paid_by_due(standing(whole, day(on)))


@settings(deadline=None)
@given(loans(), offsets)
def test_the_order_of_payments_of_one_day_does_not_matter(facts: LoanFacts, on: int) -> None:
    turned = tuple(payment._replace(sequence=-payment.sequence) for payment in facts.payments)

    state = standing(facts._replace(payments=turned), day(on))

    assert without_payers(state) == without_payers(standing(facts, day(on)))


@settings(deadline=None)
@given(loans(), st.integers(0, DAYS_MAX), st.integers(1, 60), amounts, schedules())
def test_what_comes_after_a_day_does_not_change_its_standing(
    facts: LoanFacts, on: int, later: int, amount: int, rows: tuple[InstalmentFact, ...]
) -> None:
    more = facts._replace(
        payments=(*facts.payments, PaymentFact(90, day(on + later), amount, 90)),
        versions=(*facts.versions, VersionFact(day(on + later), rows)),
        waivers=(*facts.waivers, WaiverFact(90, day(on + later), Component.PRINCIPAL, None, amount)),
    )

    assert standing(more, day(on)) == standing(facts, day(on))


@settings(deadline=None)
@given(loans())
def test_paying_every_row_on_its_due_day_ends_with_nothing_owed(facts: LoanFacts) -> None:
    (version, *_) = facts.versions
    payments = tuple(PaymentFact(row.n, row.due_on, row.principal + row.interest, row.n) for row in version.rows)
    on_time = facts._replace(versions=(version,), payments=payments, waivers=())

    state = standing(on_time, version.rows[-1].due_on + timedelta(days=400))

    frozen = sum(row.frozen_interest for row in state.instalments)
    assert (state.days_past_due, state.penalty_numerator, state.payoff, state.unapplied) == (0, 0, 0, frozen)
    assert state.paid_off_on is not None
    assert state.paid_off_on <= version.rows[-1].due_on


@settings(deadline=None)
@given(loans(), offsets)
def test_the_day_a_loan_is_paid_off_is_the_first_from_which_nothing_is_owed(facts: LoanFacts, offset: int) -> None:
    state = standing(facts, day(offset))

    if state.paid_off_on is None:
        assert state.penalty or any(row.open for row in state.instalments)
        return
    assert state.payoff == state.penalty == 0
    assert all(row.settled_on is not None and row.settled_on <= state.paid_off_on for row in state.instalments)
    assert standing(facts, max(state.paid_off_on, facts.start_on)).paid_off_on == state.paid_off_on


@settings(deadline=None)
@given(loans(), st.integers(0, DAYS_MAX))
def test_penalty_never_shrinks_from_one_day_to_the_next(facts: LoanFacts, offset: int) -> None:
    today, tomorrow = standing(facts, day(offset)), standing(facts, day(offset + 1))

    assert today.penalty_numerator <= tomorrow.penalty_numerator
    assert today.penalty_paid <= tomorrow.penalty_paid
