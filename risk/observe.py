"""What the floors above tell about a borrower, dated; facts of the book need no telling."""

from datetime import date

from lending.models import Borrower
from risk.models import Observation

PROMISE_KEPT, PROMISE_BROKEN = "promise_kept", "promise_broken"
RIGHT_PARTY, NO_ANSWER = "right_party_contact", "no_answer"
AUTO_DEBIT_BROKEN = "auto_debit_broken"
DELAY_REASON = "delay_reason"
HARDSHIP_REASONS = {"job_loss", "illness", "bereavement", "overindebted", "business"}


def observe(borrower: Borrower, kind: str, value: str, on: date) -> Observation:
    """Keep one dated fact. Append-only: a later fact outweighs it, none replaces it."""
    return Observation.objects.create(borrower=borrower, kind=kind, value=value, on=on)
