"""What the floors above tell about a borrower, dated; facts of the book need no telling, only that they are others now."""

from collections.abc import Iterable
from datetime import date

from lending.models import Borrower
from lending.sql.writing import insert_many
from risk.models import Observation, Unscored

PROMISE_KEPT, PROMISE_BROKEN = "promise_kept", "promise_broken"
RIGHT_PARTY, NO_ANSWER = "right_party_contact", "no_answer"
AUTO_DEBIT_BROKEN = "auto_debit_broken"
DELAY_REASON = "delay_reason"
HARDSHIP_REASONS = {"job_loss", "illness", "bereavement", "overindebted", "business"}


def observe(borrower: Borrower, kind: str, value: str, on: date) -> Observation:
    """Keep one dated fact. Append-only: a later fact outweighs it, none replaces it."""
    note_unscored([borrower.pk])
    return Observation.objects.create(borrower=borrower, kind=kind, value=value, on=on)


def note_unscored(borrower_ids: Iterable[int]) -> None:
    """Have the next night score these borrowers again; in the transaction of what happened to them."""
    insert_many(Unscored, ["borrower"], [(borrower_id,) for borrower_id in sorted(set(borrower_ids))])
