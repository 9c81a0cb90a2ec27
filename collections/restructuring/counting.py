"""What was decided before and counts with a plan, so that no amount passes under a limit in pieces.

Counted with it is what was approved of the same loan, whoever asked, and what the same person asked for of other loans of the same
borrower, all within `WINDOW_DAYS`. Plans of the kind that took effect on the loan count over its whole life.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.db.models import Max, Q

from lending.models import Loan
from restructuring.models import Decision, PlanRequest
from staff.models import User

WINDOW_DAYS: Final = 30
"""House rule."""
State = PlanRequest.State


class Asked(NamedTuple):
    """Who asks for which kind of plan of whose loan; `plan` is the request where there is one, `decided` its own approval."""

    loan: int
    borrower: int
    currency: str
    maker: int
    instrument: str
    plan: int = 0
    decided: int = 0


class Before(NamedTuple):
    """Plans of the kind on the loan, and principal of other loans and interest given up that count with this one."""

    earlier: int = 0
    principal: int = 0
    given_up: int = 0


class _Row(NamedTuple):
    plan: int
    loan: int
    borrower: int
    currency: str
    maker: int
    instrument: str
    state: str
    made_on: date
    outstanding: int
    given_up: int
    decided: int | None


def asked_of(plan: PlanRequest, decided: int = 0) -> Asked:
    """Of a request; its loan is read already."""
    loan = plan.loan
    return Asked(loan.pk, loan.borrower_id, loan.currency, plan.maker_id, str(plan.instrument), plan.pk or 0, decided)


def asked_by(loan: Loan, person: User, instrument: str) -> Asked:
    """What somebody is about to ask for."""
    return Asked(loan.pk, loan.borrower_id, loan.currency, person.pk, str(instrument))


def before_all(asked: Iterable[Asked], on: date) -> Mapping[Asked, Before]:
    """What counts with each of them on that day; one query for all."""
    wanted = list(asked)
    rows = PlanRequest.objects.filter(
        loan__borrower__in={each.borrower for each in wanted}, state__in=[State.APPROVED, State.IN_EFFECT]
    ).annotate(decided=Max("decisions__pk", filter=Q(decisions__verdict=Decision.Verdict.APPROVE)))
    columns = rows.values_list(
        *("pk", "loan", "loan__borrower", "loan__currency", "maker", "instrument", "state", "made_on"),
        *("outstanding", "given_up", "decided"),
    )
    by_borrower: dict[int, list[_Row]] = {}
    for row in map(_Row._make, columns):
        by_borrower.setdefault(row.borrower, []).append(row)
    return {each: _before(each, by_borrower.get(each.borrower, []), on) for each in wanted}


def before_one(asked: Asked, on: date) -> Before:
    return before_all([asked], on)[asked]


def _before(asked: Asked, rows: Iterable[_Row], on: date) -> Before:
    others = [row for row in rows if row.plan != asked.plan]
    earlier = sum(
        row.loan == asked.loan and row.instrument == asked.instrument and row.state == State.IN_EFFECT for row in others
    )
    counted = [
        row
        for row in others
        if row.currency == asked.currency
        and (row.loan == asked.loan or row.maker == asked.maker)
        and row.made_on > on - timedelta(days=WINDOW_DAYS)
        and (not asked.decided or (row.decided or 0) < asked.decided)
    ]
    principal: dict[int, int] = {}
    for row in counted:
        if row.loan != asked.loan:
            principal[row.loan] = max(row.outstanding, principal.get(row.loan, 0))
    return Before(earlier, sum(principal.values()), sum(row.given_up for row in counted))
