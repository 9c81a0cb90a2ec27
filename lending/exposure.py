"""What each borrower owes over all loans and funders, read in sets from what the close has written.

Loans that were written off are not counted: nobody works them any more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import chain
from typing import NamedTuple

from lending.models import Arrears, Loan
from lending.sql.reading import among, penalty_on

BORROWERS_MAX = 2_000
"""The most borrowers asked for at once."""


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
        borrower_ids = Loan.objects.in_arrears().values_list("borrower", flat=True)
    wanted, found = sorted(set(borrower_ids)), dict[int, Exposure]()
    for start in range(0, len(wanted), BORROWERS_MAX):
        for part in _by_currency(wanted[start : start + BORROWERS_MAX], on):
            other = found.get(part.borrower_id)
            found[part.borrower_id] = part if other is None else _joined(other, part)
    return found


def _by_currency(borrower_ids: Collection[int], on: date) -> Iterator[Exposure]:
    """One exposure for each borrower and currency.

    The loans are read first, then their rows of arrears by their keys: for a join every row of arrears might be read.
    """
    loans = Loan.objects.filter(among("borrower", borrower_ids)).exclude(status=Loan.Status.WRITTEN_OFF)
    keys: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, borrower_id, currency in loans.order_by("borrower", "number").values_list("pk", "borrower", "currency"):
        keys[borrower_id, currency].append(pk)
    known = _arrears(chain.from_iterable(keys.values()), on)
    for (borrower_id, currency), loan_ids in keys.items():
        rows = [known[pk] for pk in loan_ids if pk in known]
        since = [row.oldest_due_on for row in rows if row.oldest_due_on]
        yield Exposure(
            borrower_id=borrower_id,
            currency=currency,
            loans_in_arrears=len(since),
            oldest_due_on=min(since, default=None),
            bucket=max((row.bucket for row in rows), default="M0"),
            overdue=sum(row.overdue_principal + row.overdue_interest for row in rows),
            penalty=sum(row.penalty for row in rows),
        )


class _Row(NamedTuple):
    """A loan's row of arrears, with the penalty of the day asked for."""

    oldest_due_on: date | None
    bucket: str
    overdue_principal: int
    overdue_interest: int
    penalty: int


def _arrears(loan_ids: Iterable[int], on: date) -> dict[int, _Row]:
    rows = Arrears.objects.filter(among("loan", loan_ids)).annotate(penalty=penalty_on(on))
    return {pk: _Row(*row) for pk, *row in rows.values_list("pk", *_Row._fields)}


def _joined(one: Exposure, other: Exposure) -> Exposure:
    """The exposure of a borrower who owes in two currencies; `one` comes first where neither is older."""
    older = one
    if other.oldest_due_on and (one.oldest_due_on is None or other.oldest_due_on < one.oldest_due_on):
        older = other
    return older._replace(
        loans_in_arrears=one.loans_in_arrears + other.loans_in_arrears, bucket=max(one.bucket, other.bucket)
    )
