"""What borrowers complain of or dispute, who looks into it, by when it is answered, and what came of it.

Invariants: whoever handles a complaint is not whom it is about, and has never had the borrower's case in hand; steps are only added;
a complaint is answered once, by compare-and-set on its version; a representative is told nothing before a second person has
verified the mandate.
"""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Hold
from lending.models import Borrower, Loan, seen_through
from lending.personal import PersonalField, PersonName
from staff.models import User


class Representative(models.Model):
    """Somebody who speaks for a borrower, and the paper that says so."""

    class Relation(models.TextChoices):
        LAWYER = "lawyer", _("Lawyer")
        FAMILY = "family", _("Family")
        GUARDIAN = "guardian", _("Guardian")
        ADVISER = "adviser", _("Debt adviser")
        OTHER = "other", _("Other person")

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="representatives")
    name = PersonalField(PersonName)
    relation = models.CharField(max_length=10, choices=Relation.choices)
    evidence = models.CharField(max_length=300, help_text="the paper that was seen, and how the borrower confirmed it")
    valid_to = models.DateField(null=True, help_text="last day, included; empty: until it is withdrawn")
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by=None, verified_at=None)
                | (Q(verified_at__isnull=False, verified_by__isnull=False) & ~Q(verified_by=F("noted_by"))),
                name="mandate_is_verified_by_a_second_person",
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    def speaks_on(self, on: date) -> bool:
        """Whether this person may be told of the debt on that day."""
        return self.verified_at is not None and (self.valid_to is None or on <= self.valid_to)


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: Any) -> "ComplaintQuerySet":
        """Those of borrowers whom this person sees, and those that they handle."""
        seen = seen_through("borrower", user)
        return self.filter(seen | Q(handler=user)) if seen else self.all()

    def open(self) -> "ComplaintQuerySet":
        return self.filter(state=Complaint.State.OPEN)


class Complaint(models.Model):
    """A complaint or dispute, from the day it was received until it is answered or taken back."""

    class Kind(models.TextChoices):
        CONDUCT = "conduct", _("How we collect")
        PRIVACY = "privacy", _("Privacy: others were told or called")
        CHARGES = "charges", _("Amount or charges are wrong")
        PAYMENT = "payment", _("A payment is missing")
        NOT_MINE = "not_mine", _("Does not owe this debt")
        HELP_REFUSED = "help_refused", _("Help was refused")
        SERVICE = "service", _("Service")
        CREDIT_REPORT = "credit_report", _("Credit report is wrong")

    class Source(models.TextChoices):
        PHONE = "phone", _("By telephone")
        WRITTEN = "written", _("In writing")
        ONLINE = "online", _("Online")
        REGULATOR = "regulator", _("Through the regulator")
        FUNDER = "funder", _("Through the funder")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("Upheld")
        PART_UPHELD = "part_upheld", _("Upheld in part")
        NOT_UPHELD = "not_upheld", _("Not upheld")

    class Cause(models.TextChoices):
        TRAINING = "training", _("Somebody did not know or follow the rules")
        SYSTEM = "system", _("A fault of the system")
        POLICY = "policy", _("Our own rules are wrong")
        UNCLEAR = "unclear", _("We did not say it clearly")
        AGENCY = "agency", _("An agency or partner")
        LENDER = "lender", _("The lender's data")
        NOT_OURS = "not_ours", _("Nothing went wrong on our side")

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="complaints")
    loan = models.ForeignKey(
        Loan, models.PROTECT, null=True, related_name="complaints", help_text="empty: not about one loan"
    )
    kind = models.CharField(max_length=15, choices=Kind.choices)
    source = models.CharField(max_length=10, choices=Source.choices)
    words = models.TextField(help_text="what they say, as they say it")
    wanted = models.CharField(max_length=500, blank=True, help_text="what would put it right for them")
    received_on = models.DateField()
    about = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="whom it is about")
    representative = models.ForeignKey(Representative, models.PROTECT, null=True, related_name="complaints")
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    key = models.CharField(max_length=64, blank=True, help_text="the idempotency key of the machine that sent it")
    hold = models.ForeignKey(
        Hold, models.PROTECT, null=True, related_name="+", help_text="what stands until the answer"
    )
    handler = models.ForeignKey(User, models.PROTECT, null=True, related_name="complaints_handled")
    due_on = models.DateField(help_text="the last day on which the answer is in time")
    extensions = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    answer = models.TextField(blank=True, help_text="the body of the letter")
    remedy = models.CharField(max_length=500, blank=True, help_text="what we do to put it right")
    ended_on = models.DateField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0, help_text="grows with each step: forms carry it, stale ones lose")

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["taken_by", "key"], condition=~Q(key=""), name="complaint_once_per_key"),
            models.CheckConstraint(
                condition=Q(handler=None) | Q(about=None) | ~Q(handler=F("about")),
                name="complaint_is_not_handled_by_whom_it_is_about",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_on=None, outcome="")
                | Q(state="withdrawn", ended_on__isnull=False, outcome="")
                | (Q(state="answered", ended_on__isnull=False) & ~Q(outcome="") & ~Q(answer="")),
                name="answered_complaint_has_its_answer",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("received_on")), name="complaint_is_due_after_receipt"),
        ]
        indexes = [
            # read by the list of open complaints, the soonest due first
            models.Index(fields=["due_on", "id"], name="complaint_by_due", condition=Q(state="open")),
            # read by the statistics of a period
            models.Index(fields=["received_on"], name="complaint_by_receipt"),
        ]

    def __str__(self) -> str:
        return f"C{self.pk}"


class ComplaintStep(models.Model):
    """What happened to a complaint, in the words of whoever did it."""

    append_only = True

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="steps")
    event = models.CharField(max_length=20)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    facts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.event}"
