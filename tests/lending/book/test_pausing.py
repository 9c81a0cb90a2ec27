"""Pauses in the book: entered late, ended early, once for their source, and nothing of them is ever changed."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from audit.models import Entry
from lending.models import Arrears, Loan, Pause, PauseEnd
from lending.pausing import PauseError, end_pause, end_pauses_of, pause_loan
from lending.verify import verify
from tests.lending.book.books import AT, Book, accrued, arrears, paid, person

ROW = [("2025-02-01", 360_00, 0), ("2025-12-01", 10_00, 0)]
Make = Callable[..., Pause]


@pytest.fixture
def late(book: Book) -> Loan:
    """0.36 a day from 1 February on; closed up to 3 March, 30 days past due."""
    loan = book.loan(ROW, penalty_rate_ppm=360_000)
    book.close_through("2025-02-01", "2025-03-03")
    return loan


@pytest.fixture
def make(late: Loan) -> Make:
    def pause(from_on: str, to_on: str | None = None, *, kind: str = "clock", source: str = "") -> Pause:
        return pause_loan(
            loan=late,
            kind=kind,
            from_on=date.fromisoformat(from_on),
            to_on=date.fromisoformat(to_on) if to_on else None,
            reason="flood",
            by=person("manager"),
            at=AT,
            source=source,
        )

    return pause


def days_past_due(loan: Loan, on: date = date(2025, 3, 3)) -> int:
    oldest = arrears(loan).oldest_due_on
    return (on - oldest).days if oldest else 0


def test_a_pause_in_the_past_moves_what_days_past_due_count_from(late: Loan, make: Make) -> None:
    assert (days_past_due(late), arrears(late).bucket) == (30, "M1")

    make("2025-02-10", "2025-02-20")

    assert (days_past_due(late), arrears(late).oldest_due_on) == (20, date(2025, 2, 11))
    assert verify() == []


def test_a_freeze_in_the_past_takes_its_penalty_back_by_a_row_with_a_sign(book: Book, late: Loan, make: Make) -> None:
    """31 days to 4 March, the night in which the bucket changes; ten of them frozen the day after."""
    book.close_through("2025-03-04", "2025-03-05")
    assert accrued(late)[-1] == ("2025-02-02", "2025-03-04", 30 * 36)

    make("2025-02-10", "2025-02-20", kind="penalty")

    assert accrued(late)[-1] == ("2025-03-04", "2025-03-05", (32 - 31 - 10) * 36)
    assert arrears(late).penalty_on(date(2025, 3, 5)) == (32 - 10) * 36
    assert verify() == []


def test_the_clock_stands_still_night_by_night_while_it_is_paused(book: Book, late: Loan, make: Make) -> None:
    pause = make("2025-03-03")

    for day in ("2025-03-04", "2025-03-05", "2025-03-06"):
        book.close(day)
        assert days_past_due(late, date.fromisoformat(day)) == 29
        assert verify() == []
    end_pause(pause, to_on=date(2025, 3, 6), by=person("manager"), at=AT)

    assert days_past_due(late, date(2025, 3, 6)) == 30
    book.close_through("2025-03-07", "2025-03-09")
    assert (days_past_due(late, date(2025, 3, 9)), arrears(late).bucket) == (33, "M2")
    assert verify() == []


def test_a_freeze_that_lies_ahead_begins_and_ends_by_itself(book: Book, late: Loan, make: Make) -> None:
    make("2025-03-10", "2025-03-20", kind="penalty")

    book.close_through("2025-03-04", "2025-03-31")

    assert arrears(late).penalty_on(date(2025, 3, 31)) == 36 * (58 - 10)
    assert verify() == []


@pytest.mark.parametrize(
    ("from_on", "to_on", "field"), [("2024-12-31", None, "from_on"), ("2025-02-10", "2025-02-10", "to_on")]
)
def test_a_pause_that_makes_no_sense_names_the_field(make: Make, from_on: str, to_on: str | None, field: str) -> None:
    with pytest.raises(PauseError) as refused:
        make(from_on, to_on)

    assert refused.value.field == field
    assert not Pause.objects.exists()


@pytest.mark.parametrize("to_on", ["2025-02-09", "2025-02-20", "2025-02-21"])
def test_a_pause_ends_within_its_days(make: Make, to_on: str) -> None:
    pause = make("2025-02-10", "2025-02-20")

    with pytest.raises(PauseError):
        end_pause(pause, to_on=date.fromisoformat(to_on), by=None, at=AT)


def test_a_pause_ends_early_once(late: Loan, make: Make) -> None:
    pause = make("2025-02-10", "2025-02-20")
    end_pause(pause, to_on=date(2025, 2, 15), by=person("manager"), at=AT)

    with pytest.raises(PauseError):
        end_pause(pause, to_on=date(2025, 2, 12), by=person("manager"), at=AT)

    assert days_past_due(late) == 25


def test_a_pause_that_never_was_changes_nothing(late: Loan, make: Make) -> None:
    end_pause(make("2025-02-10"), to_on=date(2025, 2, 10), by=person("manager"), at=AT)

    assert days_past_due(late) == 30


def test_a_source_pauses_a_loan_once_and_ends_what_it_began(late: Loan, make: Make) -> None:
    first, again = (make("2025-02-10", kind="penalty", source="contacts.hold:1") for _ in range(2))
    make("2025-02-12", kind="penalty")

    end_pauses_of("contacts.hold:1", on=date(2025, 2, 20), by=None, at=AT)
    end_pauses_of("contacts.hold:1", on=date(2025, 2, 25), by=None, at=AT)

    assert first == again
    assert PauseEnd.objects.get().pause == first
    assert PauseEnd.objects.get().to_on == date(2025, 2, 20)


def test_pauses_refuse_to_be_changed_or_deleted(make: Make) -> None:
    pause = make("2025-02-10")
    end_pause(pause, to_on=date(2025, 2, 12), by=None, at=AT)

    for rows in (Pause.objects.all(), PauseEnd.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(made_at=AT.replace(year=2027))


def test_making_and_ending_a_pause_are_on_record(make: Make) -> None:
    end_pause(make("2025-02-10"), to_on=date(2025, 2, 12), by=person("manager"), at=AT)

    kinds = Entry.objects.filter(action__startswith="lending.pause").order_by("number").values_list("action", flat=True)
    assert list(kinds) == ["lending.pause_made", "lending.pause_ended"]


def test_a_loan_that_was_never_behind_gets_no_row_by_a_pause(book: Book) -> None:
    loan = book.loan([("2025-06-01", 100_00, 0)])
    book.close("2025-02-01")

    pause_loan(
        loan=loan, kind="clock", from_on=date(2025, 1, 10), to_on=None, reason="flood", by=person("manager"), at=AT
    )

    assert not Arrears.objects.filter(pk=loan.pk).exists()


def test_frozen_interest_is_no_longer_open_in_the_book_and_comes_back_when_the_freeze_ends_early(book: Book) -> None:
    """30 days of a period of 30: half of 30.00 for 15 of them."""
    loan = book.loan([("2025-03-03", 100_00, 30_00), ("2025-04-02", 100_00, 30_00)], start="2025-02-01")
    book.close_through("2025-02-01", "2025-03-10")
    pause = pause_loan(
        loan=loan, kind="interest", from_on=date(2025, 3, 3), to_on=None, reason="respite", by=person("manager"), at=AT
    )
    whole = list(loan.instalments.order_by("n").values_list("open", "waived_interest"))
    end_pause(pause, to_on=date(2025, 3, 18), by=person("manager"), at=AT)
    half = list(loan.instalments.order_by("n").values_list("open", "waived_interest"))

    assert whole == [(130_00, 0), (100_00, 30_00)]
    assert half == [(130_00, 0), (115_00, 15_00)]
    assert verify() == []


def test_frozen_late_the_money_of_an_instalment_paid_before_is_settled_anew(book: Book) -> None:
    loan = book.loan([("2025-03-03", 100_00, 30_00), ("2025-04-02", 100_00, 30_00)], start="2025-02-01")
    book.pay(loan, "2025-03-03", 130_00)
    book.close_through("2025-02-01", "2025-03-10")

    pause_loan(
        loan=loan, kind="interest", from_on=date(2025, 2, 16), to_on=None, reason="respite", by=person("manager"), at=AT
    )

    assert paid(loan) == {(1, "interest"): 15_00, (1, "principal"): 100_00, (2, "principal"): 15_00}
    assert verify() == []


def test_interest_frozen_before_the_first_night_is_taken_off_by_it(book: Book) -> None:
    loan = book.loan([("2025-03-03", 100_00, 30_00)], start="2025-02-01")
    pause_loan(
        loan=loan, kind="interest", from_on=date(2025, 2, 1), to_on=None, reason="respite", by=person("manager"), at=AT
    )

    book.close("2025-02-02")

    assert loan.instalments.get().open == 100_00
    assert verify() == []
