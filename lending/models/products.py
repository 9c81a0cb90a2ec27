"""Funders lend; products carry every convention, so that no rule of one product lives in code.

A `Product` row is one version of a product's terms: it holds for loans that start on `valid_from` or later, until the next
version of the same code. It is never edited; a loan points at the very row that held on its start day.
"""

from datetime import date

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lending.lenders import LenderKind
from lending.money import PPM, divide

ALWAYS = date(1970, 1, 1)
"""The day from which terms hold that have no beginning of their own."""


class Funder(models.Model):
    """A creditor: messages speak under its name and signature.

    What changes in time is kept in its `FunderVersion` rows; the columns here are the version of the business date, so that
    a list needs no join.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    signature = models.CharField(max_length=40, help_text="how its text messages are signed")
    signature_zh = models.CharField(max_length=40, blank=True)
    service_phone = models.CharField(max_length=40, blank=True, help_text="the line for questions and complaints")
    lender_kind = models.CharField(
        max_length=20,
        choices=LenderKind.choices,
        blank=True,
        default=LenderKind.UNKNOWN,
        db_default=LenderKind.UNKNOWN.value,
    )

    def __str__(self) -> str:
        return self.name_in(get_language() or "")

    def name_in(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name

    def signature_in(self, language: str) -> str:
        return self.signature_zh if language.startswith("zh") and self.signature_zh else self.signature


class Product(models.Model):
    """One version of the conventions of a kind of loan: DESIGN's list, as data."""

    class AllocationBy(models.TextChoices):
        INSTALMENT = "instalment", _("Each instalment in full before the next")
        COMPONENT = "component", _("Each component of all that is due before the next")

    class CountsFrom(models.TextChoices):
        OLDEST = "oldest", _("The oldest instalment unpaid now")
        FIRST = "first", _("The instalment that began these arrears")

    class Calendar(models.TextChoices):
        NONE = "", _("Every day counts")
        CN = "CN", _("Mainland China")
        HK = "HK", _("Hong Kong")
        SG = "SG", _("Singapore")
        US = "US", _("United States")
        GB = "GB", _("United Kingdom")

    class DueMove(models.TextChoices):
        NONE = "none", _("It stays, and can be paid on the next working day")
        FORWARD = "forward", _("It moves to the next working day")
        BACKWARD = "backward", _("It moves to the working day before")

    class MovedInterest(models.TextChoices):
        KEEP = "keep", _("To the day before it moved")
        MOVE = "move", _("To the day on which it falls due")

    class PenaltyBase(models.TextChoices):
        PRINCIPAL = "principal", _("Overdue principal")
        INSTALMENT = "instalment", _("The whole overdue instalment")
        COMPOUND = "compound", _("Overdue principal, and interest on overdue interest")

    code = models.SlugField(max_length=40)
    valid_from = models.DateField(default=ALWAYS, db_default=ALWAYS)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    day_count = models.CharField(max_length=20, default="month/12")
    rounding = models.CharField(max_length=20, default="half_up")
    day_zero = models.BooleanField(default=True, help_text="the due day counts as day 0")
    calendar = models.CharField(
        max_length=2,
        choices=Calendar.choices,
        default=Calendar.NONE,
        blank=True,
        db_default=Calendar.NONE.value,
        help_text="whose closed days excuse",
    )
    due_move = models.CharField(
        max_length=10, choices=DueMove.choices, default=DueMove.NONE, db_default=DueMove.NONE.value,
        help_text="where a due day goes that is a day off by the calendar",
    )  # fmt: skip
    moved_interest = models.CharField(
        max_length=10, choices=MovedInterest.choices, default=MovedInterest.KEEP, db_default=MovedInterest.KEEP.value
    )
    grace_days = models.PositiveSmallIntegerField(default=0)
    grace_in_working_days = models.BooleanField(default=False, db_default=False)
    grace_excuses = models.BooleanField(default=False, help_text="penalty begins after the grace, not from the due day")
    tolerance_amount = models.BigIntegerField(default=0, help_text="minor units that may stay unpaid without arrears")
    tolerance_ppm = models.PositiveIntegerField(
        default=0, db_default=0, help_text="parts per million of the instalment; it or the amount, whichever is more"
    )
    tolerance_days = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="days that may pass without arrears; after them all days count"
    )
    buckets = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="of days past due; empty: the house's"
    )
    counts_from = models.CharField(
        max_length=10, choices=CountsFrom.choices, default=CountsFrom.OLDEST, db_default=CountsFrom.OLDEST.value
    )
    penalty_rate_ppm = models.BigIntegerField(default=0, help_text="parts per million a year")
    penalty_markup_ppm = models.BigIntegerField(
        null=True, help_text="instead of a rate: parts per million that the loan's own rate is raised by"
    )
    penalty_base = models.CharField(
        max_length=10,
        choices=PenaltyBase.choices,
        default=PenaltyBase.PRINCIPAL,
        db_default=PenaltyBase.PRINCIPAL.value,
    )
    penalty_day_basis = models.PositiveSmallIntegerField(default=360)
    prepayment_fee_ppm = models.PositiveIntegerField(
        default=0, db_default=0, help_text="parts per million of the principal repaid before its day"
    )
    allocation_order = models.JSONField(default=list, help_text="components in the order in which money settles them")
    allocation_order_late = models.JSONField(
        default=list, db_default=[], help_text="the order from 91 days past due on; empty: the same"
    )
    allocation_by = models.CharField(max_length=12, choices=AllocationBy.choices, default=AllocationBy.INSTALMENT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="product_terms_once_from_a_day"),
            models.CheckConstraint(
                condition=models.Q(due_move="none") | ~models.Q(calendar=""), name="due_days_move_by_a_calendar"
            ),
            models.CheckConstraint(condition=models.Q(tolerance_ppm__lte=PPM), name="tolerance_is_a_part"),
            models.CheckConstraint(condition=models.Q(penalty_rate_ppm__gte=0), name="penalty_rate_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(penalty_day_basis__in=[360, 365]), name="penalty_basis_is_360_or_365"
            ),
            models.CheckConstraint(
                condition=models.Q(penalty_markup_ppm=None) | models.Q(penalty_markup_ppm__gte=0, penalty_rate_ppm=0),
                name="penalty_is_a_rate_or_a_markup",
            ),
        ]

    def __str__(self) -> str:
        return self.name_in(get_language() or "")

    def name_in(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name

    def penalty_rate_of(self, annual_rate_ppm: int) -> int:
        """The yearly penalty rate of a loan at that contract rate, in parts per million, rounded half-up."""
        if self.penalty_markup_ppm is None:
            return self.penalty_rate_ppm
        return divide(annual_rate_ppm * (PPM + self.penalty_markup_ppm), PPM)
