"""The state of every loan for the outside: amounts in minor units, recomputed from facts on that day."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from cases.models import Case
from contacts.holds import active_holds
from lending.facts import standings_of
from lending.models import Loan

CHUNK = 500


def loan_states(*, on: date) -> Iterator[dict[str, Any]]:
    """One dict a loan as DESIGN's contract has it, ordered by the lender's number; constant queries a chunk."""
    number = ""
    while loans := list(Loan.objects.filter(number__gt=number).order_by("number")[:CHUNK]):
        standings = standings_of(loans, on)
        cases = _open_cases({loan.borrower_id for loan in loans}, on)
        for loan in loans:
            yield _state(loan, standings[loan.pk], cases.get(loan.borrower_id))
        number = loans[-1].number


def _state(loan: Loan, standing: Any, case: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "number": loan.number,
        "status": loan.status,
        "days_past_due": standing.days_past_due,
        "bucket": standing.own_bucket,
        "overdue_principal": standing.overdue_principal,
        "overdue_interest": standing.overdue_interest,
        "penalty": standing.penalty,
        "outstanding_principal": standing.outstanding_principal,
        "payoff": standing.payoff,
        "as_of": standing.on.isoformat(),
        "case": case,
    }


def _open_cases(borrower_ids: set[int], on: date) -> dict[int, dict[str, Any]]:
    holds = active_holds(borrower_ids, on)
    found = Case.objects.open().filter(borrower__in=borrower_ids).select_related("owner")
    return {
        case.borrower_id: {
            "id": case.pk,
            "stage": case.stage,
            "owner": case.owner.username if case.owner else None,
            "holds": sorted(hold.kind for hold in holds.get(case.borrower_id, [])),
        }
        for case in found
    }
