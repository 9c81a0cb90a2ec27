"""Scores and what they were made of. Facts from the floors above arrive dated, through `risk.observe`."""

from django.db import models

from lending.models import Borrower


class Observation(models.Model):
    """A dated fact about a borrower, told by a floor above (`promise_broken`, `right_party_contact`, …)."""

    append_only = True

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="observations")
    kind = models.CharField(max_length=40)
    value = models.CharField(max_length=80, blank=True)
    on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["borrower", "kind", "on"], name="observation_of_borrower")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class BorrowerRisk(models.Model):
    """A borrower's scores as of a day: points a person can add up, with their reasons. 0 is worst, 100 best."""

    borrower = models.OneToOneField(Borrower, models.PROTECT, primary_key=True, related_name="risk")
    as_of = models.DateField()
    ability = models.PositiveSmallIntegerField()
    willingness = models.PositiveSmallIntegerField()
    five_class = models.CharField(max_length=15, default="normal")
    reasons = models.JSONField(default=list, help_text="list of {code, side, points, facts}")

    def __str__(self) -> str:
        return f"{self.borrower_id}: {self.ability}/{self.willingness}"
