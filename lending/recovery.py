"""Money that comes in on loans that were written off: allocated as any other, and counted as recovered."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from lending.models import Loan, Payment, Refund, WriteOff

SINCE_WRITE_OFF = Q(value_on__gt=F("loan__write_off__on")) | Q(
    value_on=F("loan__write_off__on"), posted_at__gte=F("loan__write_off__at")
)
"""Of a payment: it came after its loan was written off, on that day by the time of posting."""


class Recovered(NamedTuple):
    """What was written off and what came in since, in minor units of a currency."""

    currency: str
    written_off: int
    recovered: int


def with_recoveries(loans: QuerySet[Loan]) -> QuerySet[Loan]:
    """Those written off on which money has come in since."""
    return loans.filter(Exists(Payment.objects.filter(SINCE_WRITE_OFF, loan=OuterRef("pk"))))


def recovered_of(loans: Iterable[Loan] | QuerySet[Loan], on: date) -> int:
    """What came in on these loans after their write-off, up to `on`, less what was given back."""
    return _sum(_since(loans, on)) - _sum(_back(loans, on))


def recovered_by_currency(loans: QuerySet[Loan], on: date) -> list[Recovered]:
    """What was written off of these loans up to `on` and what came in since, by currency."""
    gone = F("penalty") + F("interest") + F("principal")
    lost = _by(WriteOff.objects.filter(loan__in=loans, on__lte=on).annotate(sum=gone), "loan__currency", "sum")
    came = _by(_since(loans, on), "currency", "amount")
    back = _by(_back(loans, on), "payment__currency", "amount")
    return [
        Recovered(currency, amount, came.get(currency, 0) - back.get(currency, 0))
        for currency, amount in sorted(lost.items())
    ]


def _since(loans: Iterable[Loan] | QuerySet[Loan], on: date) -> QuerySet[Payment]:
    return Payment.objects.filter(SINCE_WRITE_OFF, loan__in=loans, value_on__lte=on)


def _back(loans: Iterable[Loan] | QuerySet[Loan], on: date) -> QuerySet[Refund]:
    return Refund.objects.filter(payment__in=_since(loans, on), on__lte=on)


def _sum(rows: QuerySet[Payment] | QuerySet[Refund]) -> int:
    return int(rows.aggregate(sum=Sum("amount", default=0))["sum"])


def _by(rows: QuerySet[WriteOff] | QuerySet[Payment] | QuerySet[Refund], currency: str, amount: str) -> dict[str, int]:
    return {
        code: int(total) for code, total in rows.values_list(currency).annotate(total=Sum(amount)).order_by(currency)
    }
