"""Whose limits somebody may decide within, and what of them is used up: one's own, and those of people for whom one stands in.

A stand-in's approvals count against the limits of whom they stand in for. A plan may not be approved within the limits of anybody who
put it forward, nor twice within the limits of one person.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from lending.money import format_amount
from restructuring.matrix import Limit
from restructuring.models import Decision, PlanRequest, StandIn
from restructuring.rules import Review
from staff.matrix import may
from staff.models import User


class Approval(NamedTuple):
    """One approval within the limits of `holder`."""

    decision: int
    holder: int
    plan: int
    on: date
    amount: int
    currency: str


class Authority(NamedTuple):
    """The limits of one person as another, or they themselves, may use them, with what was approved within them this month."""

    holder: User
    is_own: bool
    approvals: tuple[Approval, ...] = ()

    def used(self, weight: "Weight") -> tuple[int, int]:
        """Principal approved on that day and in that month beside this plan, each plan once."""
        day: dict[int, int] = {}
        month: dict[int, int] = {}
        for each in self.approvals:
            is_other = each.plan != weight.plan and each.currency == weight.currency
            if is_other and each.on <= weight.on and (not weight.decided or each.decision < weight.decided):
                month[each.plan] = each.amount
                if each.on == weight.on:
                    day[each.plan] = each.amount
        return sum(day.values()), sum(month.values())


class Weight(NamedTuple):
    """What of the limits of a day and a month a plan takes; `decided` is the approval where it is looked at again."""

    plan: int
    amount: int
    currency: str
    on: date
    decided: int = 0


class Entitled(NamedTuple):
    """Within whose limits somebody may approve, and how many must; or why they may not, in words."""

    authority: Authority | None
    approvers: int = 0
    refusal: str = ""


def weight_of(plan: PlanRequest, on: date, decided: int = 0) -> Weight:
    return Weight(plan.pk, plan.outstanding, plan.loan.currency, on, decided)


def authorities_of(person: User, on: date) -> list[Authority]:
    """Their own limits first, then those of whoever they stand in for on that day; two queries."""
    others = [each.absence.user for each in stand_ins_on(on).filter(person=person)]
    holders = [person, *(other for other in others if other.is_active)]
    approved = approvals_within([holder.pk for holder in holders], on)
    return [
        Authority(holder, holder.pk == person.pk, tuple(each for each in approved if each.holder == holder.pk))
        for holder in holders
    ]


def stand_ins_on(on: date) -> QuerySet[StandIn]:
    """Those that hold on that day."""
    held = StandIn.objects.filter(absence__from_on__lte=on, absence__to_on__gte=on)
    return held.filter(Q(ended_on=None) | Q(ended_on__gt=on)).select_related("absence__user", "person").order_by("pk")


def approvals_within(holders: Collection[int], on: date) -> list[Approval]:
    """What was approved within the limits of these people in the month up to that day."""
    holder = Coalesce("acting_for", "checker", output_field=BigIntegerField())
    rows = Decision.objects.annotate(holder=holder).filter(
        holder__in=holders,
        verdict=Decision.Verdict.APPROVE,
        decided_on__gte=on.replace(day=1),
        decided_on__lte=on,
    )
    columns = ("pk", "holder", "request", "decided_on", "request__outstanding", "request__loan__currency")
    return [Approval(*row) for row in rows.order_by("pk").values_list(*columns)]


def entitled(
    review: Review,
    authorities: Sequence[Authority],
    weight: Weight,
    *,
    makers: Collection[int],
    taken: Collection[int] = (),
    is_escalated: bool = False,
) -> Entitled:
    """Within which of these limits the plan may be approved."""
    refusals = []
    for authority in authorities:
        holder = authority.holder
        if holder.pk in makers or holder.pk in taken:
            refusals.append(_spoken_for(authority, is_maker=holder.pk in makers))
            continue
        fitting = review.within(holder.role, is_escalated=is_escalated)
        for limit in fitting:
            if over := _over(limit, authority, weight):
                refusals.append(over)
            else:
                return Entitled(authority, limit.approvers)
        if not fitting:
            refusals.append(beyond_limit(review, holder, is_escalated=is_escalated))
    return Entitled(None, refusal=refusals[0] if refusals else "")


def beyond_limit(review: Review, person: User, *, is_escalated: bool = False) -> str:
    """The rule that keeps this person's role from deciding, in words; empty when it may."""
    if person.is_active and may(person.role, "restructuring.decide") and review.within(person.role):
        if review.within(person.role, is_escalated=is_escalated):
            return ""
        return _("Nobody decided it in time, so it is with the next level now.")
    limit = review.limit_of(person.role)
    if limit is None:
        return _("Your role has no limit for this kind of plan.")
    return f"{limit.text} ({limit.detail})" if limit.detail else limit.text


def _spoken_for(authority: Authority, *, is_maker: bool) -> str:
    if is_maker:
        return _("Whoever you stand in for asked for this plan: somebody else must decide it.")
    return _("It is approved within these limits already: a second person must decide it, too.")


def _over(limit: Limit, authority: Authority, weight: Weight) -> str:
    """Which limit of a day or a month it would break, in words; empty where none."""
    day, month = authority.used(weight)
    facts = {"currency": weight.currency}
    if day + weight.amount > limit.day_max:
        facts |= {"used": format_amount(day, weight.currency), "most": format_amount(limit.day_max, weight.currency)}
        return _("%(currency)s %(used)s are approved today within these limits; a day takes %(most)s.") % facts
    if month + weight.amount > limit.month_max:
        facts |= {
            "used": format_amount(month, weight.currency),
            "most": format_amount(limit.month_max, weight.currency),
        }
        return _("%(currency)s %(used)s are approved this month within these limits; a month takes %(most)s.") % facts
    return ""
