"""Plans in words, for templates."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lending.templatetags.money import percent_a_year
from restructuring.models import PlanRequest
from restructuring.moving import Proposal
from restructuring.words import moved_in_words

register = template.Library()


@register.filter
def plan_words(plan: PlanRequest) -> str:
    """Extension by 30 days."""
    return moved_in_words(plan.instrument, plan.days)


@register.filter
def how_interest_came(proposal: Proposal) -> str:
    """What the added interest was counted from; a loan without interest says so."""
    if not proposal.rate_ppm:
        return _("this loan bears no interest")
    return ngettext(
        "%(rate)s on the principal outstanding for %(days)s day",
        "%(rate)s on the principal outstanding for %(days)s days",
        proposal.days,
    ) % {"rate": percent_a_year(proposal.rate_ppm), "days": proposal.days}


@register.filter
def settled_count(proposal: Proposal) -> int:
    """How many instalments stay as they are because they are paid."""
    return sum(not row.is_moved for row in proposal.rows)
