"""What each night changes, kept narrow: only loans that are or were in arrears have a row.

Days past due are never stored: they are the business date less `oldest_due_on`.
"""

from django.db import models
from django.db.models import Q

from lending.models.loans import Loan


class ArrearsQuerySet(models.QuerySet["Arrears"]):
    def past_due(self) -> "ArrearsQuerySet":
        """Of loans past due now that people have to work: not of those written off."""
        return self.filter(oldest_due_on__isnull=False).exclude(loan__status=Loan.Status.WRITTEN_OFF)


class Arrears(models.Model):
    """A loan's standing as of `as_of`, in minor units; stays after a cure for the sake of the penalty numerator.

    `penalty_numerator` is the exact sum over days of overdue principal × penalty rate in ppm; `penalty_accrued` is
    half-up(numerator / (1,000,000 × day basis)) and equals the sum of the loan's accrual rows.
    """

    loan = models.OneToOneField(Loan, models.PROTECT, primary_key=True, related_name="arrears")
    as_of = models.DateField()
    oldest_due_on = models.DateField(null=True, help_text="empty when nothing is past due")
    bucket = models.CharField(max_length=3, default="M0")
    overdue_principal = models.BigIntegerField(default=0)
    overdue_interest = models.BigIntegerField(default=0)
    penalty_numerator = models.BigIntegerField(default=0)
    penalty_accrued = models.BigIntegerField(default=0)
    penalty_paid = models.BigIntegerField(default=0)
    penalty_waived = models.BigIntegerField(default=0, db_default=0)

    objects = ArrearsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(overdue_principal__gte=0, overdue_interest__gte=0, penalty_accrued__gte=0),
                name="arrears_are_not_negative",
            ),
        ]
        indexes = [
            # read by the close, the case floor and the portfolio: loans past due now
            models.Index(fields=["oldest_due_on"], name="arrears_now", condition=Q(oldest_due_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.bucket}"

    @property
    def penalty(self) -> int:
        return self.penalty_accrued - self.penalty_paid - self.penalty_waived

    @property
    def overdue(self) -> int:
        return self.overdue_principal + self.overdue_interest + self.penalty


class PenaltyAccrual(models.Model):
    """Penalty that accrued over days [from_on, to_on): the difference of two rounded cumulative sums, so may be negative."""

    append_only = True

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="penalty_accruals")
    from_on = models.DateField()
    to_on = models.DateField()
    amount = models.BigIntegerField()
    booked_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["loan", "to_on"], name="penalty_of_loan")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.to_on} {self.amount}"


class ClosedDay(models.Model):
    """A business day that every floor has closed. The newest one is the business date."""

    day = models.DateField(primary_key=True)
    closed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.day.isoformat()


class ClosingStep(models.Model):
    """A step of the nightly run that is done for a day: a restart skips it."""

    day = models.DateField()
    step = models.CharField(max_length=40)
    done_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "step"], name="closing_step_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.step}"


class ParkedLoan(models.Model):
    """A loan that the nightly run could not take, with the reason; it never stops the run."""

    day = models.DateField()
    step = models.CharField(max_length=40)
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "step", "loan"], name="loan_parked_once_a_day")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.day}: {self.reason}"
