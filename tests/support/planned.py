"""Plans as tests make them: asked for as the screen shows them, decided and accepted by others."""

from datetime import date
from typing import Any

from behind import NOW, TODAY, close_day, instant, make_person
from cases.models import Case
from lending.booking import register_loan
from lending.models import Change, Loan
from lending.parties import get_funder, get_product
from lending.schedules import Method, Terms
from reachable import make_borrower
from restructuring import asking
from restructuring.accepting import record_acceptance
from restructuring.deciding import decide
from restructuring.matrix import HOUSE, Matrix, content_of
from restructuring.models import ApprovalMatrix, PlanRequest
from restructuring.payload import shown_hash
from staff.models import Role, User


def level_loan(ref: str = "B1", *, first_due_on: date, periods: int = 12, principal: int = 1_200_000) -> Loan:
    """12,000.00 at 24% a year in twelve equal instalments, unless told otherwise."""
    terms = Terms(
        principal=principal,
        annual_rate_ppm=240_000,
        periods=periods,
        start_on=first_due_on.replace(month=first_due_on.month - 1),
        first_due_on=first_due_on,
        method=Method.EQUAL_INSTALLMENT,
    )
    return register_loan(
        number=f"L-{ref}",
        funder=get_funder("bank", "First Bank"),
        product=get_product("plain", allocation_order=[]),
        borrower=make_borrower(ref, phone=None),
        terms=terms,
        at=instant(first_due_on),
    )


def people() -> dict[str, User]:
    """One person per role, without a team, so that the supervisor sees every team."""
    return {role: make_person(f"the-{role}", role) for role in Role.values}


def in_hand(loan: Loan, agent: User) -> Case | None:
    """Close the day, and give the borrower's case, where there is one, into that agent's hands."""
    close_day(TODAY)
    Case.objects.filter(borrower=loan.borrower_id).update(owner=agent)
    return Case.objects.filter(borrower=loan.borrower_id).first()


def shown_for(loan: Loan, days: int, on: date = TODAY) -> str:
    """The hash that the form would carry."""
    return shown_hash(asking.propose_now(Loan.objects.select_related("product").get(pk=loan.pk), days=days, on=on))


def ask(loan: Loan, *, by: User, days: int = 25, on: date = TODAY, **given: Any) -> PlanRequest:
    given = {
        "shown": shown_for(loan, days, on),
        "reason": "cash_gap",
        "explanation": "Wages come a month late.",
    } | given
    return asking.request_plan(loan=loan, days=days, by=by, at=NOW, on=on, **given)


def rule(plan: PlanRequest, verdict: str, *, by: User, on: date = TODAY, **given: Any) -> PlanRequest:
    given = {"payload_hash": plan.payload_hash, "reason": "as discussed"} | given
    return decide(plan=plan, verdict=verdict, by=by, at=NOW, on=on, **given)


def amend(plan: PlanRequest, *, by: User, days: int = 25, on: date = TODAY, **given: Any) -> PlanRequest:
    usual = {
        "seen": plan.payload_hash,
        "shown": shown_for(plan.loan, days, on),
        "reason": "illness",
        "explanation": "-",
    }
    return asking.amend(plan=plan, days=days, by=by, at=NOW, on=on, **(usual | given))


def accept(plan: PlanRequest, *, by: User, on: date = TODAY, **given: Any) -> PlanRequest:
    usual: dict[str, Any] = {
        "payload_hash": plan.payload_hash,
        "means": "recorded_call",
        "evidence": "REC-2026-0715-17",
        "accepted_on": on,
    }
    return record_acceptance(plan=plan, by=by, at=NOW, on=on, **(usual | given))


def publish(matrix: Matrix, *, from_on: date = TODAY) -> ApprovalMatrix:
    """Approval limits in force from that day, as if two people had published them before it."""
    maker, checker = (make_person(f"limits-{name}-{from_on}", Role.MANAGER) for name in ("maker", "checker"))
    change = Change.objects.create(
        kind=Change.Kind.APPROVAL_LIMITS, subject="plans", from_on=from_on, content=content_of(matrix), words="-",
        payload_hash="", maker=maker, made_at=NOW, state=Change.State.APPROVED, checker=checker, decided_at=NOW,
    )  # fmt: skip
    return ApprovalMatrix.objects.create(valid_from=from_on, content=change.content, change=change)


def limited(role: str, instrument: str = "deferral", *, approvers: int = 1, **changed: Any) -> Matrix:
    """The house's matrix with one limit changed, or added for two approvers."""
    own = {limit[:3]: limit for limit in HOUSE.limits}
    key = (role, instrument, approvers)
    own[key] = own.get(key, own[(role, instrument, 1)]._replace(approvers=approvers))._replace(**changed)
    return HOUSE._replace(limits=tuple(own.values()))
