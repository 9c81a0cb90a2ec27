"""Long work that shows its progress, can be left and found again, and ends in a report."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> "JobQuerySet":
        """One's own jobs; managers and auditors see everyone's."""
        from staff.models.people import Role

        if getattr(user, "role", None) in {Role.MANAGER, Role.AUDITOR}:
            return self.all()
        return self.filter(started_by=user.pk)

    def free_at(self, at: datetime) -> "JobQuerySet":
        """Unfinished jobs that no worker holds at that instant."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=at), state__in=UNFINISHED_STATES)


class Job(models.Model):
    """A piece of long work: claimed in slices by a lease, so a dead worker only delays it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    parameters = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict, help_text="where the next slice begins")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    report = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    started_by = models.ForeignKey("staff.User", models.PROTECT, null=True, related_name="jobs")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["lease_until"], name="job_unfinished", condition=Q(finished_at=None))]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED_STATES


class Pulse(models.Model):
    """When the scheduler and a worker were last alive together; `/metrics` shows its age."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


UNFINISHED_STATES = [Job.State.WAITING, Job.State.RUNNING]
FINISHED_STATES = [Job.State.DONE, Job.State.FAILED]
NEXT_ATTEMPT = F("attempt") + 1
