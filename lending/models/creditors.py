"""To whom a loan is owed: the shares of several funders, guarantees, and what guarantors have paid.

Invariants: the shares of a loan from a day sum to one million; an instalment that a guarantor paid for is covered once,
unless that payment was reversed: then it never was; all rows are append-only and come from a change that two people made. What each received is never stored: it follows from the
allocations (`lending.sharing`).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lending.models.loans import Loan
from lending.models.products import Funder
from lending.models.terms import Change
from lending.money import PPM
from staff.models import User

CAP_MAX_PPM = 2 * PPM


class LoanShare(models.Model):
    """A funder's part of a loan from a day on, in parts per million, until the loan's next set of shares."""

    append_only = True

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="shares")
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="shares")
    share_ppm = models.PositiveIntegerField()
    from_on = models.DateField()
    change = models.ForeignKey(Change, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loan", "from_on", "funder"], name="funder_has_one_share_from_a_day"),
            models.CheckConstraint(condition=Q(share_ppm__gt=0, share_ppm__lte=PPM), name="share_is_a_part"),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.funder_id} {self.share_ppm}"


class Guarantee(models.Model):
    """Who pays first when borrowers do not: for one loan, or for a funder's loans (of one product, or of all).

    `cap_ppm` is of the principal lent under it, more than a million where interest is guaranteed in full as well; a later row for the same loans takes the place of an earlier one, and a cap
    of 0 says that they are not guaranteed, by a wider guarantee neither (decision 31).
    """

    append_only = True

    loan = models.ForeignKey(Loan, models.PROTECT, null=True, related_name="guarantees")
    funder = models.ForeignKey(Funder, models.PROTECT, null=True, related_name="guarantees_held")
    product_code = models.CharField(max_length=40, blank=True)
    guarantor = models.ForeignKey(Funder, models.PROTECT, related_name="guarantees_given")
    cap_ppm = models.PositiveIntegerField()
    trigger_days = models.PositiveIntegerField(help_text="days past due from which the guarantor pays")
    penalty_rate_ppm = models.PositiveIntegerField(
        null=True, help_text="a year, on all that the guarantor paid for, from that day; empty: as the product says"
    )
    from_on = models.DateField()
    change = models.OneToOneField(Change, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(loan__isnull=False, funder=None, product_code="") | Q(loan=None, funder__isnull=False),
                name="guarantee_is_of_a_loan_or_of_a_funder",
            ),
            models.CheckConstraint(
                condition=Q(cap_ppm__lte=CAP_MAX_PPM, trigger_days__gte=1), name="guarantee_makes_sense"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guarantor_id} for {self.loan_id or self.funder_id} {self.product_code}".strip()


class GuarantorPaymentQuerySet(models.QuerySet["GuarantorPayment"]):
    def standing(self) -> "GuarantorPaymentQuerySet":
        """Those that count: a reversed one never was, as of any day."""
        return self.filter(reversal=None)


class GuarantorPayment(models.Model):
    """代偿: a guarantor paid the funders what was open of these instalments, and is owed them from day `on`."""

    append_only = True

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="guarantor_payments")
    guarantee = models.ForeignKey(Guarantee, models.PROTECT, related_name="payments")
    guarantor = models.ForeignKey(Funder, models.PROTECT, related_name="+")
    on = models.DateField()
    first_n = models.PositiveIntegerField()
    last_n = models.PositiveIntegerField()
    principal = models.BigIntegerField()
    interest = models.BigIntegerField()
    reference = models.CharField(max_length=80, unique=True)
    reversed_before = models.PositiveIntegerField(
        default=0, db_default=0, help_text="how many guarantors' payments for this loan had been reversed by then"
    )
    change = models.OneToOneField(Change, models.PROTECT, related_name="+")

    objects = GuarantorPaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_n__gte=1, last_n__gte=F("first_n"), principal__gte=0, interest__gte=0)
                & (Q(principal__gt=0) | Q(interest__gt=0)),
                name="guarantor_paid_for_something",
            ),
            models.UniqueConstraint(
                fields=["loan", "first_n", "reversed_before"], name="instalments_are_paid_for_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> int:
        return self.principal + self.interest


class GuarantorReversal(models.Model):
    """A guarantor's payment that was no such thing, or was given back: it counts for no day any more."""

    append_only = True

    payment = models.OneToOneField(GuarantorPayment, models.PROTECT, related_name="reversal")
    on = models.DateField(help_text="the business date on which it was decided")
    change = models.OneToOneField(Change, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"reversal of {self.payment}"


class AssignmentNotice(models.Model):
    """The debtor was told to whom the debt is owed now; until then the change has no effect on them (Civil Code, 546)."""

    append_only = True

    class Means(models.TextChoices):
        LETTER = "letter", _("Letter")
        MESSAGE = "message", _("Message")
        CALL = "call", _("Recorded call")
        PUBLISHED = "published", _("Public notice")

    payment = models.OneToOneField(GuarantorPayment, models.PROTECT, related_name="notice")
    given_on = models.DateField()
    means = models.CharField(max_length=10, choices=Means.choices)
    evidence = models.CharField(max_length=120)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.payment_id} {self.given_on}"
