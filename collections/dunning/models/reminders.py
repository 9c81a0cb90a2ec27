"""Reminders: decided once, sent once.

Invariants: a second decision of a policy for the same borrower, creditor and local day is impossible, whatever a version
published in between calls its steps (unique key); a row is claimed by compare-and-set with a lease and a token; an attempt row is committed before the gateway is
called; only the holder of the token may finish the row; every try of a message carries the same key and the same text.

`due_at` and `local_day` are the world's time, which a demonstration may set; leases and waits run on the machine's own
clock (`audit.clock.machine_now`), because they measure processes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunning.channels.configuration import GatewaySettings
from dunning.texts import MessageText
from lending.models import Borrower, ContactPoint, Funder, Loan, seen_through
from lending.personal import PersonalField

BY_HAND = "by_hand"
"""The policy of a message that a person writes: its step is the form's one-time key."""
GATEWAY_REFUSED = "gateway_refused"
"""Why a message failed that its gateway would not take; after a dot, the gateway's own code."""
DEAD_REASONS = ("gateway_unreachable", GATEWAY_REFUSED, "no_gateway", "template")
"""Why a message failed that, as far as is known, never left: it may be sent anew."""


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: Any) -> "ReminderQuerySet":
        return self.filter(seen_through("borrower", user))

    def due(self, at: datetime, machine_at: datetime) -> "ReminderQuerySet":
        """What may be claimed now."""
        ready = Q(retry_at=None) | Q(retry_at__lte=machine_at)
        return self.filter(ready, state=Reminder.State.DUE, due_at__lte=at)

    def served_by(self, gateway: GatewaySettings) -> "ReminderQuerySet":
        """What goes out through that gateway."""
        if gateway.channels:
            return self.filter(channel__in=gateway.channels)
        return self.exclude(channel__in=gateway.elsewhere) if gateway.elsewhere else self

    def unserved(self, gateways: Iterable[GatewaySettings]) -> "ReminderQuerySet":
        """What no gateway serves."""
        served = set[str]()
        for gateway in gateways:
            if not gateway.channels:
                return self.none()
            served |= gateway.channels
        return self.exclude(channel__in=served)

    def dead(self) -> "ReminderQuerySet":
        """Messages that were tried out, and stand until somebody sends them anew or gives them up."""
        why = Q(reason__in=DEAD_REASONS) | Q(reason__startswith=f"{GATEWAY_REFUSED}.")
        return self.filter(why, state=Reminder.State.FAILED)

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
    gateway = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="through which it was tried last"
    )
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
            # read by the sender of one of several gateways, so that what waits for another one costs it nothing
            models.Index(fields=["channel", "due_at"], name="reminder_due_by_channel", condition=Q(state="due")),
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
        REFUSED = "refused", _("Refused by the gateway")

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
