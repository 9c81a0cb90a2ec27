"""The channels and purposes of contact, and the rules of the gate as dated data."""

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.models import Change


class Channel(models.TextChoices):
    CALL = "call", pgettext_lazy("channel", "Call")
    VOICE = "voice", _("Automated voice notice")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", pgettext_lazy("channel", "Letter")
    VISIT = "visit", _("Visit")


class Purpose(models.TextChoices):
    """Why a contact is made: an opt-out stops reminders, not what was asked for or what the law has the lender say."""

    REMINDER = "reminder", _("Reminder before the due day")
    DEMAND = "demand", _("Demand after the due day")
    SERVICE = "service", _("Answer to the borrower's own request")
    LEGAL = "legal", _("Notice required by law")
    LOCATE = "locate", _("Asking somebody else how to reach the borrower")


class ContactRule(models.Model):
    """One version of one rule of the gate: what it limits, by how much, from when, and where it is written.

    A version is only added: the next one of the same code ends it, and one that is withdrawn ends it without a successor.
    """

    append_only = True

    class Kind(models.TextChoices):
        WINDOW = "window", _("Quiet hours")
        HOLIDAY = "holiday", _("Days of rest")
        CAP = "cap", _("Cap")
        BLOCK = "block", _("What stops contact")
        CONSENT = "consent", _("Consent that is needed")
        PERSON = "person", _("Who may be contacted")
        VISIT = "visit", pgettext_lazy("contact rule", "Visits")
        CONTENT = "content", _("Wording")
        DUTY = "duty", _("Duty kept elsewhere")

    class Standing(models.TextChoices):
        LAW = "law", _("Law or national standard")
        SELF_REGULATION = "self_regulation", _("Self-regulation")
        HOUSE = "house", _("House rule")

    class Unit(models.TextChoices):
        ATTEMPT = "attempt", _("dialled")
        UNANSWERED = "unanswered", _("unanswered")
        CONNECTED = "connected", _("connected")
        CONVERSATION = "conversation", _("spoken with the person")
        MESSAGE = "message", _("messages")

    rule_set = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    standing = models.CharField(max_length=16, choices=Standing.choices)
    channels = models.JSONField(default=list, help_text="channels it binds; empty for all")
    quiet_from = models.TimeField(null=True, help_text="local time of the person at which contact must stop")
    quiet_to = models.TimeField(null=True, help_text="local time at which it may begin again")
    unit = models.CharField(max_length=12, choices=Unit.choices, blank=True)
    max_count = models.PositiveIntegerField(null=True)
    period_days = models.PositiveIntegerField(
        default=1, help_text="calendar days of the person's own zone, today included"
    )
    details = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), help_text="as `contacts.rules.Details`"
    )
    text = models.CharField(max_length=600)
    text_zh = models.CharField(max_length=600)
    source = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    is_withdrawn = models.BooleanField(default=False, db_default=False)
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+", help_text="what published it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "code", "valid_from"], name="contact_rule_once_from_a_day"),
            models.CheckConstraint(
                condition=~Q(kind__in=["window", "cap"])
                | Q(kind="window", quiet_from__isnull=False, quiet_to__isnull=False)
                | Q(kind="cap", max_count__isnull=False),
                name="contact_rule_says_its_limit",
            ),
        ]

    def __str__(self) -> str:
        return self.code
