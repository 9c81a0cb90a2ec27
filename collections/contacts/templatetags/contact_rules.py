"""What the report of a replay needs of its job."""

from typing import Any

from django import template

from contacts.replaying import shown
from staff.models import Job

register = template.Library()


@register.simple_tag
def replayed(job: Job) -> dict[str, Any]:
    """What the replay found, ready to be drawn."""
    return shown(job.report)
