"""What every request has that one person makes and a second one decides."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from audit.decided import Decided
from staff.models import User

DECISION = ("checker", "decided_at", "decided_words")


class DecidedByTwo(models.Model):
    """A request, its maker and whoever decided it: never the same, which each model has the database refuse too.

    What was asked for stays as it was asked, and is decided once: the database refuses the rest (`audit.decided`).
    """

    decided_once: ClassVar[Decided] = Decided(DECISION)

    maker = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    checker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_words = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


def not_decided_by_its_maker(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(checker=None) | ~Q(maker=F("checker")), name=name)
