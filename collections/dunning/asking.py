"""Messages in doubt are looked up at the gateway where its adapter can ask; a person may settle them before that.

A gateway is asked five minutes after the doubt began, and after that each time as much later again, at most a day, for a week. Only
what it says plainly counts: what it does not say leaves the message to a person.
"""

import time
from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from contacts.models import Contact
from dunning.channels.configuration import GatewaySettings
from dunning.channels.interface import Question, Told
from dunning.channels.registry import adapter_of, configured
from dunning.doubts import did_not_leave, may_send_again
from dunning.models import Attempt, Reminder, ReminderQuerySet

FIRST_AFTER = timedelta(minutes=5)
AGAIN_AFTER_MAX = timedelta(days=1)
ASKED_FOR = timedelta(days=7)
ASKED_SECONDS_MAX = 20.0
"""Of one pass; what is left is asked in the next."""
ASKED_ROWS_MAX = 50
State = Reminder.State


def askable() -> dict[str, GatewaySettings]:
    """The gateways that can be asked, by name."""
    return {each.name: each for each in configured() if adapter_of(each).can_ask}


def due(*, at: datetime, machine_at: datetime) -> ReminderQuerySet:
    """Messages in doubt whose gateway is to be asked now."""
    doubtful = Reminder.objects.filter(state=State.UNKNOWN, gateway__in=list(askable()))
    since = doubtful.filter(finished_at__lte=at - FIRST_AFTER, finished_at__gte=at - ASKED_FOR)
    return since.filter(Q(retry_at=None) | Q(retry_at__lte=machine_at))


def ask_due(*, at: datetime, machine_at: datetime) -> Counter[str]:
    """Ask for each of them, outside any transaction; how many ended, by state."""
    until, ended, gateways = time.monotonic() + ASKED_SECONDS_MAX, Counter[str](), askable()
    if not gateways:
        return ended
    rows = due(at=at, machine_at=machine_at).select_related("point", "borrower").order_by("due_at", "pk")
    for row in rows[:ASKED_ROWS_MAX]:
        if time.monotonic() > until:
            break
        if row.point is None or row.text is None or not _is_ours(row, at=at, machine_at=machine_at):
            continue
        tried_at = row.attempts.order_by("-token").values_list("at", flat=True).first()
        question = Question(row.message_id, row.point.typed, row.text, tried_at or row.planned_at)
        told = adapter_of(gateways[row.gateway]).ask(question)
        if state := end(row, told, at=at):
            ended[state] += state != State.DUE
    return ended


def _is_ours(row: Reminder, *, at: datetime, machine_at: datetime) -> bool:
    """Put off the next question, which only one of those who would ask now can do."""
    assert row.finished_at is not None
    later = machine_at + min(max(at - row.finished_at, FIRST_AFTER), AGAIN_AFTER_MAX)
    same = Reminder.objects.filter(pk=row.pk, state=State.UNKNOWN, token=row.token, retry_at=row.retry_at)
    return bool(same.update(retry_at=later))


@transaction.atomic
def end(row: Reminder, told: Told, *, at: datetime) -> Reminder.State | None:
    """End the doubt as the gateway says; None when it did not say, or somebody was quicker."""
    doubtful = Reminder.objects.filter(pk=row.pk, state=State.UNKNOWN, token=row.token)
    if told is Told.UNSAID:
        return None
    if told is Told.NEVER:
        is_today = may_send_again(row, at)
        state = State.DUE if is_today else State.CANCELLED
        reason = "asked_never" if is_today else "day_passed"
        moment = {"due_at": at, "finished_at": None, "retry_at": None} if is_today else {"finished_at": at}
        if not doubtful.update(state=state, reason=reason, **moment):
            return None
        did_not_leave(row, detail="the gateway says that it never came")
        return state
    state = {Told.SENT: State.SENT, Told.DELIVERED: State.DELIVERED, Told.FAILED: State.FAILED}[told]
    if not doubtful.update(
        state=state, reason="gateway_failed" if told is Told.FAILED else "asked_sent", finished_at=at
    ):
        return None
    Attempt.objects.filter(reminder=row, token=row.token, result=Attempt.Result.AMBIGUOUS).update(
        result=Attempt.Result.ACCEPTED, detail="the gateway says that it has it"
    )
    outcome = Contact.Outcome.INVALID if told is Told.FAILED else Contact.Outcome.SENT
    if row.contact_id:
        Contact.objects.filter(pk=row.contact_id).update(outcome=outcome)
    return state
