"""Plans of the demo: one in effect, one sent back, some waiting for a decision."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from cases.models import Case, DelayReason
from config.demo.talk import REASONS
from lending.models import Loan
from restructuring.accepting import record_acceptance
from restructuring.asking import PlanRefusedError, propose_now, request_plan
from restructuring.deciding import BeyondLimitError, decide
from restructuring.models import Acceptance, Decision, PlanRequest
from restructuring.payload import shown_hash
from staff.models import User

SAID = {one.code: (one.said, one.said_zh) for one in REASONS}
HARD_TIMES = [DelayReason.Code.JOB_LOSS, DelayReason.Code.ILLNESS, DelayReason.Code.BUSINESS, DelayReason.Code.CASH_GAP]
DAYS_ASKED = (45, 30, 60, 30, 90)


def ask(count: int, *, by: User, at: datetime, on: date) -> list[PlanRequest]:
    """Ask for up to `count` plans for this agent's borrowers in hard times."""
    asked: list[PlanRequest] = []
    for loan, reason in _candidates(by):
        if len(asked) == count:
            break
        days = DAYS_ASKED[loan.pk % len(DAYS_ASKED)]
        words = SAID[reason][loan.borrower.language.startswith("zh")]
        try:
            shown = shown_hash(propose_now(loan, days=days, on=on))
            asked.append(
                request_plan(loan=loan, days=days, reason=reason, explanation=words, shown=shown, by=by, at=at, on=on)
            )
        except PlanRefusedError:
            continue
    return asked


def waiting(asked: Iterable[PlanRequest]) -> list[PlanRequest]:
    """Those of these requests that still wait for a decision: one whose loan was paid in the night is withdrawn."""
    pks = [plan.pk for plan in asked]
    return list(PlanRequest.objects.filter(pk__in=pks, state=PlanRequest.State.REVIEW).order_by("pk"))


def approve_and_accept(plan: PlanRequest, *, manager: User, agent: User, at: datetime, on: date) -> None:
    """The manager agrees, the borrower says yes on a recorded call, the new schedule is in force.

    Where money came in the night the figures no longer hold: the request goes back, as it would for anybody.
    """
    try:
        plan = decide(
            plan=plan,
            verdict=Decision.Verdict.APPROVE,
            reason="Income is expected again; the plan fits.",
            payload_hash=plan.payload_hash,
            by=manager,
            at=at,
            on=on,
        )
    except BeyondLimitError:
        return
    if plan.state != PlanRequest.State.APPROVED:
        return
    record_acceptance(
        plan=plan,
        payload_hash=plan.payload_hash,
        means=Acceptance.Means.RECORDED_CALL,
        evidence=f"recording {plan.pk:06d}",
        accepted_on=on,
        by=agent,
        at=at,
        on=on,
    )


def send_back(plan: PlanRequest, *, manager: User, at: datetime, on: date) -> None:
    decide(
        plan=plan,
        verdict=Decision.Verdict.SEND_BACK,
        reason="From which day is the salary expected? Please ask.",
        payload_hash=plan.payload_hash,
        by=manager,
        at=at,
        on=on,
    )


def _candidates(agent: User) -> Iterator[tuple[Loan, str]]:
    """Loans in arrears of the agent's open cases whose reason calls for a plan, one a borrower."""
    cases = Case.objects.open().filter(owner=agent, reason_behind__in=HARD_TIMES, bucket__in=["M1", "M2", "M3"])
    for case in cases.order_by("pk"):
        loan = Loan.objects.in_arrears().filter(borrower=case.borrower_id).select_related("borrower", "product").first()
        if loan and not PlanRequest.objects.filter(loan=loan).exists():
            yield loan, case.reason_behind
