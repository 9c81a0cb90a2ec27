"""What the gate answered, what happened then, and what was seen in full."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models.rules import Channel, Purpose
from lending.models import Borrower, ContactPoint, seen_through
from lending.personal import PersonalField, PhoneNumber


class Verdict(models.Model):
    """What the gate answered, kept for every question that was asked in earnest."""

    append_only = True

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="verdicts")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    at = models.DateTimeField()
    allowed = models.BooleanField()
    rule = models.CharField(max_length=60, blank=True, help_text="the code of the rule that decided")
    lawful_at = models.DateTimeField(null=True, help_text="when the same contact becomes lawful; empty: not by waiting")
    asked_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["borrower", "-at"], name="verdict_of_borrower")]

    def __str__(self) -> str:
        return f"{self.borrower_id} {self.channel} {'yes' if self.allowed else self.rule}"


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: Any) -> "ContactQuerySet":
        return self.filter(seen_through("borrower", user))

    def happened(self) -> "ContactQuerySet":
        """Contacts of either direction that were made or may have been."""
        return self.exclude(state=Contact.State.RELEASED)

    def counted(self) -> "ContactQuerySet":
        """What caps count: contacts we began, reserved or made."""
        return self.happened().filter(direction=Contact.Direction.OUT)


class Contact(models.Model):
    """One contact with a borrower: reserved when the gate agrees, completed with what came of it."""

    class Direction(models.TextChoices):
        OUT = "out", _("Outgoing")
        IN = "in", _("Incoming")

    class State(models.TextChoices):
        RESERVED = "reserved", pgettext_lazy("contact", "Reserved")
        MADE = "made", pgettext_lazy("contact", "Made")
        RELEASED = "released", pgettext_lazy("contact", "Not made")

    class Outcome(models.TextChoices):
        RIGHT_PARTY = "right_party", _("Right party")
        OTHER_PERSON = "other_person", _("Other person")
        NO_ANSWER = "no_answer", _("No answer")
        BUSY = "busy", _("Busy")
        INVALID = "invalid", _("Number not in use")
        SENT = "sent", _("Sent")
        UNKNOWN = "unknown", _("Not known")

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="contacts")
    point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="contacts")
    subject = models.CharField(
        max_length=10,
        choices=ContactPoint.Holder.choices,
        default=ContactPoint.Holder.BORROWER,
        db_default=ContactPoint.Holder.BORROWER.value,
        help_text="who was contacted",
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.OUT)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    verdict = models.ForeignKey(Verdict, models.PROTECT, null=True, related_name="contacts")
    at = models.DateTimeField()
    by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="contacts")
    outcome = models.CharField(max_length=15, choices=Outcome.choices, blank=True)
    code = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="the house's own word for the outcome"
    )
    connected = models.BooleanField(default=False)
    flagged = models.CharField(max_length=60, blank=True, help_text="the rule that would have refused it")
    call_id = models.CharField(max_length=80, blank=True)
    seconds = models.PositiveIntegerField(null=True)
    recording = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        indexes = [
            # read by the gate's caps and by the timeline
            models.Index(fields=["borrower", "-at"], name="contact_of_borrower"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.at}"


class InboundCall(models.Model):
    """A call that came in, as the telephony reported it: once by its id, whoever called. An unknown number has no borrower."""

    provider = models.CharField(max_length=40)
    call_id = models.CharField(max_length=80)
    number = PersonalField(PhoneNumber)
    digest = models.CharField(max_length=43, db_index=True)
    contact = models.OneToOneField(Contact, models.PROTECT, null=True, related_name="came_in")
    agent = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+", help_text="whose desk it rang")
    rang_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "call_id"], name="inbound_call_once_by_its_id")]
        indexes = [models.Index(fields=["-rang_at"], name="inbound_call_ringing", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return str(self.number)


CONNECTED_OUTCOMES = [Contact.Outcome.RIGHT_PARTY, Contact.Outcome.OTHER_PERSON]


class Reveal(models.Model):
    """A raw value that somebody asked to see, and why. Counted for the hourly quota; told in the audit record."""

    append_only = True

    user = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="+")
    what = models.CharField(max_length=40, help_text="`name`, `identity` or `point:<id>`")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="reveal_by_user")]

    def __str__(self) -> str:
        return f"{self.what} by {self.user_id}"


class LoopbackCall(models.Model):
    """A call that the demonstration's own telephony placed. Never used in production."""

    key = models.CharField(max_length=64, unique=True, help_text="the idempotency key: the same key is the same call")
    call_id = models.CharField(max_length=32, unique=True)
    to_masked = models.CharField(max_length=40)
    agent = models.CharField(max_length=150)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.call_id
