"""Reminders: decided once, sent once.

Invariants: a second decision of a policy for the same borrower, creditor and local day is impossible, whatever a version
published in between calls its steps (unique key); a row is claimed by compare-and-set with a lease and a token; an attempt row is committed before the gateway is
called; only the holder of the token may finish the row; every try of a message carries the same key and the same text.

`due_at` and `local_day` are the world's time, which a demonstration may set; leases and waits run on the machine's own
clock (`audit.clock.machine_now`), because they measure processes.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunning.texts import MessageText
from lending.models import Borrower, ContactPoint, Funder, Loan, seen_through
from lending.personal import PersonalField

BY_HAND = "by_hand"
"""The policy of a message that a person writes: its step is the form's one-time key."""


class Policy(models.Model):
    """A ladder of reminders. One policy code may have several versions; the newest in force plans."""

    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="policy_versions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class PolicyStep(models.Model):
    """So many days before (negative) or after the due day of the oldest unpaid instalment, by this channel and text."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="steps")
    code = models.CharField(max_length=20)
    offset_days = models.IntegerField()
    channel = models.CharField(max_length=10, default="sms")
    template = models.CharField(max_length=40, help_text="code of the text")
    send_at = models.TimeField(help_text="local time of the borrower")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "code"], name="policy_step_named_once"),
            models.UniqueConstraint(fields=["policy", "offset_days"], name="policy_step_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.code}"


class Template(models.Model):
    """A text in one language, with named variables."""

    code = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    purpose = models.CharField(max_length=10)
    name = models.CharField(max_length=80)
    text = models.TextField()
    by_hand = models.BooleanField(default=False, help_text="offered to people for a message of their own")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "language"], name="template_once_per_language")]

    def __str__(self) -> str:
        return f"{self.code} {self.language}"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: Any) -> "ReminderQuerySet":
        return self.filter(seen_through("borrower", user))

    def due(self, at: datetime, machine_at: datetime) -> "ReminderQuerySet":
        """What may be claimed now."""
        ready = Q(retry_at=None) | Q(retry_at__lte=machine_at)
        return self.filter(ready, state=Reminder.State.DUE, due_at__lte=at)

    def abandoned(self, machine_at: datetime) -> "ReminderQuerySet":
        """What somebody claimed and did not finish within the lease."""
        return self.filter(state=Reminder.State.SENDING, lease_until__lt=machine_at)

    def held_by(self, held: Mapping[int, int]) -> "ReminderQuerySet":
        """Those of these rows (id to token) that still belong to the holder of the token; locked."""
        by_token: dict[int, list[int]] = defaultdict(list)
        for pk, token in held.items():
            by_token[token].append(pk)
        mine = Q(pk__in=[])
        for token, pks in by_token.items():
            mine |= Q(pk__in=pks, token=token)
        return self.filter(mine, state=Reminder.State.SENDING).order_by("pk").select_for_update(of=("self",))


class Reminder(models.Model):
    """A row of the outbox: one message that is owed to one borrower on behalf of one creditor."""

    class State(models.TextChoices):
        DUE = "due", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        REFUSED = "refused", _("Refused by the gate")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown, for a person to settle")
        CANCELLED = "cancelled", _("No longer needed")

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="reminders")
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="reminders")
    policy = models.CharField(max_length=40, help_text="code of the policy, or `by_hand`")
    policy_version = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=40, help_text="code of the step; for a message by hand its one-time key")
    channel = models.CharField(max_length=10)
    local_day = models.DateField()
    purpose = models.CharField(max_length=10)
    template = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, related_name="reminders")
    contact_id = models.BigIntegerField(null=True, help_text="the slot that the gate reserved at sending")
    message_id = models.CharField(max_length=64, unique=True, help_text="the idempotency key of every try")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True, help_text="machine time before which no further try is made")
    lease_until = models.DateTimeField(null=True, help_text="machine time until which the claim holds")
    token = models.PositiveIntegerField(default=0, help_text="grows with each claim: a stale holder loses")
    text = PersonalField(MessageText, null=True, help_text="set at the first try, so that each try says the same")
    provider_id = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=120, blank=True)
    run = models.CharField(max_length=32, blank=True, help_text="the planning call that wrote it")
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["borrower", "funder", "policy", "local_day"],
                condition=~Q(policy=BY_HAND),
                name="reminder_is_decided_once",
            ),
        ]
        indexes = [
            # read by the sender: what is due, and what a dead worker left behind
            models.Index(fields=["due_at"], name="reminder_due", condition=Q(state="due")),
            models.Index(fields=["lease_until"], name="reminder_sending", condition=Q(state="sending")),
            models.Index(F("state"), F("due_at").desc(), name="reminder_by_state"),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def is_by_hand(self) -> bool:
        return self.policy == BY_HAND


class ReminderLine(models.Model):
    """A loan and instalment that a message covers, with what was open when it was planned."""

    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="lines")
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="+")
    n = models.PositiveIntegerField()
    due_on = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reminder", "loan", "n"], name="reminder_line_once")]

    def __str__(self) -> str:
        return f"{self.reminder_id} {self.loan_id} #{self.n}"


class Attempt(models.Model):
    """A try to send, committed before the gateway is called."""

    class Result(models.TextChoices):
        BEGUN = "begun", _("Begun")
        ACCEPTED = "accepted", _("Taken by the gateway")
        AMBIGUOUS = "ambiguous", _("Ambiguous")
        NOT_SENT = "not_sent", _("Did not leave")

    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="attempts")
    token = models.PositiveIntegerField()
    at = models.DateTimeField()
    text_digest = models.CharField(max_length=64)
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.BEGUN)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reminder", "token"], name="attempt_once_per_token")]

    def __str__(self) -> str:
        return f"{self.reminder_id}/{self.token}"


class Receipt(models.Model):
    """What a gateway told us afterwards; each event counts once."""

    append_only = True

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    message_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=40, blank=True, help_text="why it failed, in the gateway's word")
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="receipt_once")]
        indexes = [
            # read by the sender: what was told before the row was there
            models.Index(fields=["message_id"], name="receipt_message"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class Reply(models.Model):
    """What a borrower answered; apart from its receipt, because sealed words are written again when keys change."""

    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="reply")
    text = PersonalField(MessageText)

    def __str__(self) -> str:
        return str(self.receipt_id)


class LoopbackMessage(models.Model):
    """What the demonstration's own gateway received: what a borrower would have read. Never used in production."""

    key = models.CharField(max_length=64, unique=True)
    to_masked = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    text = PersonalField(MessageText)
    received_at = models.DateTimeField()
    hits = models.PositiveIntegerField(default=1, help_text="how often it came with the same key")

    class Meta:
        indexes = [models.Index(fields=["-received_at", "-id"], name="loopback_newest")]

    def __str__(self) -> str:
        return self.key
