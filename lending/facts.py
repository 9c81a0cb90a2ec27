"""The facts of loans as the book holds them, gathered in a constant number of queries, and the standings they give.

A payment that was reversed is left out together with its reversal: as of any day it never was.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from django.db.models import IntegerField, Value
from django.db.models.functions import Coalesce

from lending.allocation import LOAN, AllocationBy, Component, Order
from lending.bucket_terms import buckets_of
from lending.loan_facts import (
    Conventions,
    CountsFrom,
    FeeFact,
    InstalmentFact,
    LoanFacts,
    PauseFact,
    PauseKind,
    PaymentFact,
    PenaltyBase,
    RefundFact,
    SuretyFact,
    VersionFact,
    WaiverFact,
)
from lending.models import (
    Fee,
    GuarantorPayment,
    Instalment,
    Loan,
    Pause,
    Payment,
    Product,
    Refund,
    ScheduleVersion,
    Waiver,
)
from lending.money import Rounding
from lending.running import ByTheDay
from lending.schedules import DayCount, Method
from lending.sql.traces import Traces
from lending.standing import Standing, standing

__all__ = [
    "Conventions", "InstalmentFact", "LoanFacts", "PaymentFact", "RefundFact", "VersionFact", "WaiverFact",
    "conventions_of", "facts_beside", "facts_from", "facts_of", "standing_of", "standings_of",
]  # fmt: skip

LOANS_MAX = 2_000
"""The most loans asked for in one query."""


def conventions_of(product: Product, currency: str, annual_rate_ppm: int) -> Conventions:
    """How loans of this product at that contract rate count; ValueError when its order of allocation or its buckets make no sense."""
    return Conventions(
        currency=currency,
        penalty_rate_ppm=product.penalty_rate_of(annual_rate_ppm),
        penalty_day_basis=product.penalty_day_basis,
        grace_days=product.grace_days,
        grace_excuses=product.grace_excuses,
        tolerance_amount=product.tolerance_amount,
        day_zero=product.day_zero,
        allocation=_order(tuple(product.allocation_order)),
        allocation_by=AllocationBy(product.allocation_by),
        day_count=product.day_count,
        tolerance_days=product.tolerance_days,
        counts_from=CountsFrom(product.counts_from),
        penalty_base=PenaltyBase(product.penalty_base),
        allocation_late=_order(tuple(late)) if (late := product.allocation_order_late) else None,
        buckets=buckets_of(product.buckets),
        tolerance_ppm=product.tolerance_ppm,
        calendar=product.calendar,
        grace_in_working_days=product.grace_in_working_days,
    )


@lru_cache(maxsize=64)
def _order(names: tuple[str, ...]) -> Order:
    """The product's order; one that names nothing is the order of loans."""
    return tuple(Component(name) for name in names) or LOAN


def facts_of(loan_ids: Iterable[int]) -> dict[int, LoanFacts]:
    """The facts of each loan by its primary key: nine queries for up to `LOANS_MAX` loans, and nine for every further."""
    wanted = sorted(set(loan_ids))
    found: dict[int, LoanFacts] = {}
    for start in range(0, len(wanted), LOANS_MAX):
        found |= _gather(wanted[start : start + LOANS_MAX])
    return found


def standing_of(loan: Loan, on: date) -> Standing:
    """Where the loan stands at the end of `on`, a day past or future."""
    return standing(facts_of([loan.pk])[loan.pk], on)


def standings_of(loans: Iterable[Loan], on: date) -> dict[int, Standing]:
    """Where each loan stands at the end of `on`, by its primary key."""
    return {loan_id: standing(facts, on) for loan_id, facts in facts_of(loan.pk for loan in loans).items()}


def facts_from(
    loan: Loan,
    versions: Iterable[VersionFact],
    payments: Iterable[PaymentFact],
    pauses: Iterable[PauseFact],
    *,
    is_waived: bool,
    is_refunded: bool,
    is_shared: bool,
) -> LoanFacts:
    """The facts of a loan that was read with its product, its versions, payments and pauses; waivers, refunds and what
    guarantors paid are asked for where there are any.
    """
    waivers = _waivers([loan.pk])[loan.pk] if is_waived else ()
    refunds = _refunds([loan.pk])[loan.pk] if is_refunded else ()
    sureties = _sureties([loan.pk])[loan.pk] if is_shared else ()
    return _facts(_row(loan), loan.product, versions, payments, waivers, pauses, refunds, sureties)


def facts_beside(
    loans: Iterable[Loan],
    versions: Mapping[int, list[VersionFact]],
    payments: Mapping[int, list[PaymentFact]],
    traces: Traces,
) -> dict[int, LoanFacts]:
    """The facts of loans that were read with their products, versions and payments; what is rare is asked for where there is
    any of it.
    """
    listed = list(loans)
    loan_ids = [loan.pk for loan in listed]
    waivers = _waivers(loan_ids) if traces.waived or traces.charged else {}
    pauses = _pauses(loan_ids) if traces.paused else {}
    refunds = _refunds(loan_ids) if traces.refunded else {}
    sureties = _sureties(loan_ids) if traces.shared else {}
    return {
        loan.pk: _facts(
            _row(loan), loan.product, versions[loan.pk], payments[loan.pk],
            waivers.get(loan.pk, ()), pauses.get(loan.pk, ()), refunds.get(loan.pk, ()), sureties.get(loan.pk, ()),
        )
        for loan in listed
    }  # fmt: skip


def _row(loan: Loan) -> "_LoanRow":
    terms = loan.currency, loan.annual_rate_ppm, loan.method, loan.day_count
    return (loan.pk, loan.number, loan.principal, loan.start_on, loan.product_id, *terms)


def _gather(loan_ids: list[int]) -> dict[int, LoanFacts]:
    loans = Loan.objects.filter(pk__in=loan_ids).values_list(
        "pk", "number", "principal", "start_on", "product", "currency", "annual_rate_ppm", "method", "day_count"
    )
    rows = list(loans)
    products = Product.objects.in_bulk({row[4] for row in rows})
    versions, payments = _versions(loan_ids), _payments(loan_ids)
    waivers, pauses, refunds = _waivers(loan_ids), _pauses(loan_ids), _refunds(loan_ids)
    sureties = _sureties(loan_ids)
    return {
        pk: _facts(
            row, products[row[4]], versions[pk], payments[pk], waivers[pk], pauses[pk], refunds[pk], sureties[pk]
        )
        for row in rows
        for pk in row[:1]
    }


_LoanRow = tuple[int, str, int, date, int, str, int, str, str]
"""Key, number, principal, start, product, currency, rate, method, day count."""


def _facts(
    row: _LoanRow,
    product: Product,
    versions: Iterable[VersionFact],
    payments: Iterable[PaymentFact],
    given_up: Iterable[WaiverFact | FeeFact],
    pauses: Iterable[PauseFact],
    refunds: Iterable[RefundFact],
    sureties: Iterable[SuretyFact],
) -> LoanFacts:
    _pk, number, principal, start_on, _product, currency, annual_rate_ppm, method, day_count = row
    charged = list(given_up)
    return LoanFacts(
        number,
        principal,
        start_on,
        tuple(versions),
        tuple(payments),
        conventions_of(product, currency, annual_rate_ppm),
        tuple(each for each in charged if isinstance(each, WaiverFact)),
        tuple(pauses),
        refunds=tuple(refunds),
        by_the_day=_by_the_day(method, annual_rate_ppm, day_count, product),
        sureties=tuple(sureties),
        fees=tuple(each for each in charged if isinstance(each, FeeFact)),
    )


def _by_the_day(method: str, annual_rate_ppm: int, day_count: str, product: Product) -> ByTheDay | None:
    if method != Method.DAILY:
        return None
    return ByTheDay(annual_rate_ppm, DayCount(day_count), Rounding(product.rounding))


def _versions(loan_ids: list[int]) -> dict[int, list[VersionFact]]:
    rows = _rows(loan_ids)
    versions: dict[int, list[VersionFact]] = defaultdict(list)
    listed = ScheduleVersion.objects.standing().filter(loan__in=loan_ids).order_by("loan", "number")
    for pk, loan, effective_on in listed.values_list("pk", "loan", "effective_on"):
        versions[loan].append(VersionFact(effective_on, tuple(rows[pk])))
    return versions


def _rows(loan_ids: list[int]) -> dict[int, list[InstalmentFact]]:
    """The rows of each version."""
    rows: dict[int, list[InstalmentFact]] = defaultdict(list)
    instalments = Instalment.objects.filter(loan__in=loan_ids).order_by("loan", "version", "n")
    for version, n, due_on, principal, interest in instalments.values_list(
        "version", "n", "due_on", "principal", "interest"
    ):
        rows[version].append(InstalmentFact(n, due_on, principal, interest))
    return rows


def _payments(loan_ids: list[int]) -> dict[int, list[PaymentFact]]:
    """Payments that stand, in the order in which they were posted."""
    payments: dict[int, list[PaymentFact]] = defaultdict(list)
    standing_ones = Payment.objects.filter(loan__in=loan_ids, reverses=None, reversed_by=None).order_by("loan", "pk")
    for pk, loan, value_on, amount in standing_ones.values_list("pk", "loan", "value_on", "amount"):
        payments[loan].append(PaymentFact(pk, value_on, amount, pk))
    return payments


def _refunds(loan_ids: list[int]) -> dict[int, list[RefundFact]]:
    refunds: dict[int, list[RefundFact]] = defaultdict(list)
    rows = Refund.objects.filter(payment__loan__in=loan_ids).order_by("pk")
    for loan, payment, on, amount in rows.values_list("payment__loan", "payment", "on", "amount"):
        refunds[loan].append(RefundFact(payment, on, amount))
    return refunds


def _waivers(loan_ids: list[int]) -> dict[int, list[WaiverFact | FeeFact]]:
    """What was given up, and costs with what was given up of them: one query, for most loans have nothing of either."""
    found: dict[int, list[WaiverFact | FeeFact]] = defaultdict(list)
    columns = ("loan", "pk", "on", "component", "n", "amount")
    waivers = Waiver.objects.filter(loan__in=loan_ids).values_list(*columns)
    nothing = Value(None, output_field=IntegerField())
    fees = Fee.objects.filter(loan__in=loan_ids).annotate(component=Value(str(Component.FEE)), n=nothing)
    rows = waivers.union(fees.values_list(*columns), all=True)
    for loan, pk, on, component, n, amount in sorted(rows, key=lambda row: row[:2]):
        if component != Component.FEE:
            found[loan].append(WaiverFact(pk, on, Component(component), n, amount))
        elif amount > 0:
            found[loan].append(FeeFact(pk, on, amount))
        else:
            found[loan].append(WaiverFact(-pk, on, Component.FEE, None, -amount))  # no id of a waiver
    return found


def _sureties(loan_ids: list[int]) -> dict[int, list[SuretyFact]]:
    """Payments of guarantors that have a penalty rate of their own."""
    sureties: dict[int, list[SuretyFact]] = defaultdict(list)
    rows = GuarantorPayment.objects.standing().filter(loan__in=loan_ids, guarantee__penalty_rate_ppm__isnull=False)
    rows = rows.order_by("pk")
    columns = rows.values_list("loan", "on", "first_n", "last_n", "guarantee__penalty_rate_ppm")
    for loan, on, first_n, last_n, rate_ppm in columns:
        sureties[loan].append(SuretyFact(on, first_n, last_n, rate_ppm or 0))
    return sureties


def _pauses(loan_ids: list[int]) -> dict[int, list[PauseFact]]:
    pauses: dict[int, list[PauseFact]] = defaultdict(list)
    rows = Pause.objects.filter(loan__in=loan_ids).annotate(ends=Coalesce("end__to_on", "to_on")).order_by("loan", "pk")
    for loan, kind, from_on, ends_on in rows.values_list("loan", "kind", "from_on", "ends"):
        pauses[loan].append(PauseFact(PauseKind(kind), from_on, ends_on))
    return pauses
