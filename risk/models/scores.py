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
        indexes = [
            models.Index(fields=["borrower", "kind", "on"], name="observation_of_borrower"),
            # read by the portfolio's part of the night: what a day brought
            models.Index(fields=["on", "kind"], name="observation_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class BorrowerRisk(models.Model):
    """A borrower's scores: points a person can add up, with their reasons. 0 is worst, 100 best.

    They were last made others on `as_of` and hold until `holds_until`, the first day on which time alone may change them
    (empty: never), unless something happens to the borrower meanwhile: then there is an `Unscored`.
    """

    borrower = models.OneToOneField(Borrower, models.PROTECT, primary_key=True, related_name="risk")
    as_of = models.DateField()
    holds_until = models.DateField(null=True)
    ability = models.PositiveSmallIntegerField()
    willingness = models.PositiveSmallIntegerField()
    five_class = models.CharField(max_length=15, default="normal")
    reasons = models.JSONField(default=list, help_text="list of {code, side, points, facts}")

    class Meta:
        indexes = [
            # read by the night: scores whose day has come
            models.Index(fields=["holds_until"], name="risk_holds_until"),
            # read by the cases' part of the night: scores that it has made others
            models.Index(fields=["as_of"], name="risk_as_of"),
        ]

    def __str__(self) -> str:
        return f"{self.borrower_id}: {self.ability}/{self.willingness}"


class Unscored(models.Model):
    """Something happened to a borrower that the score does not know yet; gone once a night has scored them.

    Only ever inserted beside what happened, so that nobody waits for the night and the night for nobody. A borrower may
    stand here more than once.
    """

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.borrower_id)
