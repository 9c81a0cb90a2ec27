"""What the plan's page and the list of approvals show, read from the payload that was sent."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from lending.consents import consents_to
from lending.models import FunderConsent
from restructuring.deciding import Verdict, why_not
from restructuring.effect import funders_asked, makers_of
from restructuring.models import Acceptance, Decision, PlanRequest
from restructuring.payload import readable_proposal
from restructuring.rules import earlier_plans, limits_on, review
from restructuring.states import OPEN
from restructuring.words import WHY_LAPSED
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
    decided = Decision.objects.filter(request=plan, payload_hash=plan.payload_hash).select_related("checker").first()
    accepted = (
        Acceptance.objects.filter(request=plan, payload_hash=plan.payload_hash).select_related("recorded_by").first()
    )
    return [
        _review_step(plan, decided),
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


def _review_step(plan: PlanRequest, decided: Decision | None) -> Step:
    label = _("Internal review")
    if decided is None:
        return Step(label, "wait", _("Waiting")) if plan.state == State.REVIEW else Step(label, "off", _("Not decided"))
    verdicts = {
        Verdict.APPROVE: _("Approved"),
        Verdict.REJECT: _("Rejected"),
        Verdict.SEND_BACK: _("Sent back"),
    }
    verdict = Verdict(decided.verdict)
    who = _("%(person)s on %(day)s") % {"person": decided.checker, "day": day_words(decided.at)}
    return Step(
        label, DECISION_KINDS[verdict], verdicts[verdict], f"{who}: {decided.reason}" if decided.reason else who
    )


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
    """A line of the approvals: `why_not` says why this person may not approve it."""

    plan: PlanRequest
    borrower: str
    why_not: str


def waiting_for(person: User, names: dict[int, str], plans: list[PlanRequest], on: date) -> list[Waiting]:
    """The lines for these plans, in a constant number of queries."""
    limits, earlier = limits_on(on), earlier_plans([plan.loan_id for plan in plans])
    makers, rows = makers_of(plans), []
    for plan in plans:
        proposal = readable_proposal(plan)
        if proposal is None:
            refusal = WHY_LAPSED["tampered"]()
        else:
            checks = review(proposal, limits, earlier=earlier.get((plan.loan_id, plan.instrument), 0), on=on)
            refusal = why_not(makers[plan.pk], checks, person)
        rows.append(Waiting(plan, names[plan.loan.borrower_id], refusal))
    return rows
