"""Costs that a borrower owes beside the contract: of a court, a lawyer, a notary. They bear no interest and make nobody past due.

Invariants: rows are append-only and come from a change that two people made; a cost given up points at the cost, and what
stands of a cost is the sum of both. Whether the law or the contract lets the lender ask for it, the source has to show.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lending.models.loans import Loan
from lending.models.terms import Change


class Fee(models.Model):
    """A cost owed from day `on`; or, negative, so much of the cost that it `waives` given up from that day."""

    append_only = True

    class Kind(models.TextChoices):
        ENFORCEMENT = "enforcement", _("Court and enforcement")
        LAWYER = "lawyer", _("Lawyer")
        NOTARY = "notary", _("Notary")
        VALUATION = "valuation", _("Valuation of the security")
        OTHER = "other", _("Other cost")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="fees")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    amount = models.BigIntegerField(help_text="negative for what is given up")
    source = models.CharField(max_length=120, help_text="the ruling, invoice or clause that shows it")
    waives = models.ForeignKey("self", models.PROTECT, null=True, related_name="waivers")
    booked_on = models.DateField(help_text="the business date on which the row was written")
    change = models.OneToOneField(Change, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, waives=None) | Q(amount__lt=0, waives__isnull=False),
                name="fee_is_charged_or_given_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind} {self.amount}"
