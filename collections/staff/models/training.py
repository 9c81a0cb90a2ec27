"""Training and examinations: who was taught what, when, and how the examination went. Written once; a later one counts beside it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from staff.models.people import User


class Training(models.Model):
    """A training with its examination; passed from the pass mark on. `values` are the stages that it is for, empty for all."""

    append_only = True

    class Kind(models.TextChoices):
        PRE_JOB = "pre_job", _("Before the first case")
        YEARLY = "yearly", _("Yearly")

    user = models.ForeignKey(User, models.PROTECT, related_name="trainings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    values = models.JSONField(default=list, help_text="codes of the stages that it is for; empty for all")
    trained_on = models.DateField()
    exam_on = models.DateField()
    score = models.PositiveSmallIntegerField(help_text="percent")
    passed = models.BooleanField()
    evidence = models.CharField(max_length=120, blank=True, help_text="the paper by its reference")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(user=F("recorded_by")), name="nobody_records_their_own_examination"),
            models.CheckConstraint(condition=Q(exam_on__gte=F("trained_on")), name="examination_follows_training"),
            models.CheckConstraint(condition=Q(score__lte=100), name="score_is_a_percentage"),
        ]
        indexes = [models.Index(fields=["user", "-exam_on"], name="training_of_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.exam_on}"
