"""What a part of a payment settled, in words."""

from django import template

from lending.standing import AllocationFact
from lending.words import part_words

register = template.Library()


@register.filter
def settles(part: AllocationFact) -> str:
    """Principal of instalment 3, or penalty."""
    return part_words(part.n, str(part.component))
