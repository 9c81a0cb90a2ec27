"""Ladders of reminders and their texts."""

from django.db import models


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
