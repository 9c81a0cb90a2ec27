"""What every request has that one person makes and a second one decides."""

from django.db import models
from django.db.models import F, Q

from staff.models import User


class DecidedByTwo(models.Model):
    """A request, its maker and whoever decided it: never the same, which each model has the database refuse too."""

    maker = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    checker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_words = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


def not_decided_by_its_maker(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(checker=None) | ~Q(maker=F("checker")), name=name)
