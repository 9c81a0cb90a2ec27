"""Debt given up: asked for by one person, decided by a second, in effect from the day of the decision.

Invariants: the maker is never the checker, in the service and in the database; one request of a loan waits at a time; a
request is decided once, by compare-and-set on its state; waivers and write-offs are append-only. A waiver ends that part of
the debt (Civil Code of China, article 575). A write-off ends none of it: the lender gives up expecting the money, and what
comes in later is recovered.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lending.models.deciding import DecidedByTwo, not_decided_by_its_maker
from lending.models.loans import Loan
from lending.models.parties import seen_through
from staff.models import Role, User

MAKER_IS_NOT_CHECKER = ~Q(maker=F("checker"))


class WaiverRequestQuerySet(models.QuerySet["WaiverRequest"]):
    def visible_to(self, user: Any) -> "WaiverRequestQuerySet":
        return self.filter(seen_through("loan__borrower", user))

    def waiting(self) -> "WaiverRequestQuerySet":
        return self.filter(state=WaiverRequest.State.WAITING)


class WaiverRequest(DecidedByTwo):
    """What is asked to be waived of each component, or to be written off, beside what was open then; minor units."""

    class Kind(models.TextChoices):
        WAIVER = "waiver", _("Waiver")
        WRITE_OFF = "write_off", _("Write-off")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a decision")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Reason(models.TextChoices):
        HARDSHIP = "hardship", _("Hardship")
        SETTLEMENT = "settlement", _("Settled for less")
        OUR_MISTAKE = "our_mistake", _("Our own mistake")
        COMPLAINT = "complaint", _("Complaint upheld")
        DECEASED = "deceased", _("Borrower deceased")
        FRAUD = "fraud", _("Fraud by a third party")
        UNCOLLECTABLE = "uncollectable", _("Nothing left to collect")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="waiver_requests")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WAIVER)
    reason = models.CharField(max_length=15, choices=Reason.choices)
    words = models.CharField(max_length=500)
    penalty = models.BigIntegerField(default=0)
    interest = models.BigIntegerField(default=0)
    principal = models.BigIntegerField(default=0)
    open_penalty = models.BigIntegerField()
    open_interest = models.BigIntegerField()
    open_principal = models.BigIntegerField()
    payload_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_on = models.DateField()

    objects = WaiverRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loan"], condition=Q(state="waiting"), name="one_waiver_waits_at_a_time_per_loan"
            ),
            models.CheckConstraint(
                condition=Q(penalty__gte=0, interest__gte=0, principal__gte=0)
                & (Q(penalty__gt=0) | Q(interest__gt=0) | Q(principal__gt=0)),
                name="waiver_asks_for_something",
            ),
            models.CheckConstraint(
                condition=Q(
                    penalty__lte=F("open_penalty"),
                    interest__lte=F("open_interest"),
                    principal__lte=F("open_principal"),
                ),
                name="waiver_asks_for_no_more_than_was_open",
            ),
            not_decided_by_its_maker("waiver_is_not_decided_by_its_maker"),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "rejected"], checker__isnull=False, decided_at__isnull=False)
                | Q(state__in=["waiting", "withdrawn"], checker=None),
                name="waiver_decided_has_its_checker",
            ),
        ]
        indexes = [models.Index(fields=["made_at"], name="waivers_that_wait", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.kind} of {self.loan_id}"

    @property
    def amount(self) -> int:
        return self.penalty + self.interest + self.principal


class Waiver(models.Model):
    """Part of the debt given up from day `on`, that day included; `maker` is copied so that the database can compare."""

    append_only = True

    class Component(models.TextChoices):
        PENALTY = "penalty", _("Penalty")
        INTEREST = "interest", _("Interest")
        PRINCIPAL = "principal", _("Principal")

    request = models.ForeignKey(WaiverRequest, models.PROTECT, related_name="waivers")
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="waivers")
    on = models.DateField()
    component = models.CharField(max_length=10, choices=Component.choices)
    n = models.PositiveIntegerField(null=True, help_text="the instalment's number; empty: the oldest open ones")
    amount = models.BigIntegerField()
    maker = models.ForeignKey(User, models.PROTECT, related_name="+")
    checker = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "component"], name="waiver_takes_effect_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="waiver_is_positive"),
            models.CheckConstraint(condition=MAKER_IS_NOT_CHECKER, name="waiver_maker_is_not_checker"),
        ]
        # read by the close: whose standing a waiver changes on that day
        indexes = [models.Index(fields=["on"], name="waiver_by_day")]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.component} {self.amount}"


class WriteOff(models.Model):
    """A loan given up on day `on` with what was open of it then; it stays owed."""

    append_only = True

    request = models.OneToOneField(WaiverRequest, models.PROTECT, related_name="write_off")
    loan = models.OneToOneField(Loan, models.PROTECT, related_name="write_off")
    on = models.DateField()
    penalty = models.BigIntegerField()
    interest = models.BigIntegerField()
    principal = models.BigIntegerField()
    maker = models.ForeignKey(User, models.PROTECT, related_name="+")
    checker = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=MAKER_IS_NOT_CHECKER, name="write_off_maker_is_not_checker"),
        ]

    def __str__(self) -> str:
        return f"write-off of {self.loan_id}"

    @property
    def amount(self) -> int:
        return self.penalty + self.interest + self.principal


class WaiverLimit(models.Model):
    """How far a role may decide, as dated data: up to the share or up to the amount, whichever is more.

    `share_max_ppm` is of all that was ever open of the component, `amount_max` minor units of the loan's own currency; both
    count what was waived of the loan before. `maker_role`, where given, is the role that whoever asks must have: that is how
    two people of weight decide as a committee.
    """

    class What(models.TextChoices):
        PENALTY = "penalty", _("Penalty")
        INTEREST = "interest", _("Interest")
        PRINCIPAL = "principal", _("Principal")
        WRITE_OFF = "write_off", _("Write-off")

    role = models.CharField(max_length=20, choices=Role.choices)
    what = models.CharField(max_length=10, choices=What.choices)
    maker_role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    share_max_ppm = models.BigIntegerField()
    amount_max = models.BigIntegerField()
    text = models.CharField(max_length=200)
    text_zh = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "what", "maker_role", "valid_from"], name="waiver_limit_once_from_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.what}"
