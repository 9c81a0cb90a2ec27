"""Call scripts (话术): what to say beside a call, as versions that begin on a day and that two managers publish."""

from django.db import models
from django.db.models import Q

from cases.models.cases import DelayReason, Stage
from contacts.models import Contact
from lending.models import Change


class Script(models.Model):
    """One version of one script; a field left empty fits every call. The next version of the same code ends it."""

    append_only = True

    code = models.CharField(max_length=40)
    stage = models.CharField(max_length=10, choices=Stage.choices, blank=True)
    reason = models.CharField(max_length=20, choices=DelayReason.Code.choices, blank=True)
    direction = models.CharField(max_length=3, choices=Contact.Direction.choices, blank=True)
    is_third_party = models.BooleanField(default=False, help_text="then nothing but how to reach the borrower is said")
    text = models.TextField()
    text_zh = models.TextField()
    valid_from = models.DateField()
    is_withdrawn = models.BooleanField(default=False)
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+", help_text="what published it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="script_once_from_a_day"),
            models.CheckConstraint(
                condition=Q(is_third_party=False) | Q(stage="", reason=""), name="third_party_is_told_of_no_debt"
            ),
        ]

    def __str__(self) -> str:
        return self.code
