"""Prepayment as a pure function: interest to the day, then principal; the instalment or the term stays."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lending.allocation import Component
from lending.loan_facts import Conventions, InstalmentFact, LoanFacts, PaymentFact, VersionFact, WaiverFact
from lending.prepayment import Agreed, Keep, Prepaid, Refusal, RefusedError, prepay
from lending.running import ByTheDay
from lending.schedules import DayCount, Method, Terms, build
from lending.schedules.daily import Repayment, daily_rows
from lending.standing import standing

START = date(2026, 1, 15)
V24 = Terms(principal=1_200_000, annual_rate_ppm=240_000, periods=12, start_on=START)
STAGES = (100_000, 200_000, 300_000, 400_000)


def facts_of(terms: Terms, *payments: tuple[date, int]) -> LoanFacts:
    rows = tuple(InstalmentFact(row.n, row.due_on, row.principal, row.interest) for row in build(terms))
    paid = tuple(PaymentFact(n, on, amount, n) for n, (on, amount) in enumerate(payments, start=1))
    conventions = Conventions(terms.currency)
    version = VersionFact(terms.start_on, rows)
    is_daily = terms.method is Method.DAILY
    by_the_day = ByTheDay(round(terms.annual_rate_ppm), terms.day_count) if is_daily else None
    return LoanFacts("L1", terms.principal, terms.start_on, (version,), paid, conventions, by_the_day=by_the_day)


def agreed(terms: Terms, **changes: int) -> Agreed:
    rate = Fraction(terms.annual_rate_ppm)
    assert rate.denominator == 1
    return Agreed(terms.method, rate.numerator, terms.day_count, terms.step, terms.rounding, **changes)


def paid_on_time(terms: Terms, count: int) -> LoanFacts:
    return facts_of(terms, *((row.due_on, row.total) for row in build(terms)[:count]))


def posted(facts: LoanFacts, made: Prepaid, on: date, amount: int) -> LoanFacts:
    """The facts once the prepayment is in the book."""
    latest = 1 + len(facts.payments)
    return facts._replace(
        versions=(*facts.versions, VersionFact(on, made.rows)),
        payments=(*facts.payments, PaymentFact(latest, on, amount, latest)),
    )


def coming(made: Prepaid, on: date) -> list[InstalmentFact]:
    return [row for row in made.rows if row.due_on > on]


def test_a_smaller_instalment_repays_what_is_left_by_the_same_day() -> None:
    """V24 after six instalments leaves 6,356.01; 2,000.00 prepaid on the due day leave 4,356.01 for six at 2 % a month."""
    on = build(V24)[5].due_on

    made = prepay(paid_on_time(V24, 6), agreed(V24), on=on, amount=200_000, keep=Keep.TERM)

    again = build(Terms(principal=435_601, annual_rate_ppm=240_000, periods=6, start_on=on))
    assert [(row.due_on, row.principal, row.interest) for row in coming(made, on)] == [
        (row.due_on, row.principal, row.interest) for row in again
    ]
    assert (made.due, made.interest, made.principal) == (0, 0, 200_000)


def test_the_same_instalment_repays_what_is_left_sooner() -> None:
    on = build(V24)[5].due_on

    made = prepay(paid_on_time(V24, 6), agreed(V24), on=on, amount=200_000, keep=Keep.INSTALMENT)

    totals = [row.principal + row.interest for row in coming(made, on)]
    assert totals == [113_472] * 4 + [3_898]
    assert sum(row.principal for row in coming(made, on)) == 435_601


def test_interest_is_charged_to_the_day_before_principal_is_repaid() -> None:
    """Ten of thirty-one days of the seventh period bear 127.12 x 10 / 31 = 41.01."""
    on = build(V24)[5].due_on + timedelta(days=10)

    made = prepay(paid_on_time(V24, 6), agreed(V24), on=on, amount=204_101, keep=Keep.TERM)

    assert (made.interest, made.principal) == (4_101, 200_000)


def test_what_has_fallen_due_and_its_penalty_come_first() -> None:
    facts = facts_of(V24)
    facts = facts._replace(conventions=facts.conventions._replace(penalty_rate_ppm=360_000))
    on = START + timedelta(days=45)
    state = standing(facts, on)

    made = prepay(facts, agreed(V24), on=on, amount=500_000, keep=Keep.TERM)

    assert state.penalty > 0
    assert made.due == 113_472 + state.penalty
    assert made.due + made.interest + made.principal == 500_000


def test_money_paid_ahead_counts_with_the_amount() -> None:
    """The seventh instalment is paid ahead in full: its interest is not given back, its principal is repaid at once."""
    facts = paid_on_time(V24, 7)
    paid = list(facts.payments)
    on = build(V24)[5].due_on + timedelta(days=1)
    paid[6] = paid[6]._replace(value_on=build(V24)[5].due_on)
    facts = facts._replace(payments=tuple(paid))

    made = prepay(facts, agreed(V24), on=on, amount=100_000, keep=Keep.TERM)
    after = standing(posted(facts, made, on, 100_000), on)

    assert made.interest == 0
    assert after.outstanding_principal == build(V24)[6].balance - 100_000
    assert after.unapplied == 0
    assert after.next_due_amount == coming(made, on)[0].principal + coming(made, on)[0].interest


def test_a_fee_is_charged_only_where_the_product_names_one() -> None:
    on = build(V24)[5].due_on

    made = prepay(paid_on_time(V24, 6), agreed(V24, fee_ppm=10_000), on=on, amount=202_000, keep=Keep.TERM)

    assert (made.principal, made.fee, made.held) == (200_000, 2_000, 0)


@pytest.mark.parametrize(
    ("on", "amount", "reason"),
    [
        pytest.param(build(V24)[-1].due_on, 100_000, Refusal.NOTHING_AHEAD, id="after the last due day"),
        pytest.param(START + timedelta(days=10), 7_742, Refusal.TOO_LITTLE, id="the interest to the day alone"),
    ],
)
def test_nothing_is_prepaid_where_nothing_can_be(on: date, amount: int, reason: Refusal) -> None:
    with pytest.raises(RefusedError) as refused:
        prepay(facts_of(V24), agreed(V24), on=on, amount=amount, keep=Keep.TERM)

    assert refused.value.reason is reason


def test_a_loan_of_which_coming_rows_are_waived_is_not_prepaid() -> None:
    facts = facts_of(V24)._replace(waivers=(WaiverFact(1, START, Component.PRINCIPAL, None, 100),))

    with pytest.raises(RefusedError) as refused:
        prepay(facts, agreed(V24), on=START + timedelta(days=10), amount=100_000, keep=Keep.TERM)

    assert refused.value.reason is Refusal.WAIVED_AHEAD


def test_staged_principal_falls_in_proportion_or_from_its_end() -> None:
    """V30 with half of it prepaid after three months: stages of 10/20/30/40 % of 60,000."""
    terms = Terms(
        principal=6_000_000, annual_rate_ppm=120_000, periods=12, start_on=START, method=Method.STAGED,
        staged_percentages=STAGES,
    )  # fmt: skip
    on = build(terms)[2].due_on
    facts = paid_on_time(terms, 3)

    same_end = prepay(facts, agreed(terms), on=on, amount=2_700_000, keep=Keep.TERM)
    sooner = prepay(facts, agreed(terms), on=on, amount=2_700_000, keep=Keep.INSTALMENT)

    assert [row.principal for row in coming(same_end, on) if row.principal] == [600_000, 900_000, 1_200_000]
    assert [row.principal for row in coming(sooner, on) if row.principal] == [1_200_000, 1_500_000]
    assert {row.interest for row in coming(same_end, on)[:3]} == {27_000}


def test_flat_interest_falls_as_the_principal_does() -> None:
    terms = Terms(principal=1_200_000, annual_rate_ppm=72_000, periods=12, start_on=START, method=Method.FLAT)
    on = build(terms)[5].due_on

    made = prepay(paid_on_time(terms, 6), agreed(terms), on=on, amount=300_000, keep=Keep.TERM)

    assert {row.interest for row in coming(made, on)} == {3_600}
    assert {row.principal for row in coming(made, on)} == {50_000}


ON_A_BUSY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def loans(draw: st.DrawFn) -> Terms:
    method = draw(st.sampled_from(Method))
    principal = draw(st.integers(1_000_00, 5_000_000_00))
    day_counts = [each for each in DayCount if method is not Method.DAILY or each is not DayCount.MONTH_12]
    options: dict[str, object] = {}
    if method is Method.STAGED:
        options["staged_percentages"] = STAGES
    if method is Method.FIXED_INSTALLMENT:
        options["fixed_installment"] = principal // 10
    return Terms(
        principal=principal,
        annual_rate_ppm=draw(st.integers(0, 360_000)),
        periods=12,
        start_on=START + timedelta(days=draw(st.integers(0, 60))),
        method=method,
        day_count=draw(st.sampled_from(day_counts)),
        **options,  # type: ignore[arg-type]  # each method brings its own
    )


@ON_A_BUSY_MACHINE
@given(loans(), st.integers(0, 11), st.integers(0, 40), st.integers(1, 6_000_000_00), st.sampled_from(Keep))
def test_what_is_paid_is_due_that_day_to_the_cent_and_the_rest_is_still_lent(
    terms: Terms, paid: int, days: int, amount: int, keep: Keep
) -> None:
    facts = paid_on_time(terms, paid)
    on = (facts.payments[-1].value_on if facts.payments else terms.start_on) + timedelta(days=days)
    before = standing(facts, on)
    try:
        made = prepay(facts, agreed(terms), on=on, amount=amount, keep=keep)
    except RefusedError:
        return

    after = standing(posted(facts, made, on, amount), on)

    assert after.outstanding_principal == before.outstanding_principal - made.principal - sum(
        row.open_principal for row in before.instalments if row.due_on <= on
    )
    assert (after.overdue_principal, after.overdue_interest, after.penalty, after.unapplied) == (0, 0, 0, made.held)
    assert made.due + made.interest + made.fee + made.principal + made.held == amount + before.unapplied
    assert made.interest_saved >= -len(made.rows)  # each row is rounded
    assert sum(row.principal for row in made.rows) == terms.principal


@ON_A_BUSY_MACHINE
@given(loans(), st.integers(0, 11), st.integers(0, 40))
def test_the_pay_off_of_the_day_prepays_all_of_it(terms: Terms, paid: int, days: int) -> None:
    facts = paid_on_time(terms, paid)
    on = (facts.payments[-1].value_on if facts.payments else terms.start_on) + timedelta(days=days)
    state = standing(facts, on)
    if not any(row.due_on > on and row.principal for row in state.instalments):
        return

    made = prepay(facts, agreed(terms), on=on, amount=state.payoff, keep=Keep.TERM)

    assert made.is_full
    assert made.held == 0
    assert standing(posted(facts, made, on, state.payoff), on).paid_off_on == on


@ON_A_BUSY_MACHINE
@given(
    st.integers(1_00, 1_000_000_00),
    st.integers(1, 1_000),
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 100)), min_size=1, max_size=6),
)
def test_a_daily_loan_charges_what_the_daily_quotation_says(
    principal: int, daily_rate_ppm: int, steps: list[tuple[int, int]]
) -> None:
    """Each payment brings the interest since the one before and a part of the principal."""
    terms = Terms(
        principal=principal, annual_rate_ppm=360 * daily_rate_ppm, periods=1, start_on=START,
        first_due_on=START + timedelta(days=300), method=Method.DAILY, day_count=DayCount.ACT_360,
    )  # fmt: skip
    on, left, repayments = START, principal, []
    for days, share in steps:
        on += timedelta(days=days)
        repayments.append(Repayment(on, max(1, left * share // 100) if left else 0))
        left -= repayments[-1].principal
    quoted = daily_rows(principal, daily_rate_ppm, START, repayments)

    facts = facts_of(terms)
    for row in quoted:
        if not row.principal:
            break
        made = prepay(facts, agreed(terms), on=row.due_on, amount=row.total, keep=Keep.TERM)
        assert (made.interest, made.principal, made.held) == (row.interest, row.principal, 0)
        facts = posted(facts, made, row.due_on, row.total)
        assert standing(facts, row.due_on).outstanding_principal == row.balance
