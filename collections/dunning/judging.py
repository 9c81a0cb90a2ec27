"""The last look at messages that are about to be sent: receipts, day, money, pauses, and the gate.

In the claim's transaction. Whatever stands against a message that may already have left in an earlier try makes it
`unknown`: a person settles what the console cannot know.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

from cases.facts import pauses
from contacts.gate import Reservation
from contacts.localtime import local_date, zone_of
from contacts.models import Purpose
from dunning import receipts, slots
from dunning.models import Attempt, Reminder, ReminderLine, Template
from dunning.owed import OpenRow, arriving, left_to_pay, loans_of, open_rows, penalties
from dunning.texts import MessageText, fill
from dunning.wording import values_for
from lending.days import business_date
from lending.models import Borrower

log = logging.getLogger(__name__)

State = Reminder.State


class Decision(NamedTuple):
    """What becomes of a claimed row. SENDING goes out; DUE waits until `due_at`; every other state ends it here."""

    state: Reminder.State
    reason: str = ""
    due_at: datetime | None = None


SEND = Decision(State.SENDING)
Zones = dict[int, ZoneInfo]


def judge(rows: Sequence[Reminder], *, gateway: str, at: datetime) -> dict[int, Decision]:
    """Decide on each row, which would leave through that gateway; those that go out get their slot, point and text set (not
    saved).
    """
    maybe_sent = _maybe_sent(rows)
    zones = _zones(rows)
    still_open = _still_open(rows, at)
    decisions: dict[int, Decision] = {}
    checks: tuple[Callable[[list[Reminder]], dict[int, Decision]], ...] = (
        _told,
        lambda left: _elsewhere([row for row in left if row.pk in maybe_sent], gateway),
        lambda left: _day_passed(left, zones, at),
        lambda left: _paid(left, still_open),
        _paused,
        lambda left: _without_text(left, still_open, at),
        lambda left: _asked(left, zones, at),
    )
    left = list(rows)
    for check in checks:
        decisions |= check(left)
        left = [row for row in left if row.pk not in decisions]
    decisions |= {row.pk: SEND for row in left}
    return {
        pk: _unknown(decision) if pk in maybe_sent and _ends(decision) else decision
        for pk, decision in decisions.items()
    }


def _ends(decision: Decision) -> bool:
    return decision.state not in {State.SENDING, State.DUE, State.DELIVERED}


def _unknown(decision: Decision) -> Decision:
    return Decision(State.UNKNOWN, decision.reason)


def _maybe_sent(rows: Sequence[Reminder]) -> set[int]:
    tried = [row.pk for row in rows if row.token > 1]
    doubtful = Attempt.objects.filter(reminder__in=tried, result__in=[Attempt.Result.BEGUN, Attempt.Result.AMBIGUOUS])
    return set(doubtful.values_list("reminder_id", flat=True)) if tried else set()


def _zones(rows: Sequence[Reminder]) -> Zones:
    default = ZoneInfo(timezone.get_default_timezone_name())
    found = Borrower.objects.filter(pk__in={row.borrower_id for row in rows}).values_list("pk", "time_zone")
    return {pk: zone_of(name) or default for pk, name in found}


def _still_open(rows: Sequence[Reminder], at: datetime) -> dict[int, list[OpenRow]]:
    """By reminder, the instalments it covers that are still to be paid to its creditor and still due by the day it names."""
    lines: dict[int, set[tuple[int, int]]] = defaultdict(set)
    latest: dict[int, date] = {}
    speaks_for = {row.pk: row.funder_id for row in rows}
    covered = ReminderLine.objects.filter(reminder__in=[row.pk for row in rows])
    for reminder, loan, n, due_on in covered.values_list("reminder_id", "loan_id", "n", "due_on"):
        lines[reminder].add((loan, n))
        latest[reminder] = max(latest.get(reminder, due_on), due_on)
    if not lines:
        return {}
    loans = loans_of({row.borrower_id for row in rows})
    coming = arriving(list(loans), after=business_date(at))
    found: dict[tuple[int, int], OpenRow] = {
        (row.loan_id, row.n): row for row in left_to_pay(open_rows(loans, until=max(latest.values())), coming)
    }
    return {
        reminder: [
            row
            for row in (found[key] for key in sorted(keys) if key in found)
            if row.due_on <= latest[reminder] and row.funder_id == speaks_for[reminder]
        ]
        for reminder, keys in lines.items()
    }


def _told(rows: Sequence[Reminder]) -> dict[int, Decision]:
    """What the gateway has told of before this row was there has been sent already, in a life that the book forgot."""
    became = receipts.told({row.message_id for row in rows})
    reasons = {State.FAILED: "gateway_failed"}
    return {
        row.pk: Decision(state, reasons.get(state, ""))
        for row in rows
        if (state := became.get(row.message_id)) is not None
    }


def _elsewhere(rows: Sequence[Reminder], gateway: str) -> dict[int, Decision]:
    """What may have left through another gateway: this one would not know the repeat."""
    moved = Decision(State.UNKNOWN, "gateway_changed")
    return {row.pk: moved for row in rows if row.gateway and row.gateway != gateway}


def _day_passed(rows: Sequence[Reminder], zones: Zones, at: datetime) -> dict[int, Decision]:
    passed = Decision(State.CANCELLED, "day_passed")
    return {row.pk: passed for row in rows if local_date(zones[row.borrower_id], at) > row.local_day}


def _paid(rows: Sequence[Reminder], still_open: dict[int, list[OpenRow]]) -> dict[int, Decision]:
    """Nothing of what it asks for is due any more: paid, or moved by a plan. An answer to a question goes out all the same."""
    paid = Decision(State.CANCELLED, "settled")
    return {row.pk: paid for row in rows if row.purpose != Purpose.SERVICE and not still_open.get(row.pk)}


def _paused(rows: Sequence[Reminder]) -> dict[int, Decision]:
    """A promise or "says paid" quiets the ladder, not a person's own message."""
    by_day: dict[date, list[Reminder]] = defaultdict(list)
    for row in rows:
        if not row.is_by_hand:
            by_day[row.local_day].append(row)
    return {
        row.pk: Decision(State.REFUSED, why[row.borrower_id])
        for day, theirs in by_day.items()
        for why in [pauses(sorted({row.borrower_id for row in theirs}), day)]
        for row in theirs
        if row.borrower_id in why
    }


def _asked(rows: Sequence[Reminder], zones: Zones, at: datetime) -> dict[int, Decision]:
    answers = slots.take(rows, at=at)
    decisions = {}
    for row in rows:
        reservation = answers[row.pk]
        if reservation.contact:
            row.contact_id, row.point_id = reservation.contact.pk, reservation.contact.point_id
        else:
            decisions[row.pk] = _refused(row, reservation, zones[row.borrower_id])
    return decisions


def _refused(row: Reminder, reservation: Reservation, zone: ZoneInfo) -> Decision:
    """Refused for now and lawful later on the same local day: it waits. Otherwise it is refused for good."""
    lawful_at = reservation.answer.lawful_at
    if lawful_at and local_date(zone, lawful_at) == row.local_day:
        return Decision(State.DUE, reservation.answer.rule, lawful_at)
    return Decision(State.REFUSED, reservation.answer.rule)


def _without_text(rows: Sequence[Reminder], still_open: dict[int, list[OpenRow]], at: datetime) -> dict[int, Decision]:
    """Set each row's text at its first try, from what is owed now; a row whose text cannot be made fails."""
    fresh = [row for row in rows if not row.text]
    if not fresh:
        return {}
    templates = templates_of(row.template for row in fresh)
    loan_ids = {open_row.loan_id for row in fresh for open_row in still_open.get(row.pk, ())}
    charges = penalties(loan_ids, on=business_date(at))
    failed = {}
    for row in fresh:
        text = text_of(row, templates, still_open.get(row.pk, []), charges)
        if text:
            row.text = text
        else:
            failed[row.pk] = Decision(State.FAILED, "template")
    return failed


def templates_of(codes: Iterable[str]) -> dict[tuple[str, str], str]:
    """The texts of these codes, by code and language."""
    found = Template.objects.filter(code__in=set(codes)).values_list("code", "language", "text")
    return {(code, language): text for code, language, text in found}


def text_of(
    row: Reminder, templates: dict[tuple[str, str], str], open_ones: Sequence[OpenRow], charges: dict[int, int]
) -> MessageText | None:
    """What the message says of these instalments; None when its text cannot be filled."""
    language = row.language if (row.template, row.language) in templates else Borrower.Language.EN
    values = values_for(funder=row.funder, language=language, rows=open_ones, penalties=charges, on=row.local_day)
    try:
        return fill(templates[row.template, language], values)
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        log.error("text %s in %s cannot be filled: %r", row.template, language, error)
        return None
