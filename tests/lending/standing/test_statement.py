"""The statement of account: worked figures, and a balance that is the loan's standing on every day."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lending.effects import effect_of_payment, effect_of_reversal
from lending.loan_facts import Conventions, InstalmentFact, LoanFacts, PaymentFact, VersionFact
from lending.payoff import VALID_DAYS_MAX, quote
from lending.standing import standing
from lending.statement import Kind, Receipt, Statement, balance_of, statement
from tests.lending.standing.books import DAYS_MAX, day, loans, offsets

JAN = date(2025, 1, 1)
FEB, MARCH, APRIL = date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 1)
QUARTER = VersionFact(
    JAN,
    (
        InstalmentFact(1, FEB, 100_00, 30_00),
        InstalmentFact(2, MARCH, 100_00, 20_00),
        InstalmentFact(3, APRIL, 100_00, 10_00),
    ),
)
RULES = Conventions(currency="CNY", penalty_rate_ppm=360_000)


def loan(*payments: PaymentFact, versions: tuple[VersionFact, ...] = (QUARTER,)) -> LoanFacts:
    return LoanFacts("L1", 300_00, JAN, versions, payments, RULES)


def receipts_of(facts: LoanFacts) -> list[Receipt]:
    return [Receipt(each.id, f"R{each.id}", each.value_on, each.amount, each.value_on) for each in facts.payments]


def stated(facts: LoanFacts, first: date = JAN, last: date = MARCH) -> Statement:
    return statement(facts, receipts_of(facts), first, last)


def test_every_movement_stands_with_its_balance() -> None:
    """Half of the first instalment is paid ten days late: 100.00 x 36 % x 10 / 360 = 1.00 of penalty until then.

    The payment of 66.00 settles the penalty 1.00, interest 30.00 and principal 35.00; 65.00 stay overdue for the 18 days to
    1 March: 65.00 x 36 % x 18 / 360 = 1.17.
    """
    told = stated(loan(PaymentFact(1, date(2025, 2, 11), 66_00, 1)))

    assert [(each.on, each.kind, each.amount, each.balance, each.principal_left) for each in told.movements] == [
        (JAN, Kind.LENT, 0, 0, 300_00),
        (FEB, Kind.DUE, 130_00, 130_00, 300_00),
        (date(2025, 2, 11), Kind.PENALTY, 1_00, 131_00, None),
        (date(2025, 2, 11), Kind.PAYMENT, -66_00, 65_00, 265_00),
        (MARCH, Kind.DUE, 120_00, 185_00, None),
        (MARCH, Kind.PENALTY, 1_17, 186_17, 265_00),
    ]
    assert [(part.n, str(part.component), part.amount) for part in told.movements[3].parts] == [
        (None, "penalty", 1_00),
        (1, "interest", 30_00),
        (1, "principal", 35_00),
    ]


def test_a_statement_that_begins_later_opens_with_the_balance_of_the_day_before() -> None:
    facts = loan(PaymentFact(1, date(2025, 2, 11), 66_00, 1))

    told = stated(facts, date(2025, 2, 12), MARCH)

    assert (told.opening, told.closing) == (65_00, 186_17)
    assert told.total(Kind.DUE) + told.total(Kind.PENALTY) == 121_17


def test_money_ahead_of_its_due_day_makes_the_balance_negative() -> None:
    told = stated(loan(PaymentFact(1, date(2025, 1, 20), 130_00, 1)), JAN, FEB)

    assert [each.balance for each in told.movements] == [0, -130_00, 0]


def test_a_reversed_payment_and_its_reversal_both_stand_and_settle_nothing() -> None:
    receipts = [Receipt(1, "R1", FEB, 130_00, FEB), Receipt(2, "X1", FEB, -130_00, MARCH, reverses=1)]

    told = statement(loan(), receipts, JAN, FEB)

    assert [(each.kind, each.amount, each.balance, each.parts) for each in told.movements[-2:]] == [
        (Kind.PAYMENT, -130_00, 0, ()),
        (Kind.REVERSAL, 130_00, 130_00, ()),
    ]


def test_a_new_schedule_takes_back_what_it_no_longer_asks_for_yet() -> None:
    moved = VersionFact(
        date(2025, 2, 20), tuple(row._replace(due_on=row.due_on + timedelta(days=60)) for row in QUARTER.rows)
    )

    told = stated(loan(versions=(QUARTER, moved)), JAN, MARCH)

    (changed,) = (each for each in told.movements if each.kind is Kind.SCHEDULE)
    assert (changed.on, changed.amount, changed.version) == (date(2025, 2, 20), -130_00, 2)
    assert told.closing == told.total(Kind.PENALTY) > 0


def test_a_quote_names_the_parts_and_what_a_day_more_costs() -> None:
    """On 11 February: 300.00 of principal, 30.00 of interest due, 20.00 x 10 / 28 = 7.14 running, 1.00 of penalty."""
    told = quote(loan(), date(2025, 2, 11))

    assert (told.principal, told.interest_due, told.interest_running, told.penalty, told.held) == (
        300_00,
        30_00,
        714,
        1_00,
        0,
    )
    assert told.amount == 338_14
    assert told.valid_until == date(2025, 2, 11)
    assert told.a_day_later == 300_00 + 30_00 + 7_86 + 1_10


def test_a_quote_stays_valid_while_nothing_grows() -> None:
    paid = PaymentFact(1, FEB, 360_00, 1)

    assert quote(loan(paid), FEB).amount == 0
    assert quote(loan(paid), FEB).valid_until == FEB + timedelta(days=VALID_DAYS_MAX)


def test_an_effect_is_shown_before_it_is_posted() -> None:
    effect = effect_of_payment(loan(), value_on=date(2025, 2, 11), amount=66_00, on=date(2025, 2, 11))

    assert (effect.overdue_before, effect.overdue_after) == (131_00, 65_00)
    assert [part.amount for part in effect.parts] == [1_00, 30_00, 35_00]
    assert effect.held == 0


@settings(deadline=None)
@given(loans(), offsets, st.integers(0, DAYS_MAX))
def test_the_balance_of_every_entry_that_ends_a_day_is_the_standing_of_that_day(
    facts: LoanFacts, first: int, length: int
) -> None:
    told = stated(facts, day(first), day(first + length))

    ends = {each.on: each.balance for each in told.movements if each.principal_left is not None}
    assert ends == {on: balance_of(standing(facts, on)) for on in ends}
    assert told.closing == balance_of(standing(facts, day(first + length)))
    assert told.opening == balance_of(standing(facts, day(first - 1)))


@settings(deadline=None)
@given(loans(), offsets)
def test_the_balance_is_what_fell_due_and_accrued_less_what_was_waived_and_paid(facts: LoanFacts, offset: int) -> None:
    state = standing(facts, day(offset))

    rows = [row for row in state.instalments if row.due_on <= day(offset)]
    due = sum(row.principal + row.interest - row.waived_principal - row.waived_interest for row in rows)
    received = sum(payment.amount for payment in facts.payments if payment.value_on <= day(offset))
    assert balance_of(state) == due + state.penalty_accrued - state.penalty_waived - received


@settings(deadline=None)
@given(loans(), offsets, st.integers(0, 60))
def test_two_statements_in_a_row_tell_what_one_tells(facts: LoanFacts, first: int, length: int) -> None:
    middle, last = day(first + length), day(first + 2 * length + 1)
    early, late = stated(facts, day(first), middle), stated(facts, middle + timedelta(days=1), last)

    whole = stated(facts, day(first), last)

    assert (early.opening, early.closing, late.closing) == (whole.opening, late.opening, whole.closing)
    for kind in (Kind.DUE, Kind.PENALTY, Kind.SCHEDULE, Kind.PAYMENT):
        assert early.total(kind) + late.total(kind) == whole.total(kind)


@settings(deadline=None)
@given(loans(), offsets)
def test_a_quote_is_the_pay_off_by_its_parts(facts: LoanFacts, offset: int) -> None:
    told = quote(facts, day(offset))

    assert told.amount == standing(facts, day(offset)).payoff
    assert told.amount == max(0, told.principal + told.interest_due + told.interest_running + told.penalty - told.held)
    assert standing(facts, told.valid_until).payoff == told.amount


@settings(deadline=None)
@given(loans(), st.integers(0, DAYS_MAX), st.integers(1, 60_000), st.integers(0, 30))
def test_taking_back_what_was_posted_is_the_opposite_of_posting_it(
    facts: LoanFacts, value: int, amount: int, later: int
) -> None:
    posted = facts._replace(payments=(*facts.payments, PaymentFact(99, day(value), amount, 99)))

    there = effect_of_payment(facts, value_on=day(value), amount=amount, on=day(value + later))
    back = effect_of_reversal(posted, 99, on=day(value + later))

    assert (there.overdue_before, there.overdue_after) == (back.overdue_after, back.overdue_before)
    assert sum(part.amount for part in there.parts) + there.held == amount
    assert [part[1:] for part in there.parts] == [part[1:] for part in back.parts]
