"""Moving due dates, by figures worked by hand.

The level loan: 12,000.00 at 24% a year in twelve monthly instalments of 1,134.72 (12,000 x 0.02 / (1 - 1.02^-12) = 1,134.715).
Row 1: interest 240.00, principal 894.72, balance 11,105.28. Row 2: interest 222.11, principal 912.61, balance 10,192.67.
Row 3: interest 203.85, principal 930.87.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from lending.daycount import DayCount
from lending.loan_facts import Conventions, InstalmentFact, LoanFacts, PaymentFact, VersionFact
from lending.schedules import Method, Terms, build
from lending.standing import standing
from restructuring.moving import Contract, Instrument, MovingError, Proposal, propose, situation_of

LEVEL = Contract(240_000, DayCount.MONTH_12)
FREE = Contract(0, DayCount.MONTH_12)
INSTALMENT = 113_472


def facts_of(terms: Terms, *payments: tuple[str, int], **conventions: Any) -> LoanFacts:
    rows = tuple(InstalmentFact(row.n, row.due_on, row.principal, row.interest) for row in build(terms))
    return LoanFacts(
        number="L1",
        principal=terms.principal,
        start_on=terms.start_on,
        versions=(VersionFact(terms.start_on, rows),),
        payments=tuple(
            PaymentFact(n, date.fromisoformat(day), amount, n) for n, (day, amount) in enumerate(payments, start=1)
        ),
        conventions=Conventions(currency="CNY", **conventions),
    )


def level(*payments: tuple[str, int], **conventions: Any) -> LoanFacts:
    terms = Terms(principal=1_200_000, annual_rate_ppm=240_000, periods=12, start_on=date(2026, 1, 15))
    return facts_of(terms, *payments, **conventions)


def bullet(*payments: tuple[str, int], **conventions: Any) -> LoanFacts:
    terms = Terms(
        principal=120_000,
        annual_rate_ppm=0,
        periods=1,
        start_on=date(2016, 11, 1),
        first_due_on=date(2016, 12, 1),
        method=Method.BULLET,
    )
    return facts_of(terms, *payments, **conventions)


TWO_PAID = (("2026-02-15", INSTALMENT), ("2026-03-15", INSTALMENT))


def test_a_deferred_bullet_without_interest_costs_nothing() -> None:
    """Seven days past due on 8 December; 37 days later is 7 January."""
    plan = propose(bullet(), FREE, days=37, on=date(2016, 12, 8))

    assert (plan.instrument, plan.end_new, plan.added_interest) == (Instrument.DEFERRAL, date(2017, 1, 7), 0)
    assert (plan.cost_old, plan.cost_new, plan.outstanding) == (0, 0, 120_000)


def test_an_extension_before_maturity_pays_interest_for_the_added_days() -> None:
    """10,192.67 x 24% x 15/360 = 101.9267: 101.93 on the first row that moves, 203.85 + 101.93 = 305.78."""
    plan = propose(level(*TWO_PAID), LEVEL, days=15, on=date(2026, 4, 1))

    assert (plan.instrument, plan.outstanding, plan.added_interest) == (Instrument.EXTENSION, 1_019_267, 10_193)
    assert (plan.rows[2].interest_old, plan.rows[2].interest_new) == (20_385, 30_578)
    assert (plan.rows[2].due_old, plan.rows[2].due_new) == (date(2026, 4, 15), date(2026, 4, 30))
    assert plan.cost_new - plan.cost_old == 10_193


def test_a_deferral_counts_on_what_a_part_payment_left() -> None:
    """500.00 came for row 3: 203.85 interest, 296.15 principal. 9,896.52 x 24% x 40/360 = 263.9072."""
    facts = level(*TWO_PAID, ("2026-04-20", 50_000))

    plan = propose(facts, LEVEL, days=40, on=date(2026, 5, 5))

    assert (plan.instrument, plan.outstanding, plan.added_interest) == (Instrument.DEFERRAL, 989_652, 26_391)
    assert (plan.rows[2].paid_interest, plan.rows[2].paid_principal) == (20_385, 29_615)
    assert (plan.rows[2].principal, plan.rows[2].interest_new) == (93_087, 20_385 + 26_391)


@pytest.mark.parametrize(
    ("day_count", "interest"),
    [
        (DayCount.MONTH_12, 10_193),  # 15/360 = 101.9267
        (DayCount.ACT_360, 10_193),
        (DayCount.ACT_365, 10_053),  # 15/365 = 100.5304
        (DayCount.ACT_ACT, 10_053),  # 2026 is no leap year
        (DayCount.THIRTY_360, 10_193),  # 15 to 30 April
    ],
)
def test_added_days_count_as_the_loan_counts_days(day_count: DayCount, interest: int) -> None:
    plan = propose(level(*TWO_PAID), Contract(240_000, day_count), days=15, on=date(2026, 4, 1))

    assert plan.added_interest == interest


def test_settled_rows_stay_and_every_unpaid_row_moves_by_the_same_days() -> None:
    plan = propose(level(*TWO_PAID), LEVEL, days=15, on=date(2026, 4, 1))

    assert {(row.due_new - row.due_old).days for row in plan.rows[:2]} == {0}
    assert {(row.due_new - row.due_old).days for row in plan.rows[2:]} == {15}
    assert sum(row.interest_new - row.interest_old for row in plan.rows[3:]) == 0


def test_what_was_overdue_stops_being_so_and_penalty_stays() -> None:
    """Penalty 36% on 1,200.00 for 7 days: 1,200 x 0.36 x 7 / 360 = 8.40, the same the day after the plan."""
    facts = bullet(penalty_rate_ppm=360_000)
    on = date(2016, 12, 8)
    plan = propose(facts, FREE, days=37, on=on)

    changed = facts._replace(versions=(*facts.versions, VersionFact(on, tuple(plan.new_rows))))

    assert (standing(facts, on).days_past_due, standing(facts, on).penalty) == (7, 840)
    assert [standing(changed, on + timedelta(days=n)).days_past_due for n in (0, 30, 31)] == [0, 0, 1]
    assert standing(changed, on + timedelta(days=20)).penalty == 840


def test_the_due_day_itself_is_still_before_maturity() -> None:
    assert situation_of(standing(bullet(), date(2016, 12, 1))).instrument == Instrument.EXTENSION
    assert situation_of(standing(bullet(), date(2016, 12, 2))).instrument == Instrument.DEFERRAL


@pytest.mark.parametrize(("days", "code"), [(0, "days"), (4_000, "days"), (7, "still_past")])
def test_days_that_make_no_sense_are_refused(days: int, code: str) -> None:
    with pytest.raises(MovingError) as refused:
        propose(bullet(), FREE, days=days, on=date(2016, 12, 8))

    assert (refused.value.code, refused.value.days_min) == (code, 8)


def test_a_paid_loan_has_nothing_to_move() -> None:
    with pytest.raises(MovingError, match="nothing_unpaid"):
        propose(bullet(("2016-12-01", 120_000)), FREE, days=30, on=date(2016, 12, 8))


def test_a_mere_day_changes_no_figure() -> None:
    earlier, later = (propose(level(*TWO_PAID), LEVEL, days=20, on=date(2026, 4, day)) for day in (1, 10))

    assert earlier == later


def test_days_in_all_are_counted_from_the_first_schedule() -> None:
    facts = bullet()
    first: Proposal = propose(facts, FREE, days=30, on=date(2016, 12, 8))
    changed = facts._replace(versions=(*facts.versions, VersionFact(date(2016, 12, 8), tuple(first.new_rows))))

    second = propose(changed, FREE, days=20, on=date(2016, 12, 9))

    assert (second.instrument, second.days, second.days_in_all) == (Instrument.EXTENSION, 20, 50)
