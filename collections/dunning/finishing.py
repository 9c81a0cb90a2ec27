"""What came of the tries of one batch, written by whoever still holds the token."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from audit.failpoints import failpoint
from contacts.models import Contact
from dunning import slots
from dunning.claiming import CLAIMS_MAX, wait_after
from dunning.gateways import Outcome
from dunning.models import Attempt, Reminder

State = Reminder.State


class Try(NamedTuple):
    """A row, the attempt that was committed for it, and what is known of the call."""

    row: Reminder
    attempt: Attempt
    outcome: Outcome


@transaction.atomic
def finish(tries: Sequence[Try], *, at: datetime, machine_at: datetime, is_plain: bool) -> Counter[str]:
    """Write the results; a row whose claim was lost keeps what others made of it. Returns how many ended, by state."""
    for row, attempt, outcome in tries:
        attempt.result, attempt.detail = outcome.result, outcome.detail
        _settle(row, outcome, machine_at, is_plain=is_plain)
        row.finished_at = None if row.state == State.DUE else at
    Attempt.objects.bulk_update([one.attempt for one in tries], ["result", "detail"])
    mine = set(Reminder.objects.held_by({row.pk: row.token for row, _, _ in tries}).values_list("pk", flat=True))
    held = [one for one in tries if one.row.pk in mine]
    fields = ["state", "reason", "provider_id", "retry_at", "lease_until", "finished_at", "contact_id"]
    _settle_slots(held, at)
    Reminder.objects.bulk_update([one.row for one in held], fields)
    failpoint("dunning.finish.before_commit")
    return Counter(one.row.state for one in held if one.row.state != State.DUE)


def _settle(row: Reminder, outcome: Outcome, machine_at: datetime, *, is_plain: bool) -> None:
    """The state that follows from what is known: sent, due again, failed, or for a person to settle."""
    is_last = row.token >= CLAIMS_MAX
    row.lease_until, row.retry_at, row.reason = None, None, ""
    if outcome.result == Attempt.Result.ACCEPTED:
        row.state, row.provider_id = State.SENT, outcome.provider_id
    elif not outcome.is_begun:
        row.state = State.DUE
    elif outcome.result == Attempt.Result.NOT_SENT:
        row.state, row.reason = (State.FAILED if is_last else State.DUE), "gateway_unreachable"
        row.retry_at = machine_at + wait_after(row.token)
    elif is_plain or is_last:
        row.state, row.reason = State.UNKNOWN, "ambiguous"
    else:
        row.state, row.reason = State.DUE, "ambiguous"
        row.retry_at = machine_at + wait_after(row.token)


def _settle_slots(tries: Sequence[Try], at: datetime) -> None:
    """A sent message was a contact, an unknown one may have been; what certainly did not leave gives its slot back."""
    for state, outcome in ((State.SENT, Contact.Outcome.SENT), (State.UNKNOWN, Contact.Outcome.UNKNOWN)):
        made = [one.row.contact_id for one in tries if one.row.state == state and one.row.contact_id]
        if made:
            slots.report(made, outcome=outcome, at=at)
    unsent = [one.row for one in tries if one.outcome.result == Attempt.Result.NOT_SENT and not _may_have_left(one.row)]
    slots.give_back([row.contact_id for row in unsent if row.contact_id])
    for row in unsent:
        row.contact_id = None


def _may_have_left(row: Reminder) -> bool:
    """Whether an earlier try of a row that is tried again is still in doubt."""
    doubtful = Attempt.objects.filter(reminder=row, token__lt=row.token, result=Attempt.Result.AMBIGUOUS)
    return row.token > 1 and doubtful.exists()
