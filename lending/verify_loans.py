"""What is written of single loans, held against its own sums and against their facts; `lending.verify` tells it with the rest."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.db.models import Sum

from lending.allocation import Component
from lending.faults import Fault
from lending.loan_facts import LoanFacts
from lending.models import Loan, ParkedLoan, PenaltyAccrual
from lending.nightly import BAD_LOAN_ERRORS, reason_of
from lending.standing import Standing, standing
from lending.written import ARREARS_FIELDS, Written, arrears_values, read_on, settled_of, written_of


def loan_faults(facts: Mapping[int, LoanFacts], days: Sequence[date]) -> Iterator[Fault]:
    """What does not hold of these loans, which may stand as of any of these days; a parked one, as of its own."""
    loan_ids = list(facts)
    written = written_of(loan_ids)
    accrued = dict(PenaltyAccrual.objects.filter(loan__in=loan_ids).values_list("loan").annotate(sum=Sum("amount")))
    parked = set(ParkedLoan.objects.filter(loan__in=loan_ids).values_list("loan", flat=True))
    for loan_id, known in facts.items():
        where, book = f"loan {known.number}", written[loan_id]
        for reason in _sums(book, int(accrued.get(loan_id, 0))):
            yield Fault(where, reason)
        as_of = [book.arrears.as_of] if loan_id in parked and book.arrears else []
        for reason in _against_facts(known, book, [*days, *as_of]):
            yield Fault(where, reason)


def _sums(book: Written, accrued: int) -> Iterator[str]:
    """Where a written total is not the sum of its rows."""
    settled: dict[tuple[int | None, str], int] = {}
    for (_payment, n, component), amount in book.allocations.items():
        if component == Component.FEE:
            continue  # what is paid of costs is written nowhere else
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
