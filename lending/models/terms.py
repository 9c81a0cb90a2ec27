"""What the book rests on, as dated data: the terms of funders, and the changes that two people make to any of it.

Invariants: the maker of a change is never its checker, in the service and in the database; of one subject one change of a
kind waits at a time; a change is decided once, by compare-and-set on its state. Versions are only added, never edited.
"""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lending.lenders import LenderKind
from lending.models.deciding import DecidedByTwo, not_decided_by_its_maker
from lending.models.loans import Loan
from lending.models.parties import Borrower
from lending.models.products import Funder
from lending.scope import borrowers_of
from staff.models import User


class ChangeQuerySet(models.QuerySet["Change"]):
    def visible_to(self, user: Any) -> "ChangeQuerySet":
        """Changes of terms, and those of loans whose borrower this user sees."""
        return self.filter(Q(loan=None) | Q(loan__borrower__in=Borrower.objects.filter(borrowers_of(user))))

    def waiting(self) -> "ChangeQuerySet":
        return self.filter(state=Change.State.WAITING)


class Change(DecidedByTwo):
    """A change put forward by one person and decided by a second; `content` is exactly what takes effect."""

    class Kind(models.TextChoices):
        PRODUCT = "product", _("Product terms")
        FUNDER = "funder", _("Funder terms")
        SHARES = "shares", _("Funders' shares")
        GUARANTEE = "guarantee", _("Guarantee")
        GUARANTOR_PAYMENT = "guarantor_payment", _("Guarantor paid")
        GUARANTOR_REVERSAL = "guarantor_reversal", _("Guarantor's payment reversed")
        FEE = "fee", _("Cost charged")
        FEE_WAIVER = "fee_waiver", _("Cost given up")
        CONTACT_RULES = "contact_rules", _("Contact rules")
        SCRIPT = "script", _("Call script")
        NEXT_STEP = "next_step", _("Next step")
        STAGES = "stages", _("Stages")
        MERGE = "merge", _("Records of one borrower")
        AGENCY = "agency", _("Agency terms")
        APPROVAL_LIMITS = "approval_limits", _("Approval limits")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a decision")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject = models.CharField(max_length=120, help_text="the code or loan number that it is about")
    loan = models.ForeignKey(Loan, models.PROTECT, null=True, related_name="+")
    from_on = models.DateField()
    content = models.JSONField()
    words = models.CharField(max_length=300)
    payload_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="waiting"), name="one_change_waits_at_a_time"
            ),
            not_decided_by_its_maker("change_is_not_decided_by_its_maker"),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "rejected"], checker__isnull=False, decided_at__isnull=False)
                | Q(state__in=["waiting", "withdrawn"], checker=None),
                name="change_decided_has_its_checker",
            ),
        ]
        indexes = [models.Index(fields=["made_at"], name="changes_that_wait", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class FunderVersion(models.Model):
    """A funder's name, signature and rights from a day on, until its next version.

    `rights` says by instrument (`lending.rights.Instrument`) what may be done with its claims without asking; what it does
    not name is free.
    """

    append_only = True

    funder = models.ForeignKey(Funder, models.PROTECT, related_name="versions")
    valid_from = models.DateField()
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    signature = models.CharField(max_length=40)
    signature_zh = models.CharField(max_length=40, blank=True)
    service_phone = models.CharField(max_length=40, blank=True)
    lender_kind = models.CharField(
        max_length=20,
        choices=LenderKind.choices,
        blank=True,
        default=LenderKind.UNKNOWN,
        db_default=LenderKind.UNKNOWN.value,
    )
    rights = models.JSONField(default=dict)
    change = models.OneToOneField(Change, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["funder", "valid_from"], name="funder_terms_once_from_a_day")]

    def __str__(self) -> str:
        return self.name_in(get_language() or "")

    def name_in(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") and self.name_zh else self.name


class FunderConsent(models.Model):
    """A funder said yes to exactly the plan or waiver whose payload has this hash."""

    append_only = True

    funder = models.ForeignKey(Funder, models.PROTECT, related_name="+")
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="+")
    payload_hash = models.CharField(max_length=64)
    given_on = models.DateField()
    reference = models.CharField(max_length=120, help_text="its letter, mail or ticket")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payload_hash", "funder"], name="funder_consents_once_to_a_payload")
        ]

    def __str__(self) -> str:
        return f"{self.funder_id} {self.reference}"
