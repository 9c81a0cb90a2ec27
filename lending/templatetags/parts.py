"""Payments in words: what a part of one settled, why one waits."""

from django import template

from lending.standing import AllocationFact
from lending.words import part_words, suspense_words

register = template.Library()


@register.filter
def settles(part: AllocationFact) -> str:
    """Principal of instalment 3, or penalty."""
    return part_words(part.n, str(part.component))


@register.filter
def why_suspended(reason: str) -> str:
    """Why money waits in suspense."""
    return suspense_words(reason)
