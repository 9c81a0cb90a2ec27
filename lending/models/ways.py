"""Money that is asked for: pay links, and direct debits under a borrower's consent.

Invariants: a link or a debit asks for one exact amount and is answered by one payment at most; its state changes by
compare-and-set; a loan has one open link and one open debit, and one debit a day, at most; a debit has a mandate.
"""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lending.models.loans import Loan
from lending.models.parties import Borrower
from lending.models.payments import Payment
from lending.personal import AccountNumber, PersonalField
from lending.scope import borrowers_of
from staff.models import User

CODE_MAX = 24


class PayLinkQuerySet(models.QuerySet["PayLink"]):
    def visible_to(self, user: Any) -> "PayLinkQuerySet":
        return self.filter(loan__borrower__in=Borrower.objects.filter(borrowers_of(user)))

    def open(self) -> "PayLinkQuerySet":
        return self.filter(state=PayLink.State.OPEN)

    def past(self, at: datetime) -> "PayLinkQuerySet":
        """Open ones whose time is over."""
        return self.open().filter(expires_at__lte=at)

    def untold(self, machine_at: datetime) -> "PayLinkQuerySet":
        """Those whose state the provider does not know yet and may be told now."""
        new = Q(state=PayLink.State.OPEN, told="")
        void = Q(state=PayLink.State.CANCELLED, told=PayLink.State.OPEN)
        return self.filter(new | void).filter(Q(retry_at=None) | Q(retry_at__lte=machine_at))


class PayLink(models.Model):
    """A page at the payment provider on which one exact amount can be paid once; `code` also serves as a reference.

    `told` is the state that the provider has been told: it makes the page on `open` and closes it on `cancelled`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Awaiting payment")
        PAID = "paid", _("Paid")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    class Covers(models.TextChoices):
        INSTALMENT = "instalment", _("Oldest instalment due")
        DUE = "due", _("All that is due")
        PAYOFF = "payoff", _("Pay-off")
        OTHER = "other", _("Other amount")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="pay_links")
    code = models.CharField(max_length=CODE_MAX, unique=True)
    covers = models.CharField(max_length=10, choices=Covers.choices)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=40, blank=True, help_text="why it was cancelled, as a code")
    url = models.CharField(max_length=500, blank=True)
    told = models.CharField(max_length=10, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="pay_link")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = PayLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="pay_link_asks_for_something"),
            models.CheckConstraint(
                condition=Q(state="paid", payment__isnull=False) | (~Q(state="paid") & Q(payment=None)),
                name="pay_link_paid_has_its_payment",
            ),
            models.UniqueConstraint(fields=["loan"], condition=Q(state="open"), name="one_open_pay_link_per_loan"),
        ]
        indexes = [
            # read by the pulse: what the provider does not know yet
            models.Index(
                fields=["retry_at"],
                name="pay_link_untold",
                condition=Q(state="open", told="") | Q(state="cancelled", told="open"),
            ),
            # read by the pulse: what runs out
            models.Index(fields=["expires_at"], name="pay_link_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.code


class Mandate(models.Model):
    """A borrower's consent to debits from an account: from a day, until it is revoked by them or ended by the bank."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="mandates")
    account = PersonalField(AccountNumber)
    account_digest = models.CharField(max_length=43)
    bank = models.CharField(max_length=60)
    evidence = models.CharField(max_length=200, help_text="where the consent can be seen or heard")
    from_on = models.DateField()
    tries_a_month_max = models.PositiveSmallIntegerField(default=3, help_text="debits of a loan in a calendar month")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", help_text="empty: the bank said so"
    )
    revoked_words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["borrower", "account_digest"], condition=Q(revoked_at=None), name="one_mandate_per_account"
            ),
            models.CheckConstraint(condition=Q(tries_a_month_max__gt=0), name="mandate_allows_something"),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.account}"


class DebitQuerySet(models.QuerySet["Debit"]):
    def visible_to(self, user: Any) -> "DebitQuerySet":
        return self.filter(loan__borrower__in=Borrower.objects.filter(borrowers_of(user)))

    def due(self, machine_at: datetime) -> "DebitQuerySet":
        """What waits to be sent."""
        return self.filter(state=Debit.State.DUE).filter(Q(retry_at=None) | Q(retry_at__lte=machine_at))

    def abandoned(self, machine_at: datetime) -> "DebitQuerySet":
        """What a worker took and never finished."""
        return self.filter(state=Debit.State.SENDING, lease_until__lte=machine_at)

    def for_people(self) -> "DebitQuerySet":
        """What only a person can settle: nobody knows what became of it, or it was returned and its payment could not be."""
        stands = Q(state=Debit.State.RETURNED, payment__reversed_by=None, ended_by=None)
        return self.filter(Q(state=Debit.State.UNKNOWN) | stands)


class Debit(models.Model):
    """One request to take an amount from the account of a mandate; `is_doubtful` once a call may have reached the provider.

    One that was paid may be returned: the bank took the money back, and its payment is reversed with it.
    """

    class State(models.TextChoices):
        DUE = "due", _("Waits to be sent")
        SENDING = "sending", _("Being sent")
        ASKED = "asked", _("With the bank")
        SUCCEEDED = "succeeded", _("Paid")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Nobody knows")
        CANCELLED = "cancelled", _("Not sent")
        RETURNED = "returned", _("Returned by the bank")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="debits")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="debits")
    code = models.CharField(max_length=CODE_MAX, unique=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    local_day = models.DateField(help_text="the borrower's own day")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    reason = models.CharField(max_length=40, blank=True, help_text="why it failed or was not sent, as a code")
    is_doubtful = models.BooleanField(default=False)
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="debit")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = DebitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="debit_asks_for_something"),
            models.CheckConstraint(
                condition=Q(state__in=["succeeded", "returned"], payment__isnull=False)
                | (~Q(state__in=["succeeded", "returned"]) & Q(payment=None)),
                name="debit_succeeded_has_its_payment",
            ),
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(state__in=["due", "sending", "asked", "unknown"]),
                name="one_open_debit_per_loan",
            ),
            models.UniqueConstraint(
                fields=["loan", "local_day"], condition=~Q(state="cancelled"), name="one_debit_a_day_per_loan"
            ),
        ]
        indexes = [
            # read by the pulse: what waits to be sent, and what a dead worker left
            models.Index(fields=["state", "retry_at"], name="debit_to_send", condition=Q(state__in=["due", "sending"])),
        ]

    def __str__(self) -> str:
        return self.code


OPEN_DEBITS = frozenset({Debit.State.DUE, Debit.State.SENDING, Debit.State.ASKED, Debit.State.UNKNOWN})
"""States in which money may still come of a debit."""


class LoopbackOrder(models.Model):
    """What the demonstration's own payment provider was told; it keeps no account number."""

    class State(models.TextChoices):
        OPEN = "open", _("Awaiting payment")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    code = models.CharField(max_length=CODE_MAX, unique=True)
    token = models.CharField(max_length=43, unique=True)
    is_debit = models.BooleanField()
    facts = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer_at = models.DateTimeField(null=True, help_text="when a debit is answered, or a payment happened")
    is_told = models.BooleanField(default=False)

    class Meta:
        indexes = [
            # read by the pulse: answers that have not been told yet
            models.Index(fields=["answer_at"], name="loopback_order_untold", condition=Q(is_told=False)),
        ]

    def __str__(self) -> str:
        return self.code
