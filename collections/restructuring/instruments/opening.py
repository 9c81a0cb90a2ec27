"""The position that a plan begins from: terms, how many instalments are paid in full, a day, and what else is owed."""

from datetime import date
from fractions import Fraction

from lending.schedules import Method, Terms, TermsError, build
from lending.waivable import Parts
from restructuring.instruments.calendar import Calendar
from restructuring.instruments.position import PlanRow, Position
from restructuring.instruments.refusal import RefusedError

NOTHING = Parts()


def opened(terms: Terms, paid_through: int, on: date, owed: Parts = NOTHING) -> Position:
    """The position on `on`; `owed` is interest and penalty past due that the unpaid rows do not ask for (accrued by the book).

    RefusedError when nothing is left to change.
    """
    try:
        rows = build(terms)
        bare = build(terms._replace(interest_deferred_periods=0)) if terms.interest_deferred_periods else rows
    except TermsError as error:
        raise RefusedError.from_terms(error) from error
    if paid_through >= len(rows) and not owed.total:
        raise RefusedError("nothing_unpaid", "paid_through", f"all {len(rows)} instalments are paid")
    unpaid = [PlanRow(row.n, row.due_on, row.principal, row.interest, row.balance) for row in rows[paid_through:]]
    past_due = tuple(row for row in unpaid if row.due_on < on)
    coming = tuple(unpaid[len(past_due) :])
    calendar = _calendar(terms, paid_through, on, is_running=bool(coming))
    so_far = paid_through + len(past_due)
    return Position(
        terms=terms,
        calendar=calendar,
        on=on,
        rate_ppm=terms.annual_rate_ppm,
        method=terms.method,
        past_due=_with_owed(past_due, owed, min(on, calendar.since)),
        rows=coming,
        spans=_spans(calendar, terms, len(coming)),
        first_n=paid_through + 1,
        accrued=sum(row.interest for row in bare[:so_far]) - sum(row.interest for row in rows[:so_far]),
    )


def _calendar(terms: Terms, paid_through: int, on: date, *, is_running: bool) -> Calendar:
    """A bullet that still runs has asked for no interest since its start, and has one due date left."""
    passed = max(paid_through, Calendar(terms, 0, 0).passed_on(on))
    if terms.method is Method.BULLET:
        return (
            Calendar(terms, terms.periods - 1, 0) if is_running else Calendar(terms, max(passed, terms.periods), passed)
        )
    return Calendar(terms, passed, passed)


def _spans(calendar: Calendar, terms: Terms, rows: int) -> tuple[Fraction, ...]:
    return calendar.spans(rows) if rows else ()


def _with_owed(past_due: tuple[PlanRow, ...], owed: Parts, since: date) -> tuple[PlanRow, ...]:
    """The rows past due with what is owed beside them before them, as a row numbered 0."""
    if not owed.total:
        return past_due
    oldest = past_due[0].due_on if past_due else since
    return (PlanRow(0, oldest, 0, owed.interest, 0, owed.penalty), *past_due)
