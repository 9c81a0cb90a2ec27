"""What the portfolio was, as each night found it: never reckoned again, so a later fact leaves the past as it was known.

The night of a day stands at its beginning, so the night of the first of a month is the end of the month before. A bucket is
one of the house's, or for a loan no longer active its status: `paid`, `written_off`. Funders and products are kept by their
codes, amounts in minor units.
"""

from django.db import models

from lending.models import Loan

BUCKET_MAX = 12


class Snapshot(models.Model):
    """The loans that had begun before a day, by what people ask for: `cohort` is the first day of the month they began in.

    `lent` is their whole principal, `principal` what is left of it, `overdue` what is past due of those that people work,
    penalty included.
    """

    append_only = True

    on = models.DateField()
    currency = models.CharField(max_length=3)
    funder = models.SlugField(max_length=40, db_index=False)
    product = models.SlugField(max_length=40, db_index=False)
    cohort = models.DateField()
    bucket = models.CharField(max_length=BUCKET_MAX)
    loans = models.PositiveIntegerField()
    lent = models.BigIntegerField()
    principal = models.BigIntegerField()
    overdue = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["on", "currency", "funder", "product", "cohort", "bucket"], name="snapshot_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.funder} {self.product} {self.cohort:%Y-%m} {self.bucket}"


class MonthEnd(models.Model):
    """Where a loan stood as a month ended, if it was in arrears then or at the end of the month before, or was given up.

    A loan without a row was current at both, paid off, or had not begun. `before` is the bucket of the month before, empty where no end
    of that month was written down or the loan had not begun; `collected` the money of the month's value days.
    """

    append_only = True

    on = models.DateField(help_text="the first day of the month after")
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="month_ends", db_index=False)
    before = models.CharField(max_length=BUCKET_MAX, blank=True)
    bucket = models.CharField(max_length=BUCKET_MAX)
    principal = models.BigIntegerField()
    collected = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["on", "loan"], name="month_end_once_a_loan")]

    def __str__(self) -> str:
        return f"{self.on} {self.loan_id}: {self.before or '-'} to {self.bucket}"


class Roll(models.Model):
    """The rows of `MonthEnd` in sums: what a page reads of many months at once."""

    append_only = True

    on = models.DateField(help_text="the first day of the month after")
    currency = models.CharField(max_length=3)
    funder = models.SlugField(max_length=40, db_index=False)
    product = models.SlugField(max_length=40, db_index=False)
    before = models.CharField(max_length=BUCKET_MAX, blank=True)
    bucket = models.CharField(max_length=BUCKET_MAX)
    loans = models.PositiveIntegerField()
    principal = models.BigIntegerField()
    collected = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["on", "currency", "funder", "product", "before", "bucket"], name="roll_once_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.funder} {self.product}: {self.before or '-'} to {self.bucket}"


class Flow(models.Model):
    """An amount or a number of things that a day brought; what belongs to borrowers has neither currency, funder nor product."""

    append_only = True

    class Name(models.TextChoices):
        DUE = "due"
        MISSED = "missed"
        FIRST_DUE = "first_due"
        FIRST_MISSED = "first_missed"
        FIRST_MISSED_7 = "first_missed_7"
        FIRST_MISSED_30 = "first_missed_30"
        PROMISE_KEPT = "promise_kept"
        PROMISE_BROKEN = "promise_broken"
        RIGHT_PARTY = "right_party_contact"
        OTHER_PARTY = "wrong_person"
        NUMBER_GONE = "number_gone"
        NO_ANSWER = "no_answer"

    on = models.DateField(help_text="the day that it is about, whenever it was known")
    name = models.CharField(max_length=20, choices=Name.choices)
    currency = models.CharField(max_length=3, blank=True)
    funder = models.SlugField(max_length=40, blank=True, db_index=False)
    product = models.SlugField(max_length=40, blank=True, db_index=False)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["on", "name", "currency", "funder", "product"], name="flow_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name} {self.amount}"
