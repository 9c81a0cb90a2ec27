"""The demonstration's own gateway."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunning.texts import MessageText
from lending.personal import PersonalField


class LoopbackMessage(models.Model):
    """What the demonstration's own gateway received: what a borrower would have read. Never used in production."""

    key = models.CharField(max_length=64, unique=True)
    to_masked = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    text = PersonalField(MessageText)
    received_at = models.DateTimeField()
    hits = models.PositiveIntegerField(default=1, help_text="how often it came with the same key")
    is_receipt_owed = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="loopback_newest"),
            # read by the pulse: whose receipt is still to be sent
            models.Index(fields=["id"], name="loopback_receipt_owed", condition=models.Q(is_receipt_owed=True)),
        ]

    def __str__(self) -> str:
        return self.key


class LoopbackFault(models.Model):
    """How the demonstration's gateway misbehaves from that moment on; the newest row counts."""

    class Kind(models.TextChoices):
        NONE = "none", _("It works")
        SLOW = "slow", _("It is slow")
        ERROR = "error", _("It answers with an error, and takes nothing")
        TIMEOUT = "timeout", _("It takes the message, but its answer is lost")
        DUPLICATE = "duplicate", _("It sends each receipt twice")
        DROP = "drop", _("It says that it took the message, and drops it")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    set_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind
