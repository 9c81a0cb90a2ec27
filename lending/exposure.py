"""What each borrower owes over all loans and funders, read in sets from what the close has written.

Loans that were written off are not counted: nobody works them any more.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from lending.models import Loan
from lending.sql.reading import among, penalty_on

BORROWERS_MAX = 2_000
"""The most borrowers asked for in one query."""


class Exposure(NamedTuple):
    """A borrower's debt as of the business date asked for, in minor units of `currency`.

    `loans_in_arrears`, `oldest_due_on` and `bucket` (the worst) speak of every loan. Amounts cannot be added over
    currencies: they are those of the loans in the currency of the oldest debt, by loan number where nothing is past due.
    `overdue` is principal and interest past due, `penalty` what accrued and is unpaid.
    """

    borrower_id: int
    currency: str
    loans_in_arrears: int
    oldest_due_on: date | None
    bucket: str
    overdue: int
    penalty: int


def exposures(borrower_ids: Collection[int] | None = None, *, on: date) -> dict[int, Exposure]:
    """Exposures by borrower: of these borrowers, as far as they have loans; of all that are in arrears when None.

    `on` is the business date, or the day that is being closed: up to it penalty is counted.
    """
    if borrower_ids is None:
        in_arrears = Loan.objects.in_arrears().values("borrower")
        return _exposures(Q(borrower__in=in_arrears), on)
    wanted, found = sorted(set(borrower_ids)), dict[int, Exposure]()
    for start in range(0, len(wanted), BORROWERS_MAX):
        chunk = wanted[start : start + BORROWERS_MAX]
        found |= _exposures(Q(among("borrower", chunk)), on)
    return found


def _exposures(of_loan: Q, on: date) -> dict[int, Exposure]:
    found: dict[int, Exposure] = {}
    for part in _by_currency(Loan.objects.filter(of_loan).exclude(status=Loan.Status.WRITTEN_OFF), on):
        other = found.get(part.borrower_id)
        found[part.borrower_id] = part if other is None else _joined(other, part)
    return found


def _by_currency(loans: QuerySet[Loan], on: date) -> Iterator[Exposure]:
    """One exposure for each borrower and currency."""
    sums = loans.values_list("borrower", "currency").annotate(
        first_number=Min("number"),
        count=Count("pk", filter=Q(arrears__oldest_due_on__isnull=False)),
        oldest=Min("arrears__oldest_due_on"),
        worst=Max("arrears__bucket"),
        principal_due=Sum("arrears__overdue_principal", default=0),
        interest_due=Sum("arrears__overdue_interest", default=0),
        penalty=Sum(penalty_on(on, "arrears__"), default=0),
    )
    for borrower, currency, _number, count, oldest, bucket, principal, interest, penalty in sums.order_by(
        "borrower", "first_number"
    ):
        yield Exposure(
            borrower_id=borrower,
            currency=currency,
            loans_in_arrears=count,
            oldest_due_on=oldest,
            bucket=bucket or "M0",
            overdue=int(principal + interest),
            penalty=int(penalty),
        )


def _joined(one: Exposure, other: Exposure) -> Exposure:
    """The exposure of a borrower who owes in two currencies; `one` comes first where neither is older."""
    older = one
    if other.oldest_due_on and (one.oldest_due_on is None or other.oldest_due_on < one.oldest_due_on):
        older = other
    return older._replace(
        loans_in_arrears=one.loans_in_arrears + other.loans_in_arrears, bucket=max(one.bucket, other.bucket)
    )
