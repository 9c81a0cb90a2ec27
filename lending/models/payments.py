"""Money received and what it settled.

Invariants: rows are append-only, refused by the database to be updated or deleted; a mistake is reversed by a row that
points at it; value date and posting time are two columns; the allocations of a payment sum to at most its amount, the rest
is unapplied. A payment whose value date the book has not reached yet has no allocation until that day is closed.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lending.models.loans import Loan


class Payment(models.Model):
    append_only = True

    class Channel(models.TextChoices):
        IMPORT = "import", _("Payment file")
        API = "api", _("Loan system")
        CONSOLE = "console", _("Entered by hand")
        WEBHOOK = "webhook", _("Payment service")
        SUSPENSE = "suspense", _("From suspense")
        LINK = "link", _("Pay link")
        DEBIT = "debit", _("Direct debit")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="payments", db_index=False)
    reference = models.CharField(max_length=80, unique=True)
    value_on = models.DateField()
    amount = models.BigIntegerField(help_text="negative for a reversal")
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    note = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="what whoever entered it said; why it is reversed",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses=None) | Q(amount__lt=0, reverses__isnull=False),
                name="payment_is_positive_or_a_reversal",
            ),
        ]
        indexes = [
            # read by whatever reads a loan; the index of its foreign key as well
            models.Index(fields=["loan", "value_on"], name="payment_of_loan"),
            # read by the close (which money becomes value today) and by the day's takings
            models.Index(fields=["value_on"], name="payment_by_value_day"),
        ]

    def __str__(self) -> str:
        return self.reference


class Allocation(models.Model):
    """A part of a payment that settled a component of an instalment (penalty: of the loan).

    When a later fact changes what an earlier payment settled, the difference is appended with its sign: the sum over
    (payment, instalment, component) is what counts.
    """

    append_only = True

    class Component(models.TextChoices):
        FEE = "fee", _("Fee")
        PENALTY = "penalty", _("Penalty")
        COMPOUND = "compound", _("Interest on interest")
        INTEREST = "interest", _("Interest")
        PRINCIPAL = "principal", _("Principal")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    # the payment's own loan, once more for whoever reads a loan: `verify_ledger` holds it, the payment's key is checked anyway
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="allocations", db_index=False, db_constraint=False)
    n = models.PositiveIntegerField(null=True, help_text="the instalment's number; empty for penalty")
    component = models.CharField(max_length=10, choices=Component.choices)
    amount = models.BigIntegerField()
    booked_on = models.DateField(help_text="the business date on which the row was written")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="allocation_is_not_zero")]
        # read by whatever reads a loan; the index of its foreign key as well
        indexes = [models.Index(F("loan"), F("payment"), name="allocation_of_loan")]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.component} {self.amount}"


class SuspendedPaymentQuerySet(models.QuerySet["SuspendedPayment"]):
    def waiting(self) -> "SuspendedPaymentQuerySet":
        """Money that has no home yet and was not returned either."""
        return self.filter(resolution=None)


class SuspendedPayment(models.Model):
    """Money that came without a loan to put it on: kept until somebody finds its home, never dropped."""

    append_only = True

    reference = models.CharField(max_length=80, unique=True)
    loan_number = models.CharField(max_length=64)
    value_on = models.DateField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=120)
    received_at = models.DateTimeField()

    objects = SuspendedPaymentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reference


class SuspenseResolution(models.Model):
    """How money left suspense, once: onto a loan by a payment of the same reference, or back to whoever paid it."""

    append_only = True

    suspended = models.OneToOneField(SuspendedPayment, models.PROTECT, related_name="resolution")
    payment = models.OneToOneField(
        Payment, models.PROTECT, null=True, related_name="out_of_suspense", help_text="empty for money returned"
    )
    note = models.CharField(max_length=200, blank=True)
    resolved_on = models.DateField(help_text="the business date")
    resolved_at = models.DateTimeField()
    resolved_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False) | (~Q(note="") & Q(resolved_by__isnull=False)),
                name="money_returned_says_by_whom_and_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suspended_id} → {self.payment_id or 'payer'}"


class PaymentEvent(models.Model):
    """What a payment service told us: kept whatever became of it, each event once."""

    append_only = True

    class Outcome(models.TextChoices):
        POSTED = "posted", _("Posted")
        SUSPENDED = "suspended", _("Kept in suspense")
        CONFLICT = "conflict", _("Known with other content")
        KEPT = "kept", _("Kept, no money")

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    loan_number = models.CharField(max_length=64)
    reference = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, blank=True, help_text="empty where the event named none")
    order = models.CharField(
        max_length=24, blank=True, db_default="", help_text="code of the pay link or direct debit it answers"
    )
    detail = models.CharField(max_length=40, blank=True, db_default="", help_text="why a direct debit failed")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="payment_event_once")]
        indexes = [
            # read by the page of ways to pay: what came of a link or a debit
            models.Index(fields=["order"], name="payment_event_of_order", condition=~Q(order="")),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
