"""What the book has written of a loan's standing: the side that `settle` corrects and `verify_ledger` doubts."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.db.models import Sum

from lending.models import Allocation, Arrears, Instalment, Loan
from lending.standing import InstalmentState, Standing

ArrearsValues = tuple[date | None, str, int, int, int, int, int, int]

ARREARS_FIELDS = (
    "oldest_due_on", "bucket", "overdue_principal", "overdue_interest",
    "penalty_numerator", "penalty_accrued", "penalty_paid", "penalty_waived",
)  # fmt: skip
"""What the arrears row of a loan repeats of its standing, under the same names."""

NEVER_IN_ARREARS: ArrearsValues = (None, "M0", 0, 0, 0, 0, 0, 0)
"""A loan of these values has no arrears row until it needs one."""


class ArrearsRow(NamedTuple):
    as_of: date
    values: ArrearsValues


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
    """What the arrears row must say of that standing, in the order of `ARREARS_FIELDS`."""
    return (
        state.oldest_due_on,
        state.bucket,
        state.overdue_principal,
        state.overdue_interest,
        state.penalty_numerator,
        state.penalty_accrued,
        state.penalty_paid,
        state.penalty_waived,
    )


def written_of(loan_ids: list[int]) -> dict[int, Written]:
    """What is written of each of these loans: four queries."""
    loans = Loan.objects.filter(pk__in=loan_ids).values_list("pk", "status", "paid_off_on")
    instalments: dict[int, dict[int, tuple[int, Settled]]] = defaultdict(dict)
    rows = Instalment.objects.filter(loan__in=loan_ids, is_current=True)
    for loan, n, pk, *settled in rows.values_list("loan", "n", "pk", *SETTLED_FIELDS):
        instalments[loan][n] = (pk, Settled(*settled))
    allocations = _allocations(loan_ids)
    arrears = {
        loan: ArrearsRow(as_of, tuple(values))
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
