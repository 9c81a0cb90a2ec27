"""Days that a loan's clock or penalty leaves out: facts that are only appended; a second row says that a pause ended early."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lending.models.loans import Loan


class Pause(models.Model):
    """Days [from_on, to_on) of a loan; `to_on` empty: until it is ended. Both may lie in the past."""

    append_only = True

    class Kind(models.TextChoices):
        CLOCK = "clock", _("Days past due stand still")
        PENALTY = "penalty", _("No penalty accrues")
        INTEREST = "interest", _("Neither interest nor penalty accrues")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    source = models.CharField(max_length=80, blank=True, help_text="what made it: `contacts.hold:12`; empty: a person")
    made_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="pause_has_a_day"),
            # also read by whoever made pauses and wants to end them
            models.UniqueConstraint(
                fields=["source", "loan", "kind"], condition=~Q(source=""), name="pause_once_for_its_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind} {self.from_on}"

    @property
    def ends_on(self) -> date | None:
        """The first day that counts again, by the row that ends it where there is one."""
        return self.end.to_on if hasattr(self, "end") else self.to_on


class PauseEnd(models.Model):
    """The pause ended on `to_on`, before its own end; on its first day where it never was."""

    append_only = True

    pause = models.OneToOneField(Pause, models.PROTECT, related_name="end")
    to_on = models.DateField()
    made_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pause_id} → {self.to_on}"
