"""Prepayments in the book: a version from the payment's day on, gone with its reversal, the same in whatever order they come."""

from datetime import date, timedelta

import pytest

from lending.booking import register_loan
from lending.creditors import Takeover
from lending.facts import facts_of, standing_of
from lending.models import Instalment, Loan, Payment, ScheduleVersion
from lending.posting import NewPayment, post_many, post_payment, reverse_payment
from lending.prepaying import PrepaymentError
from lending.prepayment import Keep
from lending.rescheduling import put_in_force
from lending.schedules import DayCount, Method, Terms
from lending.standing import Standing
from lending.verify import verify
from lending.written import settled_of, written_of
from tests.lending.book.books import AT, Book

START = date(2026, 6, 1)
V12_DAYS = [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
V12_INTEREST = [105_00, 86_80, 65_10, 42_00, 21_70]
"""DOMAIN C2, V12: 10,000 at 0.035 % a day, five times 2,000 after 30, 31, 31, 30 and 31 days."""


def lend(book: Book, **changes: object) -> Loan:
    terms = {"principal": 12_000_00, "annual_rate_ppm": 240_000, "periods": 12, "start_on": START} | changes
    return register_loan(
        number=book.new("L"), funder=book.funder(), product=book.product(), borrower=book.borrower(),
        terms=Terms(**terms), at=AT,  # type: ignore[arg-type]  # terms by name
    )  # fmt: skip


def lend_daily(book: Book) -> Loan:
    return lend(
        book, principal=10_000_00, annual_rate_ppm=126_000, periods=1, first_due_on=date(2026, 12, 1),
        method=Method.DAILY, day_count=DayCount.ACT_360,
    )  # fmt: skip


def pay(book: Book, loan: Loan, value_on: date, amount: int, keep: Keep | None = None) -> Payment:
    return post_payment(
        loan=loan, reference=book.new("R"), value_on=value_on, amount=amount, currency="CNY",
        channel=Payment.Channel.CONSOLE, on=date(2026, 11, 30), at=AT, keep=keep,
    )  # fmt: skip


def taken_back(book: Book, payment: Payment) -> None:
    reverse_payment(payment, reference=book.new("X"), on=date(2026, 11, 30), at=AT, by=None)


def coming(state: Standing) -> list[tuple[date, int, int]]:
    return [(row.due_on, row.open_principal, row.open_interest) for row in state.instalments if row.open]


def is_written(loan: Loan) -> bool:
    state, written = standing_of(loan, date(2026, 11, 30)), written_of([loan.pk])[loan.pk]
    noted = {n: settled for n, (_pk, settled) in written.instalments.items()}
    return noted == {row.n: settled_of(row) for row in state.instalments}


def test_a_daily_loan_pays_interest_to_the_day_and_then_principal(book: Book) -> None:
    loan = lend_daily(book)
    book.closed("2026-11-30")

    for on, interest in zip(V12_DAYS, V12_INTEREST, strict=True):
        pay(book, loan, on, 2_000_00 + interest)

    loan.refresh_from_db()
    rows = Instalment.objects.filter(loan=loan, is_current=True).order_by("n")
    assert [(row.due_on, row.principal, row.interest) for row in rows] == [
        (on, 2_000_00, interest) for on, interest in zip(V12_DAYS, V12_INTEREST, strict=True)
    ]
    assert (loan.status, loan.paid_off_on) == (Loan.Status.PAID, V12_DAYS[-1])
    assert verify() == []


def test_daily_payments_end_equal_in_whatever_order_they_are_posted(book: Book) -> None:
    book.closed("2026-11-30")
    ends = []
    for order in ([0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]):
        loan = lend_daily(book)
        for index in order:
            pay(book, loan, V12_DAYS[index], 2_000_00 + V12_INTEREST[index])
        ends.append(coming(standing_of(loan, date(2026, 11, 30))))
        assert is_written(loan)

    assert ends[0] == ends[1] == ends[2]
    assert verify() == []


def test_a_daily_payment_in_the_middle_taken_back_is_as_if_it_had_never_come(book: Book) -> None:
    book.closed("2026-11-30")
    loan, other = lend_daily(book), lend_daily(book)
    for index in (0, 1, 2):
        payment = pay(book, loan, V12_DAYS[index], 2_000_00)
        if index == 1:
            bounced = payment
        else:
            pay(book, other, V12_DAYS[index], 2_000_00)

    taken_back(book, bounced)

    assert coming(standing_of(loan, date(2026, 11, 30))) == coming(standing_of(other, date(2026, 11, 30)))
    assert is_written(loan)
    assert verify() == []


def test_money_by_file_prepays_daily_loans_too(book: Book) -> None:
    loan = lend_daily(book)
    book.closed("2026-11-30")

    post_many(
        [NewPayment(loan.number, "F1", V12_DAYS[0], 2_105_00, "CNY")],
        channel=Payment.Channel.IMPORT, on=date(2026, 11, 30), at=AT,
    )  # fmt: skip

    assert standing_of(loan, V12_DAYS[0]).outstanding_principal == 8_000_00


def test_money_of_a_coming_day_prepays_a_daily_loan_when_the_day_is_closed(book: Book) -> None:
    loan = lend_daily(book)
    book.closed("2026-06-29")
    book.close("2026-06-30")
    pay(book, loan, V12_DAYS[0], 2_105_00)

    book.close("2026-07-01")

    assert standing_of(loan, V12_DAYS[0]).outstanding_principal == 8_000_00
    assert verify() == []


@pytest.mark.parametrize("keep", Keep)
def test_a_reversal_gives_the_old_schedule_back(book: Book, keep: Keep) -> None:
    loan = lend(book)
    book.closed("2026-11-30")
    pay(book, loan, date(2026, 7, 1), 1_134_72)
    before = standing_of(loan, date(2026, 11, 30)), facts_of([loan.pk])[loan.pk].versions

    payment = pay(book, loan, date(2026, 7, 15), 3_000_00, keep)
    assert standing_of(loan, date(2026, 7, 15)).outstanding_principal < before[0].outstanding_principal
    taken_back(book, payment)

    assert (standing_of(loan, date(2026, 11, 30)), facts_of([loan.pk])[loan.pk].versions) == before
    assert ScheduleVersion.objects.get(loan=loan, is_current=True).number == 1
    assert is_written(loan)
    assert verify() == []


def test_money_entered_later_for_an_earlier_day_works_the_prepayment_out_anew(book: Book) -> None:
    book.closed("2026-11-30")
    in_time, late = lend(book), lend(book)
    pay(book, in_time, date(2026, 7, 1), 1_134_72)
    for loan in (in_time, late):
        pay(book, loan, date(2026, 7, 15), 4_000_00, Keep.TERM)

    pay(book, late, date(2026, 7, 1), 1_134_72)

    assert coming(standing_of(late, date(2026, 11, 30))) == coming(standing_of(in_time, date(2026, 11, 30)))
    assert verify() == []


def test_the_pay_off_closes_the_loan(book: Book) -> None:
    loan = lend(book)
    book.closed("2026-11-30")
    on = date(2026, 7, 11)

    pay(book, loan, on, standing_of(loan, on).payoff, Keep.TERM)

    loan.refresh_from_db()
    assert (loan.status, loan.paid_off_on) == (Loan.Status.PAID, on)
    assert verify() == []


def test_a_schedule_agreed_since_stays_when_a_prepayment_bounces(book: Book) -> None:
    loan = lend(book)
    book.closed("2026-11-30")
    payment = pay(book, loan, date(2026, 6, 20), 2_000_00, Keep.TERM)
    rows = list(Instalment.objects.filter(loan=loan, is_current=True).order_by("n"))
    for row in rows[1:]:
        row.due_on += timedelta(days=10)
    plan = put_in_force(
        loan=loan, rows=rows, effective_on=date(2026, 6, 25), reason="deferral", source="", on=date(2026, 11, 30),
        at=AT, by=None,
    )  # fmt: skip

    taken_back(book, payment)

    assert ScheduleVersion.objects.get(loan=loan, is_current=True) == plan
    assert standing_of(loan, date(2026, 6, 25)).oldest_due_on == date(2026, 6, 20)
    assert verify() == []


@pytest.mark.parametrize(
    ("value_on", "amount", "words"),
    [
        pytest.param(date(2026, 7, 15), 500_00, "nothing would be prepaid", id="less than is due"),
        pytest.param(date(2026, 12, 15), 5_000_00, "later value day", id="a day to come"),
    ],
)
def test_a_prepayment_that_prepays_nothing_is_refused_and_nothing_is_posted(
    book: Book, value_on: date, amount: int, words: str
) -> None:
    loan = lend(book)
    book.closed("2026-11-30")

    with pytest.raises(PrepaymentError, match=words):
        pay(book, loan, value_on, amount, Keep.TERM)

    assert not Payment.objects.exists()


def test_what_a_guarantor_has_paid_for_is_not_renumbered(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    loan, daily = lend(book), lend_daily(book)
    book.closed("2026-11-30")
    payment = pay(book, loan, date(2026, 7, 15), 3_000_00, Keep.TERM)
    claim = (Takeover(date(2026, 8, 1), loan.funder_id, 1, 99),)
    monkeypatch.setattr("lending.prepaying.takeovers_of", lambda _loans: {loan.pk: claim, daily.pk: claim})

    with pytest.raises(PrepaymentError, match="guarantor"):
        pay(book, loan, date(2026, 8, 5), 3_000_00, Keep.TERM)
    pay(book, daily, date(2026, 8, 5), 3_000_00)
    taken_back(book, payment)

    assert ScheduleVersion.objects.get(loan=loan, is_current=True).payment == payment
    assert ScheduleVersion.objects.get(loan=daily, is_current=True).number == 1
    assert verify() == []
