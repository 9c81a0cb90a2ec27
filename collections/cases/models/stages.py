"""Which stages there are and how each is worked, as dated data.

A plan is only added: the next one ends it. Until one is published the house's own holds (`cases.stages.HOUSE`).
"""

from django.db import models

from lending.models import Change


class StagePlan(models.Model):
    """Every stage and what leads into it from a day on, until the next plan; as `cases.stages.Plan` reads it."""

    append_only = True

    valid_from = models.DateField(unique=True)
    content = models.JSONField(help_text="stages and exceptions")
    change = models.OneToOneField(Change, models.PROTECT, related_name="+", help_text="what published it")

    def __str__(self) -> str:
        return f"stages from {self.valid_from}"
