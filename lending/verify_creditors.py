"""What must hold of shares and of what guarantors have paid; `lending.verify` tells it with the rest."""

from collections.abc import Iterator

from django.db import models
from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from lending.faults import Fault
from lending.models import Change, Fee, FunderVersion, GuarantorPayment, GuarantorReversal, Loan, LoanShare, Product
from lending.money import PPM

ODD_SETS_MAX = 1_000


def creditor_faults() -> Iterator[Fault]:
    """Shares that do not sum, payments that overlap, changes that are not what took effect."""
    sums = LoanShare.objects.values("loan__number", "from_on").annotate(sum=Sum("share_ppm")).exclude(sum=PPM)
    for row in sums.order_by("loan__number", "from_on")[:ODD_SETS_MAX]:
        yield Fault(f"loan {row['loan__number']}", f"its shares from {row['from_on']} sum to {row['sum']} of {PPM}")
    overlapping = GuarantorPayment.objects.standing().filter(
        Exists(
            GuarantorPayment.objects.standing()
            .filter(loan=OuterRef("loan"), first_n__lte=OuterRef("last_n"), last_n__gte=OuterRef("first_n"))
            .exclude(pk=OuterRef("pk"))
        )
    )
    for number, reference in overlapping.values_list("loan__number", "reference"):
        yield Fault(f"loan {number}", f"guarantor payment {reference} pays for an instalment that is paid for already")
    by_change: tuple[tuple[type[models.Model], str], ...] = (
        (GuarantorPayment, "reference"),
        (GuarantorReversal, "payment__reference"),
        (Fee, "pk"),
        (FunderVersion, "valid_from"),
    )
    for model, name in by_change:
        undecided: QuerySet[models.Model] = (
            QuerySet(model).filter(change__isnull=False).exclude(change__state=Change.State.APPROVED)
        )
        for said in undecided.values_list(name, flat=True):
            yield Fault(f"{model._meta.verbose_name} {said}", "comes from a change that nobody approved")
    early = Loan.objects.filter(
        Exists(
            Product.objects.filter(
                code=OuterRef("product__code"),
                valid_from__gt=OuterRef("product__valid_from"),
                valid_from__lte=OuterRef("start_on"),
            )
        ),
        start_on__gte=F("product__valid_from"),
    )
    for number in early.values_list("number", flat=True):
        yield Fault(f"loan {number}", "does not follow the product terms that held on its start day")
