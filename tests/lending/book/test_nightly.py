"""The close of a day: what moves, what does not, and what happens to a loan that cannot be closed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from lending import nightly
from lending.horizon import first_open_day, reached_day
from lending.models import Allocation, Arrears, ClosingStep, Loan, ParkedLoan, PenaltyAccrual, Product
from lending.verify import verify
from tests.lending.book.books import AT, Book, accrued, arrears, paid

QUARTER = [("2025-02-01", 100_00, 30_00), ("2025-03-01", 100_00, 20_00), ("2025-04-01", 100_00, 10_00)]


def test_an_instalment_is_overdue_the_day_after_its_due_day(book: Book) -> None:
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)

    book.close("2025-02-01")
    on_the_due_day = Arrears.objects.count()
    book.close("2025-02-02")

    assert on_the_due_day == 0
    assert (arrears(loan).oldest_due_on, arrears(loan).bucket) == (date(2025, 2, 1), "M1")
    assert (arrears(loan).overdue_principal, arrears(loan).overdue_interest) == (100_00, 30_00)
    assert accrued(loan) == [("2025-02-01", "2025-02-02", 10)]


def test_where_the_due_day_counts_an_instalment_is_overdue_on_it(book: Book) -> None:
    loan = book.loan(QUARTER, day_zero=False)

    book.close("2025-02-01")

    assert (arrears(loan).oldest_due_on, arrears(loan).bucket) == (date(2025, 2, 1), "M1")


def test_what_falls_due_on_a_day_off_becomes_overdue_nights_later(book: Book) -> None:
    """10 to 17 February 2024 were days off in China; Sunday the 18th was none."""
    loan = book.loan([("2024-02-10", 100_00, 10_00)], start="2024-01-10", calendar="CN", penalty_rate_ppm=360_000)

    book.close_through("2024-02-10", "2024-02-18")
    within = Arrears.objects.count()
    book.close("2024-02-19")

    assert within == 0
    assert (arrears(loan).oldest_due_on, arrears(loan).overdue_principal) == (date(2024, 2, 18), 100_00)
    assert arrears(loan).penalty_accrued == 10
    assert verify() == []


def test_penalty_grows_in_a_row_that_nobody_rewrites_and_never_drifts(book: Book) -> None:
    """100.00 at 5 % a year over 360 days is 1.3888… fen a day: 30 days are 41.67, and on the 31st the bucket changes."""
    loan = book.loan([("2025-02-01", 100_00, 0)], penalty_rate_ppm=50_000)

    book.close_through("2025-02-01", "2025-03-03")
    row = arrears(loan)
    book.close("2025-03-04")

    assert (row.as_of, row.holds_until) == (date(2025, 2, 2), date(2025, 3, 4))
    assert [row.penalty_on(date(2025, 2, 1) + timedelta(days=days)) for days in (1, 2, 3, 4, 30)] == [1, 3, 4, 6, 42]
    assert accrued(loan) == [("2025-02-01", "2025-02-02", 1), ("2025-02-02", "2025-03-04", 42)]
    assert arrears(loan).penalty_accrued == 43


def test_a_night_on_which_no_loan_turns_writes_nothing(book: Book) -> None:
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)
    book.close_through("2025-02-01", "2025-02-10")

    assert book.close("2025-02-11") == {"settled": 0, "rolled": 0, "parked": 0}
    assert arrears(loan).as_of == date(2025, 2, 2)
    assert verify() == []


def test_a_row_that_knows_no_day_yet_is_rewritten_by_the_next_close(book: Book) -> None:
    """As the migration leaves rows from before: right on the last closed day, with no growth."""
    loan = book.loan([("2025-02-01", 100_00, 0), ("2025-02-20", 0, 5_00)], penalty_rate_ppm=360_000)
    settled = book.loan([("2025-02-01", 100_00, 0)])
    book.close_through("2025-02-01", "2025-02-02")
    book.pay(settled, "2025-02-02", 100_00)
    Arrears.objects.update(holds_until=F("as_of"), penalty_growth=0)

    assert verify() == []
    assert book.close("2025-02-03")["rolled"] == 2
    assert (arrears(loan).holds_until, arrears(loan).penalty_growth) == (date(2025, 2, 21), 100_00 * 360_000)
    assert arrears(settled).holds_until is None
    assert verify() == []


def test_a_cured_loan_without_another_instalment_is_never_looked_at_again(book: Book) -> None:
    loan = book.loan([("2025-02-01", 100_00, 0)], penalty_rate_ppm=360_000)
    book.close_through("2025-02-01", "2025-02-02")
    book.pay(loan, "2025-02-02", 100_10)

    assert (arrears(loan).holds_until, arrears(loan).penalty_growth) == (None, 0)


@pytest.mark.parametrize(("days", "bucket"), [(30, "M1"), (31, "M2"), (90, "M3"), (91, "M4"), (180, "M6"), (181, "M7")])
def test_a_loan_moves_bucket_on_the_day(book: Book, days: int, bucket: str) -> None:
    loan = book.loan([("2025-02-01", 100_00, 0)])

    book.close((date(2025, 2, 1) + timedelta(days=days)).isoformat())

    assert arrears(loan).bucket == bucket


def test_without_penalty_only_the_bucket_is_written(book: Book) -> None:
    loan = book.loan([("2025-02-01", 100_00, 0)])
    book.close_through("2025-02-01", "2025-03-03")

    assert arrears(loan).as_of == date(2025, 2, 2)
    assert book.close("2025-03-04")["rolled"] == 1
    assert arrears(loan).as_of == date(2025, 3, 4)


def test_a_loan_that_pays_on_time_is_not_touched(book: Book) -> None:
    loan = book.loan(QUARTER)
    book.closed("2025-01-31")
    book.pay(loan, "2025-01-31", 130_00)

    with CaptureQueriesContext(connection) as asked:
        counts = book.close("2025-02-01")
        counts_after = book.close("2025-02-02")

    assert counts == counts_after == {"settled": 0, "rolled": 0, "parked": 0}
    assert not [query for query in asked if "UPDATE" in query["sql"].split("ON CONFLICT")[0]]
    assert not Arrears.objects.exists()


def test_the_same_night_twice_writes_nothing(book: Book) -> None:
    loans = [book.loan(QUARTER, penalty_rate_ppm=360_000) for _ in range(3)]
    book.pay(loans[0], "2025-03-02", 50_00)
    book.close_through("2025-02-01", "2025-03-01")

    first = nightly.run(on=date(2025, 3, 2), at=AT)
    rows = Allocation.objects.count(), PenaltyAccrual.objects.count()
    again = nightly.run(on=date(2025, 3, 2), at=AT)

    assert first == {"settled": 1, "rolled": 2, "parked": 0}
    assert again == {"settled": 0, "rolled": 0, "parked": 0}
    assert (Allocation.objects.count(), PenaltyAccrual.objects.count()) == rows


def test_a_day_closed_before_stays_as_it_is(book: Book) -> None:
    book.loan(QUARTER)
    book.closed("2025-02-10")

    assert nightly.run(on=date(2025, 2, 10), at=AT) == {"settled": 0, "rolled": 0, "parked": 0}
    assert not ClosingStep.objects.exists()


def test_a_payment_on_the_day_lowers_the_penalty_from_that_day(book: Book) -> None:
    loan = book.loan(QUARTER, penalty_rate_ppm=360_000)
    book.pay(loan, "2025-02-11", 81_00)

    book.close_through("2025-02-01", "2025-02-13")

    assert accrued(loan) == [("2025-02-01", "2025-02-02", 10), ("2025-02-02", "2025-02-11", 90)]
    assert [arrears(loan).penalty_on(date(2025, 2, day)) for day in (11, 12, 13)] == [0, 5, 10]


def test_a_grace_that_excuses_charges_from_its_end(book: Book) -> None:
    loan = book.loan([("2025-02-01", 100_00, 0)], penalty_rate_ppm=360_000, grace_days=3, grace_excuses=True)

    book.close_through("2025-02-01", "2025-02-05")

    assert accrued(loan) == [("2025-02-02", "2025-02-05", 10)]


def test_a_grace_that_does_not_excuse_charges_the_days_behind_it(book: Book) -> None:
    """Half paid on the second day: 100.00 for one day and 50.00 for three, up to the fifth: 0.25."""
    loan = book.loan([("2025-02-01", 100_00, 0)], penalty_rate_ppm=360_000, grace_days=3, grace_excuses=False)
    book.pay(loan, "2025-02-02", 50_00)

    book.close_through("2025-02-01", "2025-02-04")
    within = accrued(loan)
    book.close_through("2025-02-05", "2025-02-06")

    assert within == []
    assert [amount for *_, amount in accrued(loan)] == [25]
    assert arrears(loan).penalty_on(date(2025, 2, 6)) == 30


def test_cents_within_the_tolerance_are_owed_and_not_past_due(book: Book) -> None:
    loan = book.loan([("2025-02-01", 100_00, 0), ("2025-06-01", 1_00, 0)], tolerance_amount=50)
    book.pay(loan, "2025-02-01", 99_60)

    book.close_through("2025-02-01", "2025-02-10")

    assert (arrears(loan).oldest_due_on, arrears(loan).bucket, arrears(loan).overdue_principal) == (None, "M0", 40)


def test_the_last_payment_pays_the_loan_off_on_its_value_day(book: Book) -> None:
    loan = book.loan([("2025-02-01", 100_00, 0)])
    book.pay(loan, "2025-02-03", 100_00)

    book.close_through("2025-02-01", "2025-02-03")

    loan.refresh_from_db()
    assert (loan.status, loan.paid_off_on) == (Loan.Status.PAID, date(2025, 2, 3))
    assert arrears(loan).oldest_due_on is None


def test_a_bad_loan_is_parked_with_its_reason_and_stops_nobody(book: Book) -> None:
    bad, good = book.loan(QUARTER), book.loan(QUARTER)
    Product.objects.filter(pk=bad.product_id).update(allocation_order=["principal"])
    for loan in (bad, good):
        book.pay(loan, "2025-02-01", 130_00)

    counts = book.close("2025-02-01")

    assert counts == {"settled": 1, "rolled": 0, "parked": 1}
    assert ParkedLoan.objects.get().loan == bad
    assert "names every component once" in ParkedLoan.objects.get().reason
    assert paid(good)


def test_a_parked_loan_is_tried_again_and_catches_up(book: Book) -> None:
    loan = book.loan([("2025-02-01", 100_00, 0)], penalty_rate_ppm=360_000, allocation_order=["principal"])
    book.pay(loan, "2025-02-03", 50_00)
    book.close_through("2025-02-01", "2025-02-04")
    Product.objects.update(allocation_order=[])

    book.close("2025-02-05")

    assert paid(loan) == {(None, "penalty"): 20, (1, "principal"): 49_80}
    assert verify() == []


def test_a_failing_block_is_closed_loan_by_loan(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    loans = [book.loan(QUARTER, penalty_rate_ppm=360_000) for _ in range(2)]

    def overflow(*_: object, **__: object) -> int:
        raise OverflowError("out of range")

    monkeypatch.setattr("lending.sql.closing.roll", overflow)
    counts = book.close("2025-02-10")

    assert counts == {"settled": 2, "rolled": 0, "parked": 0}
    assert [arrears(loan).penalty_accrued for loan in loans] == [90, 90]


def test_progress_ends_at_its_total(book: Book) -> None:
    loans = [book.loan(QUARTER) for _ in range(3)]
    book.pay(loans[0], "2025-02-10", 50_00)
    told: list[tuple[int, int]] = []

    nightly.run(on=date(2025, 2, 10), at=AT, progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (3, 3)


def test_a_book_never_closed_opens_on_its_earliest_loan(book: Book) -> None:
    assert first_open_day() is None

    book.loan(QUARTER, start="2025-01-10")
    book.loan(QUARTER, start="2025-01-05")

    assert first_open_day() == date(2025, 1, 5)
    assert reached_day() is None


def test_after_a_close_the_next_day_is_open(book: Book) -> None:
    book.loan(QUARTER)
    book.close("2025-01-05")

    assert first_open_day() == date(2025, 1, 6)


def test_a_payment_posted_while_the_day_is_closing_brings_its_loan_to_that_day(book: Book) -> None:
    """The night of the 11th has begun and rolled the loan when the money of the 10th is entered."""
    loan = book.loan([("2025-02-01", 100_00, 0), ("2025-06-01", 100_00, 0)], penalty_rate_ppm=360_000)
    book.close_through("2025-02-01", "2025-02-10")
    nightly.run(on=date(2025, 2, 11), at=AT)

    book.pay(loan, "2025-02-10", 100_90)

    assert arrears(loan).as_of == date(2025, 2, 11)
    assert (arrears(loan).oldest_due_on, arrears(loan).penalty_accrued) == (None, 90)
    assert nightly.run(on=date(2025, 2, 11), at=AT)["rolled"] == 0
    assert verify() == []
