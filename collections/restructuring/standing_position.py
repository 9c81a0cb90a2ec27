"""A loan of the book as the position that instruments work on, and the rows that stay whatever they do.

What is settled stays as it is. Of a row that is partly paid, the paid part stays as a row of its own number, so that its money stays
where it is; the rest is restructured. Penalty stays owed beside the plan: money pays it first, and it can be waived by itself.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from lending.booking import frequency_of
from lending.daycount import DayCount
from lending.loan_facts import InstalmentFact
from lending.models import Loan
from lending.money import Rounding
from lending.schedules import Method, Terms
from lending.standing import InstalmentState, Standing
from restructuring.instruments.calendar import Calendar
from restructuring.instruments.position import PlanRow, Position
from restructuring.instruments.refusal import RefusedError

STANDS_FOR = {
    Method.STAGED: Method.EQUAL_INSTALLMENT,
    Method.FIXED_INSTALLMENT: Method.EQUAL_INSTALLMENT,
    Method.DAILY: Method.INTEREST_ONLY,
}
"""Methods whose terms the book does not keep whole; their effective rate is the contract's all the same."""


class Stands(NamedTuple):
    """The position, and the rows that stay."""

    position: Position
    kept: tuple[InstalmentFact, ...]


def position_of(loan: Loan, state: Standing, last_n: int) -> Stands:
    """Where the loan stands; `last_n` is the highest number that a row of it ever had. RefusedError."""
    unpaid = [row for row in state.instalments if row.open]
    if not unpaid:
        raise RefusedError("nothing_unpaid", None, "every instalment is paid")
    if any(row.waived_principal or row.waived_interest for row in unpaid):
        raise RefusedError("waived_ahead", None, "part of what is unpaid was waived or did not accrue")
    on = state.on
    terms = _terms_of(loan)
    behind = [row for row in unpaid if row.due_on < on]
    coming = [row for row in unpaid if row.due_on >= on]
    method = Method(loan.method)
    calendar = _calendar(loan, terms, state.instalments, coming, on)
    kept = [InstalmentFact(row.n, row.due_on, row.principal, row.interest) for row in state.instalments if not row.open]
    kept += [
        InstalmentFact(row.n, row.due_on, row.paid_principal, row.paid_interest)
        for row in unpaid
        if row.paid_principal or row.paid_interest
    ]
    position = Position(
        terms=terms,
        calendar=calendar,
        on=on,
        rate_ppm=loan.annual_rate_ppm,
        method=method,
        past_due=tuple(PlanRow(row.n, row.due_on, row.open_principal, row.open_interest, 0) for row in behind),
        rows=tuple(PlanRow(row.n, row.due_on, row.open_principal, row.interest, 0) for row in coming),
        spans=calendar.spans(len(coming)) if coming else (),
        first_n=last_n + 1,
        forgiven=sum(row.paid_interest for row in coming),
    )
    return Stands(position, tuple(sorted(kept)))


def _terms_of(loan: Loan) -> Terms:
    method = Method(loan.method)
    return Terms(
        principal=loan.principal,
        annual_rate_ppm=loan.annual_rate_ppm,
        periods=loan.periods,
        start_on=loan.start_on,
        currency=loan.currency,
        method=STANDS_FOR.get(method, method),
        frequency=frequency_of(loan.frequency),
        first_due_on=None if method is Method.BULLET else loan.first_due_on,
        day_count=DayCount(loan.day_count),
        rounding=Rounding(loan.product.rounding),
    )


def _calendar(
    loan: Loan, terms: Terms, rows: Sequence[InstalmentState], coming: Sequence[InstalmentState], on: date
) -> Calendar:
    """The days of the terms where the next due date is one of them; else days counted on from the last due date."""
    own = Calendar(terms, 0, 0)
    runs = loan.method == Method.BULLET and bool(coming)
    place = own.place_of(coming[0].due_on) if coming else own.passed_on(on)
    if place is not None:
        return Calendar(terms, place, 0 if runs else place)
    next_on = coming[0].due_on
    since = max((row.due_on for row in rows if row.due_on < next_on), default=loan.start_on)
    anchored = terms._replace(start_on=loan.start_on if runs else since, first_due_on=next_on)
    return Calendar(anchored, 0, 0)
