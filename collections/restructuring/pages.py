"""What the plan's page and the list of approvals show, read from the payload that was sent."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from lending.consents import consents_to
from lending.models import FunderConsent
from restructuring.authority import authorities_of
from restructuring.counting import asked_of, before_all
from restructuring.deciding import Verdict, entitlement
from restructuring.effect import funders_asked, makers_of
from restructuring.matrix import matrix_on
from restructuring.models import Acceptance, Decision, PlanRequest
from restructuring.payload import readable_proposal
from restructuring.rules import Review, review, review_of
from restructuring.states import OPEN
from restructuring.words import WHY_LAPSED, standing_in_words
from staff.models import User
from staff.templatetags.ui import day_words

State = PlanRequest.State
STATE_KINDS = {
    State.REVIEW: "wait",
    State.SENT_BACK: "warn",
    State.REJECTED: "off",
    State.APPROVED: "info",
    State.IN_EFFECT: "good",
    State.WITHDRAWN: "off",
    State.EXPIRED: "off",
    State.UNDONE: "off",
}
DECISION_KINDS = {Verdict.APPROVE: "good", Verdict.REJECT: "off", Verdict.SEND_BACK: "warn"}
WAITING_MAX = 200


class Step(NamedTuple):
    """One of the things that a plan needs; `kind` is the badge's."""

    label: str
    kind: str
    status: str
    detail: str = ""


def steps_of(plan: PlanRequest, on: date) -> list[Step]:
    """Internal review → the funder's consent → the borrower's acceptance → in effect."""
    decisions = Decision.objects.filter(request=plan, payload_hash=plan.payload_hash).order_by("seat")
    decided = list(decisions.select_related("checker", "acting_for"))
    accepted = (
        Acceptance.objects.filter(request=plan, payload_hash=plan.payload_hash).select_related("recorded_by").first()
    )
    return [
        *_review_steps(plan, decided),
        *_consent_steps(plan, on),
        _acceptance_step(plan, accepted),
        _effect_step(plan),
    ]


def _consent_steps(plan: PlanRequest, on: date) -> list[Step]:
    """A step for each funder that has a say; one that says that none has."""
    label = _("The funder's consent")
    if plan.state not in OPEN:
        given = consents_to(plan.payload_hash)
        steps = [Step(label, "good", _("Consented"), _said(consent)) for consent in given]
        return steps or [Step(label, "off", _("Not asked by this contract"))]
    steps = []
    for need in funders_asked(plan, on):
        if need.consent:
            steps.append(Step(label, "good", _("Consented"), _said(need.consent)))
        else:
            steps.append(Step(label, "wait", _("Waiting"), need.words))
    return steps or [Step(label, "off", _("Not asked by this contract"))]


def _said(consent: FunderConsent) -> str:
    facts = {"funder": consent.funder, "day": day_words(consent.given_on), "reference": consent.reference}
    return _("%(funder)s on %(day)s, %(reference)s") % facts


def _review_steps(plan: PlanRequest, decided: list[Decision]) -> list[Step]:
    """A step for each decision, and one for the decision that is still to come."""
    label = _("Internal review")
    verdicts = {
        Verdict.APPROVE: _("Approved"),
        Verdict.REJECT: _("Rejected"),
        Verdict.SEND_BACK: _("Sent back"),
    }
    steps = []
    for decision in decided:
        verdict = Verdict(decision.verdict)
        who = _("%(person)s on %(day)s") % {"person": decision.checker, "day": day_words(decision.at)}
        if decision.acting_for:
            who = standing_in_words(who, str(decision.acting_for))
        words = f"{who}: {decision.reason}" if decision.reason else who
        steps.append(Step(label, DECISION_KINDS[verdict], verdicts[verdict], words))
    if plan.state == State.REVIEW:
        words = _("A second person must approve it, too.") if decided else ""
        if plan.escalated_on:
            day = {"day": day_words(plan.escalated_on)}
            words = f"{words} {_('Nobody decided it in time: with the next level since %(day)s.') % day}".strip()
        steps.append(Step(label, "wait", _("Waiting"), words))
    return steps or [Step(label, "off", _("Not decided"))]


def _acceptance_step(plan: PlanRequest, accepted: Acceptance | None) -> Step:
    label = _("The borrower's acceptance")
    if accepted:
        facts = {
            "means": accepted.get_means_display(),
            "evidence": accepted.evidence,
            "day": day_words(accepted.accepted_on),
            "person": accepted.recorded_by,
        }
        return Step(
            label, "good", _("Accepted"), _("%(means)s on %(day)s, %(evidence)s; recorded by %(person)s") % facts
        )
    if plan.state == State.APPROVED and plan.offer_until:
        return Step(
            label, "wait", _("Waiting"), _("The offer stands until %(day)s.") % {"day": day_words(plan.offer_until)}
        )
    if plan.state == State.EXPIRED:
        return Step(label, "off", _("Offer expired"))
    return Step(label, "neutral" if plan.state == State.REVIEW else "off", _("Not yet"))


def _effect_step(plan: PlanRequest) -> Step:
    label = _("In effect")
    if plan.schedule:
        since = _("Schedule version %(number)s from %(day)s") % {
            "number": plan.schedule.number,
            "day": day_words(plan.schedule.effective_on),
        }
        return Step(label, "good", _("Yes"), since)
    return Step(label, "off", _("Not yet"), _("The last of approval and acceptance puts it in effect."))


class Waiting(NamedTuple):
    """A line of the approvals: `why_not` says why this person may not approve it, `approvers` how many must."""

    plan: PlanRequest
    borrower: str
    why_not: str
    stands_in_for: str = ""
    is_second: bool = False
    needs_two: bool = False


def waiting_for(person: User, names: dict[int, str], plans: list[PlanRequest], on: date) -> list[Waiting]:
    """The lines for these plans, in a constant number of queries."""
    matrix, makers = matrix_on(on), makers_of(plans)
    before = before_all([asked_of(plan) for plan in plans], on)
    authorities, given = authorities_of(person, on), _approvals_of(plans)
    rows = []
    for plan in plans:
        proposal = readable_proposal(plan)
        if proposal is None:
            rows.append(Waiting(plan, names[plan.loan.borrower_id], WHY_LAPSED["tampered"]()))
            continue
        checks = review(proposal, matrix, before=before[asked_of(plan)], on=on)
        approved = given.get(plan.pk, [])
        found = entitlement(plan, checks, person, authorities, makers[plan.pk], approved, on)
        holder = found.authority
        rows.append(
            Waiting(
                plan,
                names[plan.loan.borrower_id],
                found.refusal,
                stands_in_for=str(holder.holder) if holder and not holder.is_own else "",
                is_second=bool(approved),
                needs_two=found.approvers > 1,
            )
        )
    return rows


def _approvals_of(plans: list[PlanRequest]) -> dict[int, list[Decision]]:
    """The approvals of these plans as they are put forward."""
    found: dict[int, list[Decision]] = {}
    hashes = {plan.pk: plan.payload_hash for plan in plans}
    for each in Decision.objects.filter(request__in=hashes, verdict=Verdict.APPROVE):
        if each.payload_hash == hashes[each.request_id]:
            found.setdefault(each.request_id, []).append(each)
    return found


class Standing(NamedTuple):
    """A plan's rules, and whether this person may approve it."""

    review: Review
    why_not: str
    stands_in_for: str
    approvers: int


def standing_before(plan: PlanRequest, person: User, on: date) -> Standing:
    checks, given = review_of(plan, on), _approvals_of([plan]).get(plan.pk, [])
    found = entitlement(plan, checks, person, authorities_of(person, on), makers_of([plan])[plan.pk], given, on)
    holder = found.authority
    stands_in_for = str(holder.holder) if holder and not holder.is_own else ""
    return Standing(checks, found.refusal, stands_in_for, found.approvers - len(given))
