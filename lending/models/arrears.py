"""What a close changes, kept narrow: only loans that are or were in arrears have a row.

What a date implies is never stored: days past due are the business date less `oldest_due_on`, and between two rewritings of
its row a penalty grows by the same amount of its numerator every day.
"""

from datetime import date

from django.db import models
from django.db.models import Q

from lending.models.loans import Loan
from lending.penalty import accrued


class ArrearsQuerySet(models.QuerySet["Arrears"]):
    def past_due(self) -> "ArrearsQuerySet":
        """Of loans past due now that people have to work: not of those written off."""
        return self.filter(oldest_due_on__isnull=False).exclude(loan__status=Loan.Status.WRITTEN_OFF)


class Arrears(models.Model):
    """A loan's standing from `as_of` on, until `holds_until`, in minor units; stays after a cure for the penalty's sake.

    `holds_until` is the first day on which time alone changes more than the linear growth of the penalty; empty: never. On a
    day D from `as_of` up to, not including, it the penalty's numerator is `penalty_numerator` + `penalty_growth` × days since
    `as_of`, the exact sum over days of overdue principal × penalty rate in ppm; penalty accrued is half-up(numerator /
    (1,000,000 × day basis)). Compound interest has a numerator and a growth of its own and is rounded for itself; what is
    accrued, paid and waived of penalty is of both together. `penalty_accrued` is that of `as_of` and equals the sum of the
    loan's accrual rows. `oldest_due_on` is moved on by the days that a pause takes out.
    """

    loan = models.OneToOneField(Loan, models.PROTECT, primary_key=True, related_name="arrears")
    as_of = models.DateField()
    holds_until = models.DateField(null=True)
    oldest_due_on = models.DateField(null=True, help_text="empty when nothing is past due")
    bucket = models.CharField(max_length=3, default="M0")
    overdue_principal = models.BigIntegerField(default=0)
    overdue_interest = models.BigIntegerField(default=0)
    penalty_numerator = models.BigIntegerField(default=0)
    penalty_growth = models.BigIntegerField(default=0, db_default=0)
    compound_numerator = models.BigIntegerField(default=0, db_default=0)
    compound_growth = models.BigIntegerField(default=0, db_default=0)
    penalty_day_basis = models.PositiveSmallIntegerField(default=360, db_default=360, help_text="the product's")
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
            # read by the case floor and the portfolio: loans past due now
            models.Index(fields=["oldest_due_on"], name="arrears_now", condition=Q(oldest_due_on__isnull=False)),
            # read by the close: loans whose day has come
            models.Index(fields=["holds_until"], name="arrears_to_turn", condition=Q(holds_until__isnull=False)),
            # read by the floors above at night: loans that this close changed
            models.Index(fields=["as_of"], name="arrears_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.bucket}"

    def penalty_on(self, on: date) -> int:
        """Penalty accrued up to that day, neither paid nor waived; a row written since tells that of `as_of`."""
        days = max(0, (on - self.as_of).days)
        reached = accrued(self.penalty_numerator + self.penalty_growth * days, self.penalty_day_basis)
        reached += accrued(self.compound_numerator + self.compound_growth * days, self.penalty_day_basis)
        return reached - self.penalty_paid - self.penalty_waived

    def overdue_on(self, on: date) -> int:
        """Everything past due on that day, penalty with it."""
        return self.overdue_principal + self.overdue_interest + self.penalty_on(on)


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
    marks = models.JSONField(null=True, help_text="by table of booked rows, the newest key when the day was closed")

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
