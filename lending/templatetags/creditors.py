"""How guarantees and shares read in templates."""

from django import template

from lending import guarantees, share_terms
from lending.models import Guarantee

register = template.Library()


@register.filter
def share_words(ppm: int) -> str:
    return share_terms.share_words(ppm)


@register.filter
def covers_words(guarantee: Guarantee) -> str:
    return guarantees.guarantee_words(guarantee)


@register.filter
def own_rate_words(rate_ppm: int | None) -> str:
    return guarantees.own_rate_words(rate_ppm)
