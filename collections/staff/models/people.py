"""Who works here: one role and one team each, what they take and how much of it, their shifts and absences."""

from datetime import date, time
from functools import reduce
from operator import or_
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


TEAM_LEVELS = 4
"""How deep the tree of teams may go: reads follow so many parents in one query, and `staff.teams` holds the tree to it."""
EVERY_DAY = "1234567"
"""The working days of a week, Monday is 1."""


def in_tree(path: str, team_id: int) -> models.Q:
    """Whether the team that `path` leads to is that team or stands below it."""
    ways = [path + "__parent" * level for level in range(TEAM_LEVELS)]
    return reduce(or_, (models.Q(**{way: team_id}) for way in ways))


class Team(models.Model):
    """A group of people under a supervisor; teams stand in a tree.

    A team that pulls takes the best case of the pool one by one; any other team owns the caseload it was given.
    """

    name = models.CharField(max_length=80, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    pulls = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    def agents(self) -> "UserQuerySet":
        return self.filter(role=Role.AGENT, is_active=True)

    def in_teams_of(self, user: "User") -> "UserQuerySet":
        """The people of this user's team and of the teams below it; of every team where they have none."""
        return self.all() if user.team_id is None else self.filter(in_tree("team", user.team_id))

    def present_on(self, on: date) -> "UserQuerySet":
        """Those whose shift falls on that day and who are not away."""
        return self.filter(~_away(on), shift_days__contains=str(on.isoweekday()))

    def absent_on(self, on: date) -> "UserQuerySet":
        """Those who are away that day, or have no shift on it."""
        return self.filter(_away(on) | ~models.Q(shift_days__contains=str(on.isoweekday())))


def _away(on: date) -> models.Q:
    return models.Q(models.Exists(Absence.objects.filter(user=models.OuterRef("pk"), from_on__lte=on, to_on__gte=on)))


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
    effort = models.PositiveIntegerField(
        _("capacity in effort"), null=True, blank=True, help_text="sum of the weights of cases at most; empty: no limit"
    )
    shift_days = models.CharField(_("working days"), max_length=7, default=EVERY_DAY, db_default=EVERY_DAY)
    shift_from = models.TimeField(_("shift begins"), null=True, blank=True)
    shift_to = models.TimeField(_("shift ends"), null=True, blank=True)
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

    def is_on_shift(self, local: time) -> bool:
        """Whether that hour of a working day lies in the shift; a shift may run over midnight, and without hours all fit."""
        if self.shift_from is None or self.shift_to is None:
            return True
        if self.shift_from <= self.shift_to:
            return self.shift_from <= local < self.shift_to
        return local >= self.shift_from or local < self.shift_to


class Skill(models.Model):
    """What a person takes: with any skill of a kind they take only cases of the values named, without one every case."""

    class Kind(models.TextChoices):
        LANGUAGE = "language", _("Language")
        STAGE = "stage", _("Stage")
        FUNDER = "funder", _("Funder")
        PRODUCT = "product", _("Product")

    user = models.ForeignKey(User, models.CASCADE, related_name="skills")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=40, help_text="the code of the language, stage, funder or product")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "value"], name="one_skill_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


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
