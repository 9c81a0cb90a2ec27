"""What must hold between money that was asked for and money that came; `lending.verify` tells it with the rest.

A pay link or a debit is answered by one payment of its own loan, amount and currency that came that way; no other payment says
that it did. A debit is under a mandate of the loan's borrower that had begun by then. That what is paid has a payment at all, the
database sees to itself.
"""

from collections.abc import Iterator

from django.db.models import F, Q

from lending.faults import Fault
from lending.models import Debit, PayLink, Payment

CAME_BY: tuple[tuple[type[PayLink] | type[Debit], str, str], ...] = (
    (PayLink, "pay_link", Payment.Channel.LINK),
    (Debit, "debit", Payment.Channel.DEBIT),
)


def way_faults() -> Iterator[Fault]:
    """What does not hold of pay links, debits and mandates."""
    for model, name, channel in CAME_BY:
        answered = model.objects.filter(payment__isnull=False).exclude(
            payment__loan=F("loan"),
            payment__amount=F("amount"),
            payment__currency=F("currency"),
            payment__channel=channel,
            payment__reverses=None,
        )
        for code, reference in answered.values_list("code", "payment__reference"):
            yield Fault(f"{model._meta.verbose_name} {code}", f"payment {reference} is not what it asked for")
        unasked = Payment.objects.filter(Q(**{name: None}), channel=channel, reverses=None)
        for reference in unasked.values_list("reference", flat=True):
            yield Fault(
                f"payment {reference}", f"says that it came by a {model._meta.verbose_name}, and none asked for it"
            )
    astray = Debit.objects.exclude(mandate__borrower=F("loan__borrower"), mandate__from_on__lte=F("local_day"))
    for code in astray.values_list("code", flat=True):
        yield Fault(f"debit {code}", "has no mandate of its borrower for that day")
