"""Who works here: one role each, one team each, a capacity in cases, and the days on which they are away."""

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Manager")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Team(models.Model):
    """A group of people under a supervisor; teams may stand in a tree."""

    name = models.CharField(max_length=80, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def agents(self) -> "UserQuerySet":
        return self.filter(role=Role.AGENT, is_active=True)

    def in_teams_of(self, user: "User") -> "UserQuerySet":
        """The people of this user's team and of the teams right below it; of every team where they have none."""
        if user.team_id is None:
            return self.all()
        return self.filter(models.Q(team=user.team_id) | models.Q(team__parent=user.team_id))

    def present_on(self, on: date) -> "UserQuerySet":
        away = Absence.objects.filter(user=models.OuterRef("pk"), from_on__lte=on, to_on__gte=on)
        return self.filter(~models.Exists(away))

    def absent_on(self, on: date) -> "UserQuerySet":
        away = Absence.objects.filter(user=models.OuterRef("pk"), from_on__lte=on, to_on__gte=on)
        return self.filter(models.Exists(away))


class PeopleManager(UserManager["User"]):
    """Django's own, with our reads; kept out of migrations, which need neither."""

    use_in_migrations = False

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def agents(self) -> UserQuerySet:
        return self.get_queryset().agents()

    def in_teams_of(self, user: "User") -> UserQuerySet:
        return self.get_queryset().in_teams_of(user)


class User(AbstractUser):
    """A member of staff. Rights follow from the role and are read at each request."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.AGENT)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="people")
    display_name = models.CharField(_("name"), max_length=80, blank=True)
    capacity = models.PositiveIntegerField(_("capacity in cases"), default=200)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_has_a_known_role"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def is_absent(self, on: date) -> bool:
        return self.absences.filter(from_on__lte=on, to_on__gte=on).exists()


class Absence(models.Model):
    """Days on which a person is away, both included."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    from_on = models.DateField(_("first day"))
    to_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    noted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(to_on__gte=models.F("from_on")), name="absence_ends_after_start"),
        ]
        indexes = [models.Index(fields=["user", "to_on"], name="absence_by_user")]

    def __str__(self) -> str:
        return f"{self.user} {self.from_on}–{self.to_on}"
