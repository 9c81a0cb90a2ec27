"""Guarantors who pay, and take it back, in one call each."""

from datetime import date

from changed import AT, person, rule
from lending.funder_report import lines_of, totals_of
from lending.guarantor_payments import propose_payment, propose_reversal
from lending.models import Change, Funder, GuarantorPayment, Loan

QUARTER = [("2026-01-01", 100_00, 10_00), ("2026-02-01", 100_00, 10_00), ("2026-03-01", 100_00, 10_00)]
FEBRUARY_15, LIFE = date(2026, 2, 15), (date(2025, 1, 1), date(2026, 12, 31))


def take_back(payment: GuarantorPayment, *, on: date = FEBRUARY_15) -> Change:
    return rule(propose_reversal(payment, words="Never paid.", by=person("supervisor"), at=AT, on=on), on=on)


def has_paid(
    loan: Loan, paid_on: str = "2026-02-15", *, whole: bool = False, reference: str = "G1"
) -> GuarantorPayment:
    day = date.fromisoformat(paid_on)
    change = propose_payment(
        loan=loan, paid_on=day, whole=whole, reference=reference, words="Paid.", by=person("supervisor"), at=AT, on=day
    )
    rule(change, on=day)
    return GuarantorPayment.objects.get(change=change)


def received(funder: Funder) -> int:
    return sum(total.total for total in totals_of(lines_of(funder, *LIFE)))
