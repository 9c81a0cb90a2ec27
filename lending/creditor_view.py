"""To whom a loan is owed, as the loan page shows it on a day: shares over time, the guarantee, what the guarantor paid."""

from datetime import date
from typing import NamedTuple

from django.db.models import Exists, Q

from lending.funder_report import is_split
from lending.guarantees import covering, in_force
from lending.models import Guarantee, GuarantorPayment, Loan, LoanShare


class OwedTo(NamedTuple):
    """`shares_from_on` is the day of the shares in force; None where the loan has one funder."""

    shares: list[LoanShare]
    shares_from_on: date | None
    guarantee: Guarantee | None
    payments: list[GuarantorPayment]

    def __bool__(self) -> bool:
        return bool(self.shares or self.guarantee or self.payments)


NOTHING = OwedTo([], None, None, [])


def owed_to(loan: Loan, on: date) -> OwedTo:
    """The creditors of a loan as of a day: one query for a loan of one funder without guarantee, four for another."""
    guaranteed = Guarantee.objects.filter(Q(loan=loan) | Q(funder=loan.funder_id))
    if not Loan.objects.filter(is_split() | Q(Exists(guaranteed)), pk=loan.pk).exists():
        return NOTHING
    shares = list(LoanShare.objects.filter(loan=loan).select_related("funder").order_by("from_on", "pk"))
    payments = GuarantorPayment.objects.filter(loan=loan, on__lte=on).select_related("guarantor", "notice", "reversal")
    since = max((share.from_on for share in shares if share.from_on <= on), default=None)
    return OwedTo(shares, since, covering(loan, in_force(on)), list(payments.order_by("on", "first_n")))
