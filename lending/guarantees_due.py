"""Whose guarantee is set off: the loans that a guarantor has to pay for on a day.

A loan is due once its oldest instalment that no guarantor has paid for yet is past due, by the clock of its product, for as
many days as its guarantee says: pauses, tolerances, closed days and the first day count as they do anywhere else.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from lending.facts import standings_of
from lending.guarantees import covered_loans, covering, in_force
from lending.models import Change, Guarantee, GuarantorPayment, Instalment, Loan
from lending.standing import Standing

DUE_MAX = 200
"""Loans that the list shows; those that fell due first come first."""


class DueRow(NamedTuple):
    """A loan whose guarantee is set off: past due for its days and not paid for yet."""

    loan: Loan
    guarantee: Guarantee
    oldest_due_on: date
    days_past_due: int
    change: Change | None


def due(loans: QuerySet[Loan], on: date, most: int = DUE_MAX) -> list[DueRow]:
    """Of these loans, those that a guarantor has to pay for on that day, the oldest first."""
    rows: list[DueRow] = []
    for row in _due(loans, in_force(on), on, most):
        rows.append(row)
        if len(rows) == most:
            break
    waiting = Change.objects.waiting().filter(kind=Change.Kind.GUARANTOR_PAYMENT, loan__in=[row.loan for row in rows])
    asked = {change.loan_id: change for change in waiting}
    return [row._replace(change=asked.get(row.loan.pk)) for row in rows]


def _due(loans: QuerySet[Loan], guarantees: Sequence[Guarantee], on: date, size: int) -> Iterator[DueRow]:
    """Those whose dates allow it, in order, and of them those that their own clocks confirm: a few queries a chunk."""
    candidates, start = _candidates(loans, guarantees, on), 0
    while chunk := list(candidates[start : start + size]):
        start += size
        found = Loan.objects.filter(pk__in=chunk).select_related("borrower", "funder", "product").in_bulk()
        states, paid_to = standings_of(found.values(), on), _paid_to(chunk)
        for loan_id in chunk:
            guarantee = covering(found[loan_id], guarantees)
            assert guarantee is not None
            row = _oldest(states[loan_id], paid_to.get(loan_id, 0))
            if row and row[1] >= guarantee.trigger_days:
                yield DueRow(found[loan_id], guarantee, *row, None)


def _candidates(loans: QuerySet[Loan], guarantees: Sequence[Guarantee], on: date) -> QuerySet[Instalment, int]:
    """The loans that may be due, by the day of their oldest row that is not paid for. A clock counts a day more than lie
    between at most, and never one before the last close did.
    """
    scope = Q(pk__in=[])
    by_days: dict[int, list[int]] = defaultdict(list)
    for each in guarantees:
        if each.cap_ppm and each.loan_id:
            by_days[each.trigger_days].append(each.loan_id)
        elif each.cap_ppm:
            scope |= Q(loan__in=covered_loans(each, on), due_on__lte=_latest(on, each.trigger_days))
    for days, own in by_days.items():
        scope |= Q(loan__in=own, due_on__lte=_latest(on, days))
    paid_for = GuarantorPayment.objects.standing().filter(loan=OuterRef("loan"), last_n__gte=OuterRef("n"))
    rows = Instalment.objects.filter(scope, is_current=True, open__gt=0, loan__status=Loan.Status.ACTIVE)
    rows = rows.filter(loan__arrears__oldest_due_on__isnull=False, loan__in=loans).exclude(Exists(paid_for))
    return rows.values("loan").annotate(day=Min("due_on")).order_by("day", "loan").values_list("loan", flat=True)


def _latest(on: date, days: int) -> date:
    return on - timedelta(days=days - 1)


def _paid_to(loan_ids: list[int]) -> dict[int, int]:
    """The last instalment that a guarantor has paid for, by loan."""
    rows = GuarantorPayment.objects.standing().filter(loan__in=loan_ids).order_by("last_n")
    return dict(rows.values_list("loan", "last_n"))


def _oldest(state: Standing, paid_to: int) -> tuple[date, int] | None:
    """The oldest row past due that is not paid for yet, with its own days."""
    late = (row for row in state.instalments if row.n > paid_to and row.days_past_due)
    return next(((row.due_on, row.days_past_due) for row in late), None)
