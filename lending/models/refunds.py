"""Money given back to whoever paid it: asked for by one person, decided by a second.

Invariants: only money that settled nothing is given back; the maker is never the checker, in the service and in the database;
one request of a payment waits at a time and is decided once, by compare-and-set on its state; refunds are append-only.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lending.models.deciding import DecidedByTwo, not_decided_by_its_maker
from lending.models.parties import Borrower
from lending.models.payments import Payment
from lending.scope import borrowers_of
from staff.models import User


class RefundRequestQuerySet(models.QuerySet["RefundRequest"]):
    def visible_to(self, user: Any) -> "RefundRequestQuerySet":
        return self.filter(payment__loan__borrower__in=Borrower.objects.filter(borrowers_of(user)))

    def waiting(self) -> "RefundRequestQuerySet":
        return self.filter(state=RefundRequest.State.WAITING)

    def waiting_for(self, user: Any) -> "RefundRequestQuerySet":
        """What waits for this person: asked for by somebody else."""
        return self.visible_to(user).waiting().exclude(maker=user)


class RefundRequest(DecidedByTwo):
    """What is to go back of a payment, and how, in minor units of its currency."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a decision")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refund_requests")
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_on = models.DateField()

    objects = RefundRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state="waiting"), name="one_refund_waits_at_a_time"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_asked_is_positive"),
            not_decided_by_its_maker("refund_is_not_decided_by_its_maker"),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "rejected"], checker__isnull=False, decided_at__isnull=False)
                | Q(state="waiting", checker=None),
                name="refund_decided_has_its_checker",
            ),
        ]
        # read by the list of what waits
        indexes = [models.Index(fields=["made_at"], name="refunds_that_wait", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"refund of {self.payment_id}"


class Refund(models.Model):
    """Money given back on day `on`; from then on the payment counts less it. People are copied so that the database can compare."""

    append_only = True

    request = models.OneToOneField(RefundRequest, models.PROTECT, related_name="refund")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    on = models.DateField()
    reference = models.CharField(max_length=80, unique=True)
    reason = models.CharField(max_length=300)
    maker = models.ForeignKey(User, models.PROTECT, related_name="+")
    checker = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_positive"),
            models.CheckConstraint(condition=~Q(maker=F("checker")), name="refund_maker_is_not_checker"),
        ]

    def __str__(self) -> str:
        return self.reference
