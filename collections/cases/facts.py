"""What other floors may ask of cases, and what cases ask of the book."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import get_language

from cases.models import Case, PaidClaim, Promise
from lending.claims import guarantors_of
from lending.loan_reading import read_borrower
from lending.models import Funder, Loan
from lending.standing import Standing, standing

CHUNK = 500
PROMISE_OPEN, SAYS_PAID = "promise_open", "says_paid"


class LoanNow(NamedTuple):
    """A loan beside where it stands; `guarantor` is who has paid for its oldest open instalment and is owed it."""

    loan: Loan
    standing: Standing
    guarantor: Funder | None = None

    @property
    def funder(self) -> str:
        language = get_language() or ""
        lender = self.loan.funder.name_in(language)
        return f"{self.guarantor.name_in(language)} ({lender})" if self.guarantor else lender

    @property
    def overdue(self) -> int:
        return self.standing.overdue_principal + self.standing.overdue_interest + self.standing.penalty


class Owed(NamedTuple):
    """Everything that a borrower owes in one currency, in minor units."""

    currency: str
    overdue: int
    payoff: int
    days_past_due: int
    bucket: str


def loans_now(borrower_id: int, on: date) -> list[LoanNow]:
    """The borrower's loans as they stand on that day, the latest in arrears first."""
    found = read_borrower(borrower_id)
    standings = {pk: standing(facts, on) for pk, facts in found.facts.items()}
    owed_to = guarantors_of(standings) if found.traces.shared else {}
    guarantors = Funder.objects.in_bulk(set(owed_to.values())) if owed_to else {}
    rows = [LoanNow(loan, standings[loan.pk], guarantors.get(owed_to.get(loan.pk, 0))) for loan in found.loans]
    return sorted(rows, key=lambda row: -row.standing.days_past_due)


def owed(rows: Iterable[LoanNow]) -> Owed:
    """The sum over loans in the currency of the loan longest in arrears."""
    ordered = list(rows)
    if not ordered:
        return Owed("", 0, 0, 0, "M0")
    worst = ordered[0]
    same = [row for row in ordered if row.loan.currency == worst.loan.currency]
    return Owed(
        currency=worst.loan.currency,
        overdue=sum(row.overdue for row in same),
        payoff=sum(row.standing.payoff for row in same),
        days_past_due=worst.standing.days_past_due,
        bucket=worst.standing.bucket,
    )


def pauses(borrower_ids: Sequence[int], on: date) -> dict[int, str]:
    """Why reminders pause: "says_paid" until the end of the claim's last day, "promise_open" while a promise waits."""
    found: dict[int, str] = {}
    for start in range(0, len(borrower_ids), CHUNK):
        people = borrower_ids[start : start + CHUNK]
        cases = Case.objects.open().filter(borrower__in=people)
        promised = Promise.objects.filter(case__in=cases, state=Promise.State.OPEN)
        claimed = PaidClaim.objects.filter(case__in=cases, on__lte=on, until_on__gte=on)
        found |= dict.fromkeys(promised.values_list("case__borrower", flat=True), PROMISE_OPEN)
        found |= dict.fromkeys(claimed.values_list("case__borrower", flat=True), SAYS_PAID)
    return found
