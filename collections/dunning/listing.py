"""Rows of the outbox as pages show them: keyset pages, capped counts, a constant number of queries."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import Q

from contacts.names import display_names
from dunning.models import PolicyStep, Reminder, ReminderQuerySet
from dunning.texts import shown
from dunning.words import STATE_KINDS, reason_in_words, rules_by_code, step_in_words
from staff.models import User

PAGE_ROWS = 50
COUNT_MAX = 10_000


class Row(NamedTuple):
    """A message in words."""

    reminder: Reminder
    borrower: str
    step: str
    kind: str
    reason: str

    @property
    def text(self) -> str:
        return shown(self.reminder.text)


class Page(NamedTuple):
    """A page of rows, newest first, and the cursors of its neighbours."""

    rows: list[Row]
    previous: str
    next: str


def rows_of(reminders: Sequence[Reminder], user: User) -> list[Row]:
    offsets = _offsets(reminders)
    names = display_names([reminder.borrower for reminder in reminders], user)
    rules = rules_by_code() if any(reminder.reason for reminder in reminders) else {}
    return [
        Row(
            reminder,
            names[reminder.borrower_id],
            step_in_words(reminder, offsets.get((reminder.policy, reminder.policy_version, reminder.step))),
            STATE_KINDS[reminder.state],
            reason_in_words(reminder.reason, rules) if reminder.reason else "",
        )
        for reminder in reminders
    ]


def _offsets(reminders: Sequence[Reminder]) -> dict[tuple[str, int, str], int]:
    codes = {reminder.policy for reminder in reminders if not reminder.is_by_hand}
    steps = PolicyStep.objects.filter(policy__code__in=codes) if codes else PolicyStep.objects.none()
    return {
        (policy, version, code): offset
        for policy, version, code, offset in steps.values_list("policy__code", "policy__version", "code", "offset_days")
    }


def page_of(reminders: ReminderQuerySet, user: User, *, after: str, before: str) -> Page:
    """The page after or before a cursor; a cursor that is none of ours begins at the newest."""
    rows = reminders.select_related("borrower", "funder", "planned_by")
    edge, is_back = _cursor(before or after), bool(before and _cursor(before))
    if edge and is_back:
        found = list(rows.filter(_beyond(edge, "gt")).order_by("due_at", "pk")[: PAGE_ROWS + 1])
        has_more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS][::-1]
        return Page(rows_of(found, user), _named(found[0]) if has_more else "", _named(found[-1]) if found else "")
    if edge:
        rows = rows.filter(_beyond(edge, "lt"))
    found = list(rows.order_by("-due_at", "-pk")[: PAGE_ROWS + 1])
    has_more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    return Page(rows_of(found, user), _named(found[0]) if edge and found else "", _named(found[-1]) if has_more else "")


def _beyond(edge: tuple[datetime, int], way: str) -> Q:
    due_at, pk = edge
    return Q(**{f"due_at__{way}e": due_at}) & (Q(**{f"due_at__{way}": due_at}) | Q(**{f"pk__{way}": pk}))


def _named(reminder: Reminder) -> str:
    return f"{reminder.due_at.timestamp():.6f}_{reminder.pk}"


def _cursor(text: str) -> tuple[datetime, int] | None:
    moment, _sep, pk = text.partition("_")
    try:
        return datetime.fromtimestamp(float(moment), UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None


def counts_by_state(reminders: ReminderQuerySet) -> dict[str, int]:
    """How many of each state, counted no further than a page shows."""
    return {
        state: len(reminders.filter(state=state).values_list("pk")[: COUNT_MAX + 1]) for state in Reminder.State.values
    }
