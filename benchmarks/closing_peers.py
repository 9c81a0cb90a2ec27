"""The same night as people write it with an ORM: on a sample, rolled back, so without the cost of their commits."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Prefetch

from cases.models import Case
from lending.buckets import bucket
from lending.models import Arrears, Instalment, Loan, PenaltyAccrual
from lending.penalty import accrued

FIELDS = [
    "as_of", "oldest_due_on", "bucket", "overdue_principal", "overdue_interest", "penalty_numerator", "penalty_accrued",
]  # fmt: skip


def save_each(loan_ids: Sequence[int], on: date) -> None:
    """One loan at a time: read it, its rows, its arrears and its case; compute; save each."""
    for loan_id in loan_ids:
        loan = Loan.objects.select_related("product").get(pk=loan_id)
        rows = list(loan.instalments.filter(is_current=True, open__gt=0, due_on__lt=on))
        arrears = Arrears.objects.get(loan=loan)
        accrual = _age(loan, arrears, rows, on)
        arrears.save()
        accrual.save()
        case = Case.objects.get(borrower_id=loan.borrower_id, state="open")
        case.bucket = arrears.bucket
        case.save()


def bulk(loan_ids: Sequence[int], on: date, chunk: int = 2_000) -> None:
    """Chunks with prefetched rows, written by bulk_update and bulk_create."""
    due = Instalment.objects.filter(is_current=True, open__gt=0, due_on__lt=on)
    for start in range(0, len(loan_ids), chunk):
        loans = Loan.objects.filter(pk__in=loan_ids[start : start + chunk]).select_related("product", "arrears")
        found = list(loans.prefetch_related(Prefetch("instalments", due, to_attr="due_rows")))
        accruals = [_age(loan, loan.arrears, loan.due_rows, on) for loan in found]  # type: ignore[attr-defined]
        Arrears.objects.bulk_update([loan.arrears for loan in found], FIELDS)
        PenaltyAccrual.objects.bulk_create(accruals)
        worst: dict[int, str] = {}
        for loan in found:
            worst[loan.borrower_id] = max(loan.arrears.bucket, worst.get(loan.borrower_id, "M0"))
        cases = list(Case.objects.filter(borrower__in=worst, state="open"))
        for case in cases:
            case.bucket = worst[case.borrower_id]
        Case.objects.bulk_update(cases, ["bucket"])


def _age(loan: Loan, arrears: Arrears, rows: Sequence[Instalment], on: date) -> PenaltyAccrual:
    """Set the arrears to this day, and give the accrual of the days since."""
    product, before, since = loan.product, arrears.penalty_accrued, arrears.as_of
    arrears.overdue_principal = sum(row.principal - row.paid_principal for row in rows)
    arrears.overdue_interest = sum(row.interest - row.paid_interest for row in rows)
    charged = ((row.principal - row.paid_principal) * (on - max(since, row.due_on)).days for row in rows)
    arrears.penalty_numerator += sum(charged) * product.penalty_rate_ppm
    arrears.penalty_accrued = accrued(arrears.penalty_numerator, product.penalty_day_basis)
    arrears.oldest_due_on = min(row.due_on for row in rows)
    arrears.bucket = bucket((on - arrears.oldest_due_on).days)
    arrears.as_of = on
    amount = arrears.penalty_accrued - before
    return PenaltyAccrual(loan=loan, from_on=since, to_on=on, amount=amount, booked_on=on)
