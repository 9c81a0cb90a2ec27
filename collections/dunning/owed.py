"""What a borrower has still to pay, read in a constant number of queries for any number of borrowers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import F, Sum

from lending.claims import takeovers_of
from lending.creditors import CreditorFacts, creditor
from lending.models import Arrears, Instalment, Loan, Payment
from lending.tolerance import BEYOND_TOLERANCE


class OpenRow(NamedTuple):
    """An instalment of the schedule in force with something left to pay, in minor units.

    `funder_id` is whom it is owed to now: the loan's funder, or the guarantor who paid for it. The loan's penalty is spoken
    of with the rows of the creditor whom it belongs to (`has_penalty`).
    """

    borrower_id: int
    funder_id: int
    loan_id: int
    loan_number: str
    currency: str
    n: int
    due_on: date
    principal: int
    interest: int
    has_penalty: bool = True

    @property
    def amount(self) -> int:
        return self.principal + self.interest


class _LoanRow(NamedTuple):
    borrower_id: int
    funder_id: int
    number: str
    currency: str
    owed_to: CreditorFacts


def loans_of(borrower_ids: Collection[int]) -> dict[int, _LoanRow]:
    """The active loans of these borrowers."""
    fields = ("pk", "borrower_id", "funder_id", "number", "currency")
    active = Loan.objects.filter(borrower__in=borrower_ids, status=Loan.Status.ACTIVE)
    rows = list(active.values_list(*fields))
    taken_over = takeovers_of(row[0] for row in rows)
    return {
        pk: _LoanRow(borrower, funder, number, currency, CreditorFacts(funder, (), taken_over.get(pk, ())))
        for pk, borrower, funder, number, currency in rows
    }


def open_rows(loans: Mapping[int, _LoanRow], *, until: date) -> Iterator[OpenRow]:
    """Their open instalments due up to `until`, oldest first. What the product tolerates unpaid is not asked for."""
    left = {
        "principal_left": F("principal") - F("paid_principal") - F("waived_principal"),
        "interest_left": F("interest") - F("paid_interest") - F("waived_interest"),
    }
    found = Instalment.objects.filter(loan__in=list(loans), is_current=True, open__gt=0, due_on__lte=until)
    listed = found.filter(BEYOND_TOLERANCE).order_by("due_on", "loan_id", "n").annotate(**left)
    for loan_id, n, due_on, principal, interest in listed.values_list("loan_id", "n", "due_on", *left):
        loan = loans[loan_id]
        owed_to = creditor(loan.owed_to, n, date.max)
        row = OpenRow(
            loan.borrower_id,
            owed_to,
            loan_id,
            loan.number,
            loan.currency,
            n,
            due_on,
            principal,
            interest,
            owed_to == creditor(loan.owed_to, None, date.max),
        )
        yield row


def by_creditor(rows: Iterable[OpenRow]) -> dict[tuple[int, int], list[OpenRow]]:
    """Rows by borrower and creditor, in the order in which they came."""
    found: dict[tuple[int, int], list[OpenRow]] = defaultdict(list)
    for row in rows:
        found[row.borrower_id, row.funder_id].append(row)
    return dict(found)


def penalties(loan_ids: Collection[int], *, on: date) -> dict[int, int]:
    """Penalty accrued, neither paid nor waived, as of the business date."""
    found = {row.loan_id: row.penalty_on(on) for row in Arrears.objects.filter(loan__in=loan_ids)}
    return {loan_id: penalty for loan_id, penalty in found.items() if penalty > 0}


def arriving(loan_ids: Collection[int], *, after: date) -> dict[int, int]:
    """Money posted with a value date that the book has not reached: it settles nothing yet, but it has been paid."""
    found = Payment.objects.filter(loan__in=loan_ids, value_on__gt=after)
    return {row["loan_id"]: row["sum"] for row in found.values("loan_id").annotate(sum=Sum("amount"))}


def left_to_pay(rows: Iterable[OpenRow], coming: Mapping[int, int]) -> list[OpenRow]:
    """The rows, oldest first, that money on its way does not cover."""
    left = dict(coming)
    uncovered = []
    for row in rows:
        left[row.loan_id] = left.get(row.loan_id, 0) - row.amount
        if left[row.loan_id] < 0:
            uncovered.append(row)
    return uncovered
