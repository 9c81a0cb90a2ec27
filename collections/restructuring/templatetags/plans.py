"""Plans in words and lines, for templates."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lending.templatetags.money import percent_a_year
from restructuring.charting import labels_of, lines_of
from restructuring.finder.search import Left
from restructuring.finding import Shape
from restructuring.models import PlanRequest
from restructuring.moving import Proposal
from restructuring.reshaping import Reshaped
from restructuring.rules import Review
from restructuring.words import left_in_words, moved_in_words, shape_in_words
from staff.charts import Line

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


@register.filter
def shape_words(shape: Shape) -> str:
    return shape_in_words(shape)


@register.filter
def shape_query(shape: Shape) -> str:
    """The shape as the form takes it from an address."""
    values: dict[str, Any] = shape._asdict()
    return urlencode(values)


@register.filter
def who_decides(review: Review) -> str:
    """Manager, or two of them; a dash where nobody may."""
    check = review.first
    if check is None or check.limit is None:
        return "–"
    return check.role_label if check.limit.approvers == 1 else _("%(role)s and a second") % {"role": check.role_label}


@register.filter
def left_words(left: Left, currency: str) -> str:
    return left_in_words(left, currency)


@register.filter
def chart_lines(proposal: Reshaped) -> list[Line]:
    return lines_of(proposal)


@register.filter
def chart_labels(proposal: Reshaped) -> list[str]:
    return labels_of(proposal)
