"""Asking for a plan: what is written is exactly what was on the screen, or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Case, DelayReason
from lending import consents
from lending.daycount import DayCount
from lending.facts import facts_of, standing_of
from lending.horizon import hold_loans
from lending.models import Loan
from lending.money import Rounding
from lending.rights import Instrument as Asked
from restructuring.instruments.refusal import RefusedError
from restructuring.models import Means, PlanRequest
from restructuring.moving import Contract, MovingError, Proposal, Situation, propose, situation_of
from restructuring.payload import AnyProposal, given_up_by, hash_of, payload_of, shown_hash
from restructuring.refusal_words import why_refused
from restructuring.reshaping import Reshaped, reshape
from restructuring.rules import review_new
from restructuring.states import OPEN, StaleError, move, note_event
from staff.matrix import may
from staff.models import User

State = PlanRequest.State


class PlanRefusedError(Exception):
    """The plan breaks a rule, or cannot be made of this loan; says which in words."""


class FiguresMovedError(Exception):
    """What the book says now is not what was on the screen: nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            _("The figures are not the ones that you saw. Nothing was sent; look at the new ones and send again.")
        )


def require(by: User, capability: str) -> None:
    """PermissionDenied unless that person works here and has that capability now."""
    if not by.is_active or not may(by.role, capability):
        raise PermissionDenied(capability)


def refusal_in_words(error: MovingError) -> str:
    """Why due dates cannot be moved like that."""
    match error.code:
        case "nothing_unpaid":
            return _("Every instalment is paid: there is nothing to move.")
        case "still_past":
            return ngettext(
                "The first unpaid instalment would still lie in the past: move by at least %(days)s day.",
                "The first unpaid instalment would still lie in the past: move by at least %(days)s days.",
                error.days_min,
            ) % {"days": error.days_min}
        case "out_of_order":
            return _("A later instalment is paid already, so the unpaid ones cannot move past it.")
        case _:
            return _("Give the number of days by which due dates move.")


def situation_now(loan: Loan, on: date) -> Situation:
    """PlanRefusedError when there is nothing to move."""
    if loan.status != Loan.Status.ACTIVE:
        raise PlanRefusedError(_("This loan is no longer owed: there is nothing to move."))
    try:
        return situation_of(standing_of(loan, on))
    except MovingError as error:
        raise PlanRefusedError(refusal_in_words(error)) from error


def propose_now(loan: Loan, *, days: int, on: date) -> Proposal:
    """The proposal as the book stands; PlanRefusedError."""
    if loan.status != Loan.Status.ACTIVE:
        raise PlanRefusedError(_("This loan is no longer owed: there is nothing to move."))
    contract = Contract(loan.annual_rate_ppm, DayCount(loan.day_count), Rounding(loan.product.rounding))
    try:
        return propose(facts_of([loan.pk])[loan.pk], contract, days=days, on=on)
    except MovingError as error:
        raise PlanRefusedError(refusal_in_words(error)) from error


def reshape_now(loan: Loan, *, steps: Sequence[Mapping[str, Any]], on: date) -> Reshaped:
    """The restructuring as the book stands; PlanRefusedError."""
    if loan.status != Loan.Status.ACTIVE:
        raise PlanRefusedError(_("This loan is no longer owed: there is nothing to move."))
    try:
        return reshape(loan, facts_of([loan.pk])[loan.pk], steps, on=on)
    except RefusedError as refused:
        raise PlanRefusedError(why_refused(refused)) from refused


def propose_again(plan: PlanRequest, on: date) -> AnyProposal:
    """What was asked for, as the book stands now; PlanRefusedError."""
    if plan.instrument == PlanRequest.Instrument.RESTRUCTURE:
        return reshape_now(plan.loan, steps=plan.steps, on=on)
    return propose_now(plan.loan, days=plan.days, on=on)


def open_plan(loan: Loan) -> PlanRequest | None:
    """The one request of this loan that still waits for something."""
    return PlanRequest.objects.filter(loan=loan, state__in=OPEN).first()


@transaction.atomic
def request_plan(
    *,
    loan: Loan,
    reason: str,
    explanation: str,
    shown: str,
    by: User,
    at: datetime,
    on: date,
    days: int = 0,
    steps: Sequence[Mapping[str, Any]] = (),
    means: Means | None = None,
) -> PlanRequest:
    """Ask for the plan whose figures have the hash `shown`: due dates moved by `days`, or `steps` of a restructuring within `means`.

    FiguresMovedError, PlanRefusedError.
    """
    require(by, "restructuring.request")
    loan = _held(loan)
    if open_plan(loan):
        raise PlanRefusedError(_("A plan for this loan is open already."))
    case = Case.objects.open().filter(borrower=loan.borrower_id).first()
    plan = PlanRequest(loan=loan, case_id=case.pk if case else None)
    plan.steps, plan.means, plan.days = list(steps), means, days
    _put_forward(plan, reason, explanation, shown, by=by, at=at, on=on)
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        raise PlanRefusedError(_("A plan for this loan is open already.")) from None
    note_event(plan, "requested", by=by, at=at, on=on, facts={"note": explanation, "reason": plan.reason, "round": 1})
    return plan


@transaction.atomic
def amend(
    *,
    plan: PlanRequest,
    seen: str,
    reason: str,
    explanation: str,
    shown: str,
    by: User,
    at: datetime,
    on: date,
    days: int = 0,
    steps: Sequence[Mapping[str, Any]] = (),
    means: Means | None = None,
) -> PlanRequest:
    """Put a plan forward again that was sent back; `seen` is the hash of the payload that was looked at.

    StaleError, MoveError, FiguresMovedError, PlanRefusedError.
    """
    require(by, "restructuring.request")
    loan = _held(plan.loan)
    plan = locked(plan)
    if plan.payload_hash != seen:
        raise StaleError
    plan.loan = loan
    plan.round += 1
    plan.steps, plan.means, plan.days = list(steps), means or plan.means, days
    _put_forward(plan, reason, explanation, shown, by=by, at=at, on=on)
    names = [
        "instrument",
        "days",
        "steps",
        "means",
        "reason",
        "explanation",
        "payload",
        "payload_hash",
        "outstanding",
        "cost",
        "given_up",
    ]
    changes = {name: getattr(plan, name) for name in [*names, "round", "maker", "made_at", "made_on"]}
    changes["escalated_on"] = None
    facts = {"note": explanation, "reason": plan.reason, "round": plan.round}
    move(plan, "amended", by=by, at=at, on=on, facts=facts, **changes)
    return plan


@transaction.atomic
def withdraw(*, plan: PlanRequest, reason: str, seen: str, by: User, at: datetime, on: date) -> PlanRequest:
    """Take the request back while nothing has come of it; `seen` is the hash of the payload that was looked at."""
    require(by, "restructuring.request")
    plan = locked(plan)
    if plan.payload_hash != seen:
        raise StaleError
    move(plan, "withdrawn", by=by, at=at, on=on, facts={"note": reason}, offer_until=None)
    return plan


def hold_loans_beside(plan: PlanRequest) -> None:
    """Keep every loan of the plan's borrower: what is decided of one counts with the others."""
    hold_loans(Loan.objects.filter(borrower=plan.loan.borrower_id).values_list("pk", flat=True))


def locked(plan: PlanRequest) -> PlanRequest:
    """The request as it stands now, held until the transaction ends."""
    return PlanRequest.objects.select_for_update(of=("self",)).select_related("loan__product", "maker").get(pk=plan.pk)


def _held(loan: Loan) -> Loan:
    """The loan as it stands now, kept from payments and the nightly close until the transaction ends."""
    hold_loans([loan.pk])
    return Loan.objects.select_related("product").get(pk=loan.pk)


def _put_forward(
    plan: PlanRequest, reason: str, explanation: str, shown: str, *, by: User, at: datetime, on: date
) -> None:
    """Fill the request with the plan as the book stands, when that is what was shown and the rules allow it."""
    proposal: AnyProposal
    if plan.steps:
        proposal = reshape_now(plan.loan, steps=plan.steps, on=on)
    else:
        proposal = propose_now(plan.loan, days=plan.days, on=on)
    if shown_hash(proposal) != shown:
        raise FiguresMovedError
    refusals = review_new(proposal, plan.loan, by=by, on=on, means=plan.means).refusals
    if refusals:
        raise PlanRefusedError(
            " ".join(f"{check.text} ({check.detail})" if check.detail else check.text for check in refusals)
        )
    if refusal := consents.refusal(consents.needs_of(plan.loan, [Asked(proposal.instrument)], on=on)):
        raise PlanRefusedError(refusal)
    plan.instrument, plan.days = PlanRequest.Instrument(proposal.instrument), proposal.days
    plan.outstanding, plan.cost = proposal.outstanding, proposal.added_interest
    plan.given_up = given_up_by(proposal)
    plan.reason, plan.explanation = DelayReason.Code(reason).value, explanation
    plan.maker, plan.made_at, plan.made_on = by, at, on
    plan.payload = payload_of(plan, proposal)
    plan.payload_hash = hash_of(plan.payload)
