"""What gateways told afterwards: evidence, each event once."""

from django.db import models

from dunning.texts import MessageText
from lending.personal import PersonalField


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
