"""The proof of the ledger: sums that must meet, and every loan's written standing against the pure `standing`.

In the middle of a night a loan stands either as of the last closed day or as of the day being closed; both are right.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from audit import guards
from lending.days import last_closed_day
from lending.facts import facts_of
from lending.horizon import reached_day
from lending.loan_facts import LoanFacts
from lending.models import (
    Allocation,
    Instalment,
    Loan,
    ParkedLoan,
    Payment,
    PaymentEvent,
    PenaltyAccrual,
    Refund,
    RefundRequest,
    ScheduleVersion,
    SuspendedPayment,
    SuspenseResolution,
    WaiverRequest,
)
from lending.nightly import BAD_LOAN_ERRORS, reason_of
from lending.standing import Standing, standing
from lending.verify_creditors import creditor_faults
from lending.written import ARREARS_FIELDS, Written, arrears_values, read_on, settled_of, written_of

LOANS_PER_READ = 1_000
FAULTS_MAX = 1_000


class Fault(NamedTuple):
    """What does not hold, and where."""

    where: str
    reason: str


def verify(faults_max: int = FAULTS_MAX) -> list[Fault]:
    """Every invariant of the book that does not hold; stops looking after `faults_max`."""
    faults: list[Fault] = []
    for check in (_guards, _versions, _payments, _refunds, _suspense, _waivers, _creditors, _loans):
        for fault in check():
            faults.append(fault)
            if len(faults) >= faults_max:
                return faults
    return faults


def _guards() -> Iterator[Fault]:
    for table in guards.missing(connection):
        yield Fault(f"table {table}", "is append-only and has no guard against change")


def _versions() -> Iterator[Fault]:
    in_force = Count("versions", filter=Q(versions__is_current=True))
    for number, count in Loan.objects.annotate(count=in_force).exclude(count=1).values_list("number", "count"):
        yield Fault(f"loan {number}", f"has {count} schedules in force")
    versions = ScheduleVersion.objects.annotate(lent=Coalesce(Sum("rows__principal"), 0)).exclude(
        lent=F("loan__principal")
    )
    for number, version, lent, principal in versions.values_list("loan__number", "number", "lent", "loan__principal"):
        yield Fault(f"loan {number} version {version}", f"its principal sums to {lent}, {principal} was lent")
    astray = Instalment.objects.exclude(is_current=F("version__is_current"), loan=F("version__loan"))
    for number, n in astray.values_list("loan__number", "n"):
        yield Fault(f"loan {number} instalment {n}", "does not follow its version")


def _payments() -> Iterator[Fault]:
    reversals = Payment.objects.filter(reverses__isnull=False).exclude(
        amount=-F("reverses__amount"), loan=F("reverses__loan"), currency=F("reverses__currency")
    )
    for reference in reversals.values_list("reference", flat=True):
        yield Fault(f"payment {reference}", "is not the exact opposite of what it reverses")
    for reference in Payment.objects.exclude(currency=F("loan__currency")).values_list("reference", flat=True):
        yield Fault(f"payment {reference}", "is in another currency than its loan")
    settled = Payment.objects.annotate(settled=Coalesce(Sum("allocations__amount"), 0))
    undone = Q(reverses__isnull=False) | Q(reversed_by__isnull=False)
    wrong = settled.filter((undone & ~Q(settled=0)) | (~undone & (Q(settled__gt=F("amount")) | Q(settled__lt=0))))
    for reference, amount, sum_settled in wrong.values_list("reference", "amount", "settled"):
        yield Fault(f"payment {reference}", f"is of {amount} and settles {sum_settled}")


def _refunds() -> Iterator[Fault]:
    """What went back of a payment settled nothing: with what it settles it is no more than the payment, and that stands."""
    back = Coalesce(
        Subquery(
            Refund.objects.filter(payment=OuterRef("pk")).values("payment").annotate(sum=Sum("amount")).values("sum")
        ),
        0,
    )
    settled = Coalesce(
        Subquery(
            Allocation.objects.filter(payment=OuterRef("pk"))
            .values("payment")
            .annotate(sum=Sum("amount"))
            .values("sum")
        ),
        0,
    )
    refunded = Payment.objects.filter(pk__in=Refund.objects.values("payment")).annotate(back=back, settled=settled)
    undone = Q(reverses__isnull=False) | Q(reversed_by__isnull=False)
    wrong = refunded.filter(undone | Q(amount__lt=F("back") + F("settled")))
    for reference, given, amount in wrong.values_list("reference", "back", "amount"):
        yield Fault(f"payment {reference}", f"is of {amount}, and {given} of it went back")
    decided = Q(state=RefundRequest.State.APPROVED)
    rows = RefundRequest.objects.annotate(rows=Count("refund"))
    astray = rows.exclude(
        (decided & Q(rows=1, refund__amount=F("amount"), refund__payment=F("payment"))) | (~decided & Q(rows=0))
    )
    for pk in astray.values_list("pk", flat=True):
        yield Fault(f"refund request {pk}", "does not have the refund that was decided")


def _suspense() -> Iterator[Fault]:
    """What was received is what waits, what was returned and what is posted: each reference is one of them."""
    posted = SuspenseResolution.objects.filter(payment__isnull=False)
    same = Q(suspended__currency="") | Q(suspended__currency=F("payment__currency"))
    astray = posted.exclude(
        same,
        suspended__reference=F("payment__reference"),
        suspended__value_on=F("payment__value_on"),
        suspended__amount=F("payment__amount"),
    )
    for reference in astray.values_list("suspended__reference", flat=True):
        yield Fault(f"suspended payment {reference}", "is not the payment that it is said to have become")
    references = Payment.objects.values("reference")
    twice = SuspendedPayment.objects.filter(resolution__payment=None, reference__in=references)
    for reference in twice.values_list("reference", flat=True):
        yield Fault(f"suspended payment {reference}", "is posted as well")
    books = {
        PaymentEvent.Outcome.POSTED: references,
        PaymentEvent.Outcome.SUSPENDED: SuspendedPayment.objects.values("reference"),
    }
    for outcome, kept in books.items():
        lost = PaymentEvent.objects.filter(outcome=outcome).exclude(reference__in=kept)
        for reference in lost.values_list("reference", flat=True):
            yield Fault(f"payment {reference}", f"was {outcome} by an event and is in no book")


def _waivers() -> Iterator[Fault]:
    """Every waiver and write-off is what two people decided, no more and no less."""
    approved = Q(state=WaiverRequest.State.APPROVED)
    given = WaiverRequest.objects.annotate(
        **{f"given_{name}": _given(name) for name in ("penalty", "interest", "principal")}
    )
    right = approved & Q(kind=WaiverRequest.Kind.WAIVER)
    right &= Q(given_penalty=F("penalty"), given_interest=F("interest"), given_principal=F("principal"))
    nothing = Q(given_penalty=0, given_interest=0, given_principal=0) & ~(approved & Q(kind=WaiverRequest.Kind.WAIVER))
    for pk, number in given.exclude(right | nothing).values_list("pk", "loan__number"):
        yield Fault(f"waiver request {pk} of loan {number}", "its waivers are not what was decided")
    decided = approved & Q(kind=WaiverRequest.Kind.WRITE_OFF)
    astray = WaiverRequest.objects.annotate(rows=Count("write_off")).exclude(
        (decided & Q(rows=1)) | (~decided & Q(rows=0))
    )
    for pk, number in astray.values_list("pk", "loan__number"):
        yield Fault(f"write-off request {pk} of loan {number}", "does not have the write-off that was decided")
    gone = Q(status=Loan.Status.WRITTEN_OFF)
    loans = Loan.objects.filter((gone & Q(write_off=None)) | (~gone & Q(write_off__isnull=False)))
    for number, status in loans.values_list("number", "status"):
        yield Fault(f"loan {number}", f"is {status}, which is not what its write-off says")


def _creditors() -> Iterator[Fault]:
    for where, reason in creditor_faults():
        yield Fault(where, reason)


def _given(component: str) -> Coalesce:
    return Coalesce(Sum("waivers__amount", filter=Q(waivers__component=component)), 0)


def _loans() -> Iterator[Fault]:
    """Walk the loans in order of their keys."""
    days = sorted({day for day in (reached_day(), last_closed_day()) if day}, reverse=True)
    last = 0
    while loan_ids := list(
        Loan.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:LOANS_PER_READ]
    ):
        last = loan_ids[-1]
        facts, written = facts_of(loan_ids), written_of(loan_ids)
        accrued = dict(PenaltyAccrual.objects.filter(loan__in=loan_ids).values_list("loan").annotate(sum=Sum("amount")))
        parked = set(ParkedLoan.objects.filter(loan__in=loan_ids).values_list("loan", flat=True))
        for loan_id in loan_ids:
            where, book = f"loan {facts[loan_id].number}", written[loan_id]
            for reason in _sums(book, int(accrued.get(loan_id, 0))):
                yield Fault(where, reason)
            as_of = [book.arrears.as_of] if loan_id in parked and book.arrears else []
            for reason in _against_facts(facts[loan_id], book, days + as_of):
                yield Fault(where, reason)


def _sums(book: Written, accrued: int) -> Iterator[str]:
    """Where a written total is not the sum of its rows."""
    settled: dict[tuple[int | None, str], int] = {}
    for (_payment, n, component), amount in book.allocations.items():
        key = n, component if n else "penalty"  # compound interest is within it
        settled[key] = settled.get(key, 0) + amount
    paid: dict[tuple[int | None, str], int] = {
        (n, component): amount
        for n, (_pk, settled_part) in book.instalments.items()
        for component, amount in zip(("principal", "interest"), settled_part[:2], strict=True)
    }
    values = book.arrears.values if book.arrears else None
    paid[None, "penalty"] = values.penalty_paid if values else 0
    for key in paid | settled:
        if paid.get(key, 0) != settled.get(key, 0):
            what = f"{key[1]} of instalment {key[0]}" if key[0] else key[1]
            yield f"{what}: {paid.get(key, 0)} is noted as paid, its allocations sum to {settled.get(key, 0)}"
    noted = values.penalty_accrued if values else 0
    if noted != accrued:
        yield f"penalty accrued is {noted}, its accruals sum to {accrued}"
    if book.arrears and book.arrears.on(book.arrears.as_of) != values:
        yield f"penalty accrued is {noted}, which is not what its numerator comes to"


def _against_facts(facts: LoanFacts, book: Written, days: list[date]) -> list[str]:
    """Where the book differs from the loan's standing as of the first of these days; nothing when one of them fits."""
    first: list[str] = []
    for day in days:
        try:
            reasons = list(_differences(standing(facts, day), book, day))
        except BAD_LOAN_ERRORS as error:
            return [f"has no standing on {day}: {reason_of(error)}"]
        if not reasons:
            return []
        first = first or [f"as of {day}, {reason}" for reason in reasons]
    return first


def _differences(state: Standing, book: Written, day: date) -> Iterator[str]:
    for row in state.instalments:
        noted, wanted = book.instalments[row.n][1] if row.n in book.instalments else None, settled_of(row)
        if noted != wanted:
            yield f"instalment {row.n} has {tuple(noted or ())} paid and waived, {tuple(wanted)} is right"
    right = {(part.payment_id, part.n, str(part.component)): part.amount for part in state.allocations}
    for key in right | book.allocations:
        if right.get(key, 0) != book.allocations.get(key, 0):
            yield f"payment {key[0]} settles {book.allocations.get(key, 0)} of {key[2]} {key[1] or ''}".rstrip()
    values = arrears_values(state)
    if book.arrears and book.arrears.awaits_close:
        values = values._replace(penalty_growth=0, compound_growth=0, holds_until=book.arrears.as_of)
    for field, noted_value, value in zip(ARREARS_FIELDS, read_on(book.arrears, day, values), values, strict=True):
        if noted_value != value:
            yield f"{field} is {noted_value}, {value} is right"
    if book.status != Loan.Status.WRITTEN_OFF and book.paid_off_on != state.paid_off_on:
        yield f"paid off on {book.paid_off_on}, {state.paid_off_on} is right"
