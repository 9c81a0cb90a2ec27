"""What came of the tries of one part of a batch, written by whoever still holds the token."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import transaction

from audit.failpoints import failpoint
from contacts.models import Contact
from dunning import slots
from dunning.channels.interface import Outcome
from dunning.claiming import is_last, wait_after
from dunning.models import GATEWAY_REFUSED, Attempt, Reminder
from lending.sql.writing import update_many

State = Reminder.State
Result = Attempt.Result
UNSENT = {Result.NOT_SENT, Result.REFUSED}
Kind = TypeVar("Kind", bound=Hashable)


class Try(NamedTuple):
    """A row, the attempt that was committed for it, and what is known of the call."""

    row: Reminder
    attempt: Attempt
    outcome: Outcome


class Ending(NamedTuple):
    """What becomes of a row after a try: sent, due again (at once, or after a wait), failed, or for a person to settle."""

    state: Reminder.State
    reason: str = ""
    retry_at: datetime | None = None


@transaction.atomic
def finish(tries: Sequence[Try], *, at: datetime, machine_at: datetime, is_plain: bool) -> Counter[str]:
    """Write the results; a row whose claim was lost keeps what others made of it. Returns how many ended, by state."""
    if not tries:
        return Counter()
    for (result, detail), pks in _grouped(((one.outcome.result, one.outcome.detail), one.attempt.pk) for one in tries):
        Attempt.objects.filter(pk__in=pks).update(result=result, detail=detail)
    mine = set(Reminder.objects.held_by({one.row.pk: one.row.token for one in tries}).values_list("pk", flat=True))
    held = [one for one in tries if one.row.pk in mine]
    doubtful = _doubtful([one.row for one in held if one.outcome.result in UNSENT])
    endings = {
        one.row.pk: ending_of(
            one.outcome, one.row.token, machine_at, is_plain=is_plain, is_doubtful=one.row.pk in doubtful
        )
        for one in held
    }
    for ending, pks in _grouped((ending, pk) for pk, ending in endings.items()):
        Reminder.objects.filter(pk__in=pks).update(
            **ending._asdict(), lease_until=None, finished_at=None if ending.state == State.DUE else at
        )
    update_many(Reminder, ["provider_id"], [(one.outcome.provider_id, one.row.pk) for one in held])
    _settle_slots(held, endings, doubtful, at)
    failpoint("dunning.finish.before_commit")
    return Counter(ending.state for ending in endings.values() if ending.state != State.DUE)


def ending_of(
    outcome: Outcome, token: int, machine_at: datetime, *, is_plain: bool, is_doubtful: bool = False
) -> Ending:
    """What follows from what is known of a call. A message of which an earlier try may have left never counts as unsent."""
    later = machine_at + wait_after(token)
    if outcome.result == Result.ACCEPTED:
        return Ending(State.SENT)
    if not outcome.is_begun:
        return Ending(State.DUE)
    may_repeat = not is_last(token) and not (is_plain and outcome.result == Result.AMBIGUOUS)
    if may_repeat and outcome.is_fault:
        reason = "ambiguous" if outcome.result == Result.AMBIGUOUS else "gateway_unreachable"
        return Ending(State.DUE, reason, later)
    if is_doubtful or outcome.result == Result.AMBIGUOUS:
        return Ending(State.UNKNOWN, "ambiguous")
    if outcome.result == Result.NOT_SENT:
        return Ending(State.FAILED, "gateway_unreachable")
    return Ending(State.FAILED, f"{GATEWAY_REFUSED}.{outcome.detail}" if outcome.detail else GATEWAY_REFUSED)


def _grouped(rows: Iterable[tuple[Kind, int]]) -> Iterable[tuple[Kind, list[int]]]:
    """Ids by what they have in common."""
    groups: dict[Kind, list[int]] = defaultdict(list)
    for kind, pk in rows:
        groups[kind].append(pk)
    return groups.items()


def _doubtful(rows: Sequence[Reminder]) -> set[int]:
    """Those of which an earlier try may have left."""
    tried = [row.pk for row in rows if row.token > 1]
    doubtful = Attempt.objects.filter(reminder__in=tried, result=Result.AMBIGUOUS)
    return set(doubtful.values_list("reminder_id", flat=True)) if tried else set()


def _settle_slots(tries: Sequence[Try], endings: dict[int, Ending], doubtful: set[int], at: datetime) -> None:
    """A sent message was a contact, an unknown one may have been; what certainly did not leave gives its slot back."""
    for state, outcome in ((State.SENT, Contact.Outcome.SENT), (State.UNKNOWN, Contact.Outcome.UNKNOWN)):
        made = [one.row.contact_id for one in tries if endings[one.row.pk].state == state and one.row.contact_id]
        if made:
            slots.report(made, outcome=outcome, at=at)
    certain = [one.row for one in tries if one.outcome.result in UNSENT and one.row.pk not in doubtful]
    if certain:
        slots.give_back([row.contact_id for row in certain if row.contact_id])
        Reminder.objects.filter(pk__in=[row.pk for row in certain]).update(contact_id=None)
