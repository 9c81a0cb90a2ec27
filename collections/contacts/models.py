"""May this person be contacted, and what happened when they were.

Invariants: nothing leaves the console without a verdict, and every verdict is kept; a contact that happened is always in
the log; caps are counted over `Contact` rows, reserved before the contact is made; rules are dated data with a source.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.models import Borrower, ContactPoint, seen_through


class Channel(models.TextChoices):
    CALL = "call", pgettext_lazy("channel", "Call")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    VISIT = "visit", _("Visit")


class Purpose(models.TextChoices):
    """Why a contact is made: an opt-out stops reminders, not what was asked for or what the law has the lender say."""

    REMINDER = "reminder", _("Reminder before the due day")
    DEMAND = "demand", _("Demand after the due day")
    SERVICE = "service", _("Answer to the borrower's own request")
    LEGAL = "legal", _("Notice required by law")


class ContactRule(models.Model):
    """One rule of the gate, as dated data: what it limits, by how much, from when, and where it is written."""

    class Kind(models.TextChoices):
        WINDOW = "window", _("Quiet hours")
        CAP = "cap", _("Cap")

    class Standing(models.TextChoices):
        LAW = "law", _("Law or national standard")
        SELF_REGULATION = "self_regulation", _("Self-regulation")
        HOUSE = "house", _("House rule")

    class Unit(models.TextChoices):
        ATTEMPT = "attempt", _("dialled")
        CONNECTED = "connected", _("connected")
        MESSAGE = "message", _("messages")

    rule_set = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    standing = models.CharField(max_length=16, choices=Standing.choices)
    channels = models.JSONField(default=list, help_text="channels it binds; empty for all")
    quiet_from = models.TimeField(null=True, help_text="local time of the person at which contact must stop")
    quiet_to = models.TimeField(null=True, help_text="local time at which it may begin again")
    unit = models.CharField(max_length=10, choices=Unit.choices, blank=True)
    max_count = models.PositiveIntegerField(null=True)
    period_days = models.PositiveIntegerField(
        default=1, help_text="calendar days of the person's own zone, today included"
    )
    text = models.CharField(max_length=300)
    text_zh = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "code", "valid_from"], name="contact_rule_once_from_a_day"),
            models.CheckConstraint(
                condition=Q(kind="window", quiet_from__isnull=False, quiet_to__isnull=False)
                | Q(kind="cap", max_count__isnull=False),
                name="contact_rule_says_its_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class OptOut(models.Model):
    """A borrower's wish not to be reached through a channel for optional reminders. Withdrawn by a second date."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="opt_outs")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=200, blank=True)
    noted_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["borrower", "channel"], condition=Q(to_at=None), name="one_open_opt_out_per_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.borrower_id} {self.channel}"


class Hold(models.Model):
    """A reason for which a borrower is left in peace, with its days."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("Dispute")
        COMPLAINT = "complaint", _("Complaint")
        BEREAVEMENT = "bereavement", _("Bereavement")
        ILLNESS = "illness", _("Illness")
        STOP = "stop", _("Stop collection")
        MORATORIUM = "moratorium", _("Statutory moratorium")

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    from_on = models.DateField()
    to_on = models.DateField(null=True, help_text="last day, included; empty until it is lifted")
    placed_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["borrower", "kind"], condition=Q(lifted_at=None), name="one_open_hold_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="hold_lifted_by_somebody",
            ),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="hold_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.borrower_id} {self.kind}"


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

    def counted(self) -> "ContactQuerySet":
        """What caps count: contacts we began, reserved or made."""
        return self.filter(direction=Contact.Direction.OUT).exclude(state=Contact.State.RELEASED)


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
    channel = models.CharField(max_length=10, choices=Channel.choices)
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.OUT)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    verdict = models.ForeignKey(Verdict, models.PROTECT, null=True, related_name="contacts")
    at = models.DateTimeField()
    by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="contacts")
    outcome = models.CharField(max_length=15, choices=Outcome.choices, blank=True)
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
