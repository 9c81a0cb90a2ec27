"""The proof of the ledger: sums that must meet, and every loan's written standing against the pure `standing`.

In the middle of a night a loan stands either as of the last closed day or as of the day being closed; both are right.
"""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from audit import guards
from lending.days import last_closed_day
from lending.facts import facts_of
from lending.faults import Fault
from lending.horizon import reached_day
from lending.models import (
    Allocation,
    Instalment,
    Loan,
    Payment,
    PaymentEvent,
    Refund,
    RefundRequest,
    ScheduleVersion,
    SuspendedPayment,
    SuspenseResolution,
    WaiverRequest,
)
from lending.verify_creditors import creditor_faults
from lending.verify_days import closed_day_faults
from lending.verify_loans import loan_faults
from lending.verify_ways import way_faults

LOANS_PER_READ = 1_000
FAULTS_MAX = 1_000


def verify(faults_max: int = FAULTS_MAX) -> list[Fault]:
    """Every invariant of the book that does not hold; stops looking after `faults_max`."""
    faults: list[Fault] = []
    for check in (_guards, *IN_SETS, closed_day_faults, _loans):
        for fault in check():
            faults.append(fault)
            if len(faults) >= faults_max:
                return faults
    return faults


def _guards() -> Iterator[Fault]:
    for table in guards.missing(connection):
        yield Fault(f"table {table}", "lacks its guard against change")


def _versions() -> Iterator[Fault]:
    in_force = Count("versions", filter=Q(versions__is_current=True))
    for number, count in Loan.objects.annotate(count=in_force).exclude(count=1).values_list("number", "count"):
        yield Fault(f"loan {number}", f"has {count} schedules in force")
    versions = ScheduleVersion.objects.annotate(lent=Coalesce(Sum("rows__principal"), 0)).exclude(
        lent=F("loan__principal") + F("capitalised")
    )
    named = versions.values_list("loan__number", "number", "lent", "loan__principal", "capitalised")
    for number, version, lent, principal, capitalised in named:
        more = f" and {capitalised} capitalised" if capitalised else ""
        yield Fault(f"loan {number} version {version}", f"its principal sums to {lent}, {principal} was lent{more}")
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
    elsewhere = Allocation.objects.exclude(loan=F("payment__loan")).values_list("payment__reference", flat=True)
    for reference in elsewhere.distinct():
        yield Fault(f"payment {reference}", "settles what another loan owes")
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
        yield from loan_faults(facts_of(loan_ids), days)


IN_SETS = (_versions, _payments, _refunds, _suspense, _waivers, creditor_faults, way_faults)
"""What must hold across the book: the same statements each time, and every row that one of them returns is a fault."""
