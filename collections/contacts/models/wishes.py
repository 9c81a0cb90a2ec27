"""What stands between a borrower and a contact: opt-outs, consents, wanted hours, refusals and holds, each with its days."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.models.rules import Channel
from lending.models import Borrower, ContactPoint


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


class Consent(models.Model):
    """What a borrower agreed to, freely and withdrawably: later hours, more calls, or a way of being reached."""

    class Kind(models.TextChoices):
        HOURS = "hours", _("Contact outside the hours of contact")
        FREQUENCY = "frequency", _("More calls than the caps allow")
        SMS = "sms", _("Text messages to this number")
        EMAIL = "email", _("E-mail about the debt")
        EMAIL_NOTICE = "email_notice", _("Told of e-mail, with a way to opt out")
        VOICE = "voice", _("Automated or recorded voice calls")

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    evidence = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["borrower", "kind"], condition=Q(to_at=None), name="one_open_consent_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.borrower_id} {self.kind}"


class CallHours(models.Model):
    """The hours of their own day in which a borrower wants to be spoken to: from `opens` on, before `closes`. The open row stands."""

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="call_hours")
    opens = models.TimeField()
    closes = models.TimeField()
    evidence = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["borrower"], condition=Q(to_at=None), name="one_open_call_hours"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="call_hours_end_after_they_begin"),
        ]

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


class Refusal(models.Model):
    """Somebody said at this number that we must not call there again. It holds for good, and for the number added anew."""

    append_only = True

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="refusals")
    point = models.ForeignKey(ContactPoint, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=43, help_text="of the number, whatever point bears it")
    said = models.CharField(max_length=200)
    noted_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["borrower", "digest"], name="one_refusal_of_a_number")]

    def __str__(self) -> str:
        return f"{self.borrower_id} {self.point_id}"


class Hold(models.Model):
    """A reason for which a borrower is left in peace, with its days. One that an agency is at work ends by itself with that."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("Dispute")
        COMPLAINT = "complaint", _("Complaint")
        BEREAVEMENT = "bereavement", _("Bereavement")
        ILLNESS = "illness", _("Illness")
        STOP = "stop", _("Stop collection")
        ABROAD = "abroad", _("Abroad")
        DISASTER = "disaster", _("Struck by a disaster")
        MORATORIUM = "moratorium", _("Statutory moratorium")
        ATTORNEY = "attorney", _("Represented by a lawyer")
        CEASE = "cease", _("Asked in writing to be left alone")
        DECEASED = "deceased", _("Has died")
        INCAPACITY = "incapacity", _("Lacks legal capacity")
        PLACED = "placed", _("With an agency")

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    evidence = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="the document that shows it, by its reference"
    )
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
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False)
                | Q(lifted_at__isnull=False, kind="placed"),
                name="hold_lifted_by_somebody",
            ),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="hold_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.borrower_id} {self.kind}"
