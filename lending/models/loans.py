"""Loans and their schedules.

Invariants: a loan has at least one schedule version and exactly one in force; a version lists every row of the loan's
life, rows already settled repeated unchanged, so allocations by instalment number hold across versions; the principal rows
of a version sum to the loan's principal; `paid_*` of the version in force equal the sum of allocations (`verify_ledger`).
"""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lending.models.parties import Borrower, seen_through
from lending.models.products import Funder, Product

PAST_DUE = Q(arrears__oldest_due_on__isnull=False) & ~Q(status="written_off")
"""The condition on a loan that people have to work."""


class LoanQuerySet(models.QuerySet["Loan"]):
    def visible_to(self, user: Any) -> "LoanQuerySet":
        """Loans of the borrowers this user sees."""
        return self.filter(seen_through("borrower", user))

    def in_arrears(self) -> "LoanQuerySet":
        """Loans with an instalment past due, as of the book's last close; what was written off is not worked any more."""
        return self.filter(PAST_DUE)

    def started_by(self, on: date) -> "LoanQuerySet":
        return self.filter(start_on__lte=on)


class Loan(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAID = "paid", _("Paid off")
        WRITTEN_OFF = "written_off", _("Written off")

    number = models.CharField(_("loan number"), max_length=64, unique=True)
    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="loans")
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="loans")
    product = models.ForeignKey(Product, models.PROTECT, related_name="loans")
    currency = models.CharField(max_length=3)
    principal = models.BigIntegerField()
    annual_rate_ppm = models.BigIntegerField()
    periods = models.PositiveIntegerField()
    method = models.CharField(max_length=20)
    frequency = models.CharField(max_length=20)
    day_count = models.CharField(max_length=20)
    start_on = models.DateField()
    first_due_on = models.DateField(help_text="by its terms, before any due day was moved off a day off")
    more_terms = models.JSONField(
        default=dict,
        db_default={},
        help_text="what else its terms say: stages, grace, rounding; whether rows were written by hand",
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    paid_off_on = models.DateField(null=True)

    objects = LoanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(principal__gt=0), name="loan_principal_is_positive"),
            models.CheckConstraint(condition=Q(annual_rate_ppm__gte=0), name="loan_rate_is_not_negative"),
            models.CheckConstraint(condition=Q(first_due_on__gt=F("start_on")), name="loan_is_due_after_it_starts"),
            models.CheckConstraint(
                condition=Q(status="paid", paid_off_on__isnull=False) | (~Q(status="paid") & Q(paid_off_on=None)),
                name="loan_paid_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=["borrower", "status"], name="loan_by_borrower")]

    def __str__(self) -> str:
        return self.number

    @property
    def penalty_rate_ppm(self) -> int:
        return self.product.penalty_rate_of(self.annual_rate_ppm)


class ScheduleVersionQuerySet(models.QuerySet["ScheduleVersion"]):
    def standing(self) -> "ScheduleVersionQuerySet":
        """The versions that count, each from its day until the next; in the order of their numbers, that of their days."""
        return self.filter(is_withdrawn=False)


class ScheduleVersion(models.Model):
    """One schedule of a loan. The old one stays when a new one takes effect.

    A prepayment makes a version of its own, which is withdrawn when the payment is reversed: then it never was, as the payment
    never was.
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_on = models.DateField()
    is_current = models.BooleanField(default=True)
    reason = models.CharField(max_length=40, default="original")
    source = models.CharField(max_length=80, blank=True, help_text="what made it: `restructuring.planrequest:12`")
    made_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    payment = models.ForeignKey(
        "lending.Payment",
        models.PROTECT,
        null=True,
        related_name="versions",
        help_text="the prepayment that it follows from",
    )
    keeps = models.CharField(
        max_length=10, blank=True, db_default="", help_text="what a prepayment keeps: instalment, term"
    )
    fee = models.BigIntegerField(default=0, db_default=0, help_text="of a prepayment, within the interest of its row")
    is_withdrawn = models.BooleanField(
        default=False,
        db_default=False,
        help_text="counts for no day: its payment was reversed, it was worked out anew, or it was taken back",
    )
    capitalised = models.BigIntegerField(
        default=0, db_default=0, help_text="interest that became principal over the loan's life up to it, minor units"
    )

    objects = ScheduleVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(is_current=True, is_withdrawn=True), name="withdrawn_is_not_in_force"),
            models.UniqueConstraint(fields=["loan", "number"], name="schedule_versions_are_numbered"),
            models.UniqueConstraint(fields=["loan"], condition=Q(is_current=True), name="one_schedule_in_force"),
            models.CheckConstraint(condition=Q(capitalised__gte=0), name="capitalised_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} v{self.number}"


class Instalment(models.Model):
    """One row of a schedule. `paid_*` and `waived_*` are kept only on the version in force; allocations and waivers are the truth.

    Every payment rewrites rows, so no index looks at what is paid, nor at `open`: then the new row stands on the old one's page
    and no index hears of it (decision 22). The first columns of other indexes serve as those of `version` and `loan`.
    """

    version = models.ForeignKey(ScheduleVersion, models.PROTECT, related_name="rows", db_index=False)
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="instalments", db_index=False)
    is_current = models.BooleanField(default=True)
    n = models.PositiveIntegerField()
    due_on = models.DateField()
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()
    paid_principal = models.BigIntegerField(default=0)
    paid_interest = models.BigIntegerField(default=0)
    waived_principal = models.BigIntegerField(default=0, db_default=0)
    waived_interest = models.BigIntegerField(default=0, db_default=0)
    open = models.GeneratedField(
        expression=F("principal")
        + F("interest")
        - F("paid_principal")
        - F("paid_interest")
        - F("waived_principal")
        - F("waived_interest"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "n"], name="instalments_are_numbered"),
            models.CheckConstraint(
                condition=Q(principal__gte=0, interest__gte=0, paid_principal__gte=0, paid_interest__gte=0),
                name="instalment_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(waived_principal__gte=0, waived_interest__gte=0), name="instalment_waivers_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(
                    paid_principal__lte=F("principal") - F("waived_principal"),
                    paid_interest__lte=F("interest") - F("waived_interest"),
                ),
                name="instalment_is_not_overpaid",
            ),
        ]
        indexes = [
            # read by the nightly close and the reminder planner: what falls due, a few days at a time
            models.Index(fields=["due_on", "loan"], name="instalment_by_due_day", condition=Q(is_current=True)),
            # read by whatever reads a loan: its schedule, its posting, its closing
            models.Index(fields=["loan", "is_current", "n"], name="instalment_of_loan"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} #{self.n}"
