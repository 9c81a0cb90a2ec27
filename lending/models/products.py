"""Funders lend; products carry every convention, so that no rule of one product lives in code."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Funder(models.Model):
    """A creditor: messages speak under its name and signature."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    signature = models.CharField(max_length=40, help_text="how its text messages are signed")
    signature_zh = models.CharField(max_length=40, blank=True)
    service_phone = models.CharField(max_length=40, blank=True, help_text="the line for questions and complaints")

    def __str__(self) -> str:
        return self.name_in(get_language() or "")

    def name_in(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name

    def signature_in(self, language: str) -> str:
        return self.signature_zh if language.startswith("zh") and self.signature_zh else self.signature


class Product(models.Model):
    """The conventions of a kind of loan: DESIGN's list, as data."""

    class AllocationBy(models.TextChoices):
        INSTALMENT = "instalment", _("Each instalment in full before the next")
        COMPONENT = "component", _("Each component of all that is due before the next")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    day_count = models.CharField(max_length=20, default="month/12")
    rounding = models.CharField(max_length=20, default="half_up")
    day_zero = models.BooleanField(default=True, help_text="the due day counts as day 0")
    grace_days = models.PositiveSmallIntegerField(default=0)
    grace_excuses = models.BooleanField(default=False, help_text="penalty begins after the grace, not from the due day")
    tolerance_amount = models.BigIntegerField(default=0, help_text="minor units that may stay unpaid without arrears")
    penalty_rate_ppm = models.BigIntegerField(default=0, help_text="parts per million a year on overdue principal")
    penalty_day_basis = models.PositiveSmallIntegerField(default=360)
    allocation_order = models.JSONField(default=list, help_text="components in the order in which money settles them")
    allocation_by = models.CharField(max_length=12, choices=AllocationBy.choices, default=AllocationBy.INSTALMENT)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(penalty_rate_ppm__gte=0), name="penalty_rate_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(penalty_day_basis__in=[360, 365]), name="penalty_basis_is_360_or_365"
            ),
        ]

    def __str__(self) -> str:
        return self.name_in(get_language() or "")

    def name_in(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name
