"""What the report of a rehearsal needs of its job."""

from typing import Any

from django import template

from dunning.rehearsal_words import told
from staff.models import Job, User

register = template.Library()


@register.simple_tag
def rehearsed(job: Job, user: User) -> dict[str, Any]:
    """What the day would send, ready to be drawn for this person."""
    return told(job, user)
