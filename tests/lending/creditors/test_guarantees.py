"""A guarantor who has paid is the creditor from that day on: list, amount, cap, money, letters, notice, reports."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from changed import AT, guarantee, person, rule, share
from lending.changes import ChangeError
from lending.claims import creditor_facts, creditors_of, speaking_for
from lending.facts import facts_of, standing_of
from lending.guarantees import claim_of, covering, in_force, room_of
from lending.guarantees_due import due
from lending.guarantor_payments import give_notice, propose_payment
from lending.models import Allocation, Arrears, Change, Funder, GuarantorPayment, Loan
from lending.parties import get_funder
from lending.penalty_steps import penalty_steps
from lending.spreading import debts_of, post_for_borrower
from lending.verify import verify
from tests.lending.book.books import Book
from tests.lending.creditors.guaranteed import FEBRUARY_15, QUARTER, has_paid, received


def test_the_guarantee_of_the_loan_goes_before_the_product_and_that_before_the_funder(
    book: Book, surety: Funder
) -> None:
    loan = book.loan(QUARTER)
    guarantee(guarantor=surety, funder=loan.funder, days=90)
    guarantee(guarantor=surety, funder=loan.funder, product=loan.product.code, days=60)
    by_product = covering(loan, in_force(FEBRUARY_15))
    guarantee(guarantor=surety, loan=loan, days=30)
    of_loan = covering(loan, in_force(FEBRUARY_15))

    assert by_product is not None
    assert of_loan is not None
    assert [by_product.trigger_days, of_loan.trigger_days] == [60, 30]


def test_a_later_guarantee_takes_the_place_and_a_cap_of_nothing_ends_it(book: Book, surety: Funder) -> None:
    loan = book.loan(QUARTER)
    guarantee(guarantor=surety, funder=loan.funder, days=90)
    guarantee(guarantor=surety, funder=loan.funder, cap_ppm=0, from_on="2026-02-01")

    assert covering(loan, in_force(date(2026, 1, 31))) is not None
    assert covering(loan, in_force(date(2026, 2, 1))) is None


def test_it_is_due_from_its_days_past_due_until_it_is_paid(late: Loan) -> None:
    loans = Loan.objects.all()
    days = [len(due(loans, date(2026, 1, day))) for day in (30, 31)]

    has_paid(late)

    assert days == [0, 1]
    assert due(loans, FEBRUARY_15) == []
    assert [row.days_past_due for row in due(loans, date(2026, 4, 1))] == [31]


def test_it_pays_whole_instalments_that_are_due_or_all_that_is_left(late: Loan) -> None:
    due_ones = claim_of(late, FEBRUARY_15, whole=False, room=10**9)
    whole = claim_of(late, FEBRUARY_15, whole=True, room=10**9)
    short = claim_of(late, FEBRUARY_15, whole=True, room=219_99)

    assert due_ones == (1, 2, 200_00, 20_00)
    assert whole == (1, 3, 300_00, 30_00)
    assert short == (1, 1, 100_00, 10_00)
    assert claim_of(late, FEBRUARY_15, whole=True, room=109_99) is None


def test_the_cap_is_of_all_that_was_lent_less_what_was_paid(book: Book, surety: Funder) -> None:
    loans = [book.loan(QUARTER) for _ in range(2)]
    guarantee(guarantor=surety, funder=loans[0].funder, cap_ppm=500_000)
    found = covering(loans[0], in_force(FEBRUARY_15))
    assert found is not None
    before = room_of(found, "CNY", FEBRUARY_15)

    has_paid(loans[0])

    assert [before, room_of(found, "CNY", FEBRUARY_15)] == [300_00, 80_00]


def test_money_of_that_day_or_later_is_the_guarantors_and_the_rest_stays_the_funders(
    book: Book, late: Loan, surety: Funder
) -> None:
    book.pay(late, "2026-02-15", 50_00)
    book.close("2026-02-16")
    has_paid(late, "2026-02-16")

    book.pay(late, "2026-02-16", 170_00)
    book.pay(late, "2026-03-01", 110_00)
    book.close_through("2026-02-17", "2026-03-02")

    assert GuarantorPayment.objects.get().amount == 170_00
    assert [received(late.funder), received(surety)] == [160_00, 170_00]
    assert received(late.funder) + received(surety) == sum(Allocation.objects.values_list("amount", flat=True))
    assert verify() == []


def test_the_loan_speaks_in_the_guarantors_name_once_it_has_paid_for_everything(late: Loan, surety: Funder) -> None:
    before = speaking_for(late, FEBRUARY_15)
    has_paid(late)
    between = speaking_for(late, FEBRUARY_15)
    has_paid(late, "2026-02-16", whole=True, reference="G2")

    assert before == [late.funder]
    assert between == [late.funder, surety]
    assert speaking_for(late, date(2026, 2, 16)) == [surety]
    facts = creditor_facts([late.pk])[late.pk]
    assert creditors_of(facts, standing_of(late, date(2026, 2, 16))) == [surety.pk]


def test_the_debt_must_still_be_what_was_asked_for(book: Book, late: Loan) -> None:
    change = propose_payment(
        loan=late,
        paid_on=FEBRUARY_15,
        whole=False,
        reference="G1",
        words="Paid.",
        by=person("supervisor"),
        at=AT,
        on=FEBRUARY_15,
    )
    book.pay(late, "2026-02-10", 50_00)

    with pytest.raises(ChangeError, match="debt is not what it was"):
        rule(change, on=FEBRUARY_15)

    assert GuarantorPayment.objects.count() == 0


@pytest.mark.parametrize(
    ("paid_on", "reference", "field"),
    [("2026-02-16", "G2", "paid_on"), ("2026-02-15", "G1", "paid_on"), ("2024-01-01", "G2", "paid_on")],
)
def test_what_makes_no_sense_is_refused_at_its_field(late: Loan, paid_on: str, reference: str, field: str) -> None:
    has_paid(late)

    with pytest.raises(ChangeError) as refused:
        propose_payment(
            loan=late, paid_on=date.fromisoformat(paid_on), whole=False, reference=reference, words="Paid.",
            by=person("supervisor"), at=AT, on=FEBRUARY_15,
        )  # fmt: skip

    assert refused.value.field == field


def test_an_instalment_is_paid_for_once_in_the_database_too(late: Loan) -> None:
    paid = has_paid(late)
    paid.pk, paid.reference = None, "G9"

    with pytest.raises(DatabaseError), transaction.atomic():
        paid.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        GuarantorPayment.objects.update(principal=1)


def test_the_debtor_is_told_once_and_not_before(late: Loan) -> None:
    paid = has_paid(late)
    told: dict[str, Any] = {"means": "letter", "evidence": "EMS 123", "by": person("supervisor"), "at": AT}

    with pytest.raises(ChangeError):
        give_notice(paid, given_on=date(2026, 2, 14), **told)
    give_notice(paid, given_on=date(2026, 2, 17), **told)
    with pytest.raises(ChangeError):
        give_notice(paid, given_on=date(2026, 2, 18), **told)

    paid.refresh_from_db()
    assert paid.notice.given_on == date(2026, 2, 17)


def test_nobody_guarantees_to_themselves(late: Loan) -> None:
    with pytest.raises(ChangeError):
        guarantee(guarantor=late.funder, funder=late.funder, from_on="2026-02-01")


def test_a_shared_loan_is_split_until_the_guarantor_pays(book: Book, surety: Funder) -> None:
    loan = book.loan(QUARTER)
    trust = get_funder("trust", "Trust")
    share(loan, {"harbour": 666_667, "trust": 333_333}, from_on="2025-01-01")
    guarantee(guarantor=surety, loan=loan)
    book.closed("2025-12-31")
    for day in range(1, 11):
        book.pay(loan, "2026-01-01", day)
    book.close_through("2026-01-01", "2026-02-15")

    has_paid(loan)
    book.pay(loan, "2026-02-15", 100_00)
    book.close_through("2026-02-16", "2026-02-17")

    assert [received(each) for each in (loan.funder, trust, surety)] == [37, 18, 100_00]
    assert Change.objects.filter(state="approved").count() == 3


def test_a_payment_over_several_debts_never_crosses_creditors(book: Book, late: Loan, surety: Funder) -> None:
    other = book.loan(QUARTER, borrower=late.borrower)
    has_paid(late)
    money: dict[str, Any] = {
        "borrower": late.borrower,
        "value_on": FEBRUARY_15,
        "currency": "CNY",
        "channel": "api",
        "on": FEBRUARY_15,
        "at": AT,
        "by": None,
    }

    to_surety = post_for_borrower(funder=surety, reference="S", amount=100_00, **money)
    to_bank = post_for_borrower(funder=late.funder, reference="B", amount=100_00, **money)
    again = post_for_borrower(funder=surety, reference="S", amount=100_00, **money)

    assert [payment.loan for payment in to_surety] == [late]
    assert [payment.loan for payment in to_bank] == [other]
    assert again == to_surety
    assert sum(debt.amount for debt in debts_of([late], FEBRUARY_15)) == 120_00 + standing_of(late, FEBRUARY_15).penalty


@pytest.mark.parametrize(("on", "penalty"), [("2026-02-15", 5_90), ("2026-03-01", 6_93), ("2026-03-11", 8_66)])
def test_from_its_payment_on_the_guarantor_s_own_rate_is_charged_on_all_that_it_paid_for(
    own_rate: Loan, on: str, penalty: int
) -> None:
    """0.10 a day and instalment: 45 + 14 days are 5.90. Then 220.00 at 12 %: 1.03 in 14 days, 1.76 in 24.

    The third instalment is the funder's and bears 36 %: 1.00 in the ten days to 11 March.
    """
    has_paid(own_rate)

    assert standing_of(own_rate, date.fromisoformat(on)).penalty == penalty


def test_the_nights_after_it_charge_that_rate_and_the_ledger_is_whole(book: Book, own_rate: Loan) -> None:
    has_paid(own_rate)

    book.close_through("2026-02-16", "2026-03-11")

    row = Arrears.objects.get(loan=own_rate)
    assert row.penalty_on(date(2026, 3, 11)) == 8_66
    assert verify() == []


def test_a_payment_of_the_guarantor_entered_late_takes_back_the_product_s_rate(book: Book, own_rate: Loan) -> None:
    """Entered on 1 March for 15 February: 14 days at 1.03 instead of 2.80."""
    book.close_through("2026-02-16", "2026-03-01")
    assert standing_of(own_rate, date(2026, 3, 1)).penalty == 5_90 + 2_80

    change = propose_payment(
        loan=own_rate, paid_on=FEBRUARY_15, whole=False, reference="G9", words="Paid.", by=person("supervisor"), at=AT,
        on=date(2026, 3, 1),
    )  # fmt: skip
    rule(change, on=date(2026, 3, 1))

    assert Arrears.objects.get(loan=own_rate).penalty_on(date(2026, 3, 1)) == 6_93
    assert verify() == []


def test_each_step_of_the_penalty_names_the_rate_that_it_was_charged_at(own_rate: Loan) -> None:
    has_paid(own_rate)

    steps = penalty_steps(facts_of([own_rate.pk])[own_rate.pk], date(2026, 3, 11))

    assert [(step.days, step.base, step.rate_ppm) for step in steps] == [
        (31, 100_00, 360_000),
        (14, 200_00, 360_000),
        (14, 220_00, 120_000),
        (10, None, None),
    ]


def test_without_a_rate_of_its_own_the_product_s_stays(late: Loan) -> None:
    has_paid(late)

    assert facts_of([late.pk])[late.pk].sureties == ()


def test_a_loan_s_own_cap_of_nothing_takes_it_out_of_a_wider_guarantee(book: Book, surety: Funder) -> None:
    loan, other = book.loan(QUARTER), book.loan(QUARTER)
    guarantee(guarantor=surety, funder=loan.funder)
    guarantee(guarantor=surety, loan=loan, cap_ppm=0, from_on="2026-02-01")

    assert covering(loan, in_force(date(2026, 1, 31))) is not None
    assert covering(loan, in_force(FEBRUARY_15)) is None
    assert covering(other, in_force(FEBRUARY_15)) is not None


def test_each_cap_is_of_the_loans_that_its_guarantee_covers_less_what_was_paid_under_it(
    book: Book, surety: Funder
) -> None:
    """Three loans of 300.00: one has a guarantee of its own, so 600.00 are under the wider one."""
    loan, *others = [book.loan(QUARTER) for _ in range(3)]
    guarantee(guarantor=surety, funder=loan.funder, cap_ppm=500_000)
    guarantee(guarantor=get_funder("second", "Second Surety"), loan=loan, cap_ppm=1_000_000)
    narrow, wide = covering(loan, in_force(FEBRUARY_15)), covering(others[0], in_force(FEBRUARY_15))
    assert narrow is not None
    assert wide is not None

    has_paid(loan)
    has_paid(others[0], reference="G2")

    assert room_of(narrow, "CNY", FEBRUARY_15) == 300_00 - 220_00
    assert room_of(wide, "CNY", FEBRUARY_15) == 300_00 - 220_00


def test_a_guarantee_of_a_product_takes_its_loans_out_of_the_funder_s_cap(book: Book, surety: Funder) -> None:
    loan = book.loan(QUARTER)
    guarantee(guarantor=surety, funder=loan.funder)
    wide = covering(loan, in_force(FEBRUARY_15))
    assert wide is not None
    before = room_of(wide, "CNY", FEBRUARY_15)

    guarantee(guarantor=surety, funder=loan.funder, product=loan.product.code)

    assert [before, room_of(wide, "CNY", FEBRUARY_15)] == [300_00, 0]
