"""What the book has written of a loan's standing: the side that `settle` corrects and `verify_ledger` doubts."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.db.models import Sum

from lending.models import Allocation, Arrears, Instalment, Loan
from lending.penalty import accrued
from lending.standing import InstalmentState, Standing


class ArrearsValues(NamedTuple):
    """What the arrears row of a loan repeats of its standing, under the same names."""

    oldest_due_on: date | None
    bucket: str
    overdue_principal: int
    overdue_interest: int
    penalty_numerator: int
    penalty_growth: int
    compound_numerator: int
    compound_growth: int
    penalty_day_basis: int
    penalty_accrued: int
    penalty_paid: int
    penalty_waived: int
    holds_until: date | None


ARREARS_FIELDS = ArrearsValues._fields


class ArrearsRow(NamedTuple):
    as_of: date
    values: ArrearsValues

    @property
    def awaits_close(self) -> bool:
        """Whether the next close rewrites it whatever happens: a row from before rows said how long they hold."""
        return self.values.holds_until == self.as_of

    def on(self, day: date) -> ArrearsValues:
        """The row as it reads on a day: what the date implies of the penalty is added; nothing for a day before `as_of`."""
        written, days = self.values, max(0, (day - self.as_of).days)
        numerator = written.penalty_numerator + written.penalty_growth * days
        compound = written.compound_numerator + written.compound_growth * days
        reached = sum(accrued(each, written.penalty_day_basis) for each in (numerator, compound))
        return written._replace(penalty_numerator=numerator, compound_numerator=compound, penalty_accrued=reached)


SETTLED_FIELDS = ("paid_principal", "paid_interest", "waived_principal", "waived_interest")
"""The columns of an instalment that say what is settled of it."""


class Settled(NamedTuple):
    """What is settled of an instalment, in the order of `SETTLED_FIELDS`."""

    paid_principal: int
    paid_interest: int
    waived_principal: int
    waived_interest: int


class Written(NamedTuple):
    """Instalments of the version in force as n → (pk, what is settled), allocations summed by what they settle:
    (payment, n, component) → amount.
    """

    status: str
    paid_off_on: date | None
    instalments: dict[int, tuple[int, Settled]]
    allocations: dict[tuple[int, int | None, str], int]
    arrears: ArrearsRow | None


def settled_of(row: InstalmentState) -> Settled:
    """What the instalment's row must say."""
    return Settled(row.paid_principal, row.paid_interest, row.waived_principal, row.waived_interest)


def arrears_values(state: Standing) -> ArrearsValues:
    """What the arrears row must say of that standing."""
    return ArrearsValues(*(getattr(state, name) for name in ARREARS_FIELDS))


def read_on(row: ArrearsRow | None, day: date, right: ArrearsValues) -> ArrearsValues:
    """What is written, read on that day, to be held against what is right; a loan that was never in arrears needs no row."""
    if row is not None:
        return row.on(day)
    basis, until = right.penalty_day_basis, right.holds_until
    return ArrearsValues(None, "M0", 0, 0, 0, 0, 0, 0, basis, 0, 0, 0, until)


def written_of(loan_ids: list[int]) -> dict[int, Written]:
    """What is written of each of these loans: four queries."""
    loans = Loan.objects.filter(pk__in=loan_ids).values_list("pk", "status", "paid_off_on")
    instalments: dict[int, dict[int, tuple[int, Settled]]] = defaultdict(dict)
    rows = Instalment.objects.filter(loan__in=loan_ids, is_current=True)
    for loan, n, pk, *settled in rows.values_list("loan", "n", "pk", *SETTLED_FIELDS):
        instalments[loan][n] = (pk, Settled(*settled))
    allocations = _allocations(loan_ids)
    arrears = {
        loan: ArrearsRow(as_of, ArrearsValues(*values))
        for loan, as_of, *values in Arrears.objects.filter(pk__in=loan_ids).values_list("pk", "as_of", *ARREARS_FIELDS)
    }
    return {
        pk: Written(status, paid_off_on, instalments[pk], allocations[pk], arrears.get(pk))
        for pk, status, paid_off_on in loans
    }


def _allocations(loan_ids: list[int]) -> dict[int, dict[tuple[int, int | None, str], int]]:
    sums: dict[int, dict[tuple[int, int | None, str], int]] = defaultdict(dict)
    rows = Allocation.objects.filter(loan__in=loan_ids).values_list("loan", "payment", "n", "component")
    for loan, payment, n, component, amount in rows.annotate(sum=Sum("amount")).order_by(
        "loan", "payment", "n", "component"
    ):
        sums[loan][payment, n, component] = int(amount)
    return sums
