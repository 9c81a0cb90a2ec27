"""Claims on rows of the outbox: taken by compare-and-set with a lease and a token, given up when the lease runs out."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from contacts.models import Contact
from dunning import allowances, slots
from dunning.channels.configuration import PROVIDER, GatewaySettings
from dunning.judging import Decision, judge
from dunning.models import BY_HAND, Attempt, Reminder
from lending.sql.writing import update_many

State = Reminder.State
BATCH = 128
"""Four parts for the lanes."""
LEASE = timedelta(seconds=30)
"""A lane begins no call in the second half of a lease and cuts a call before its end (`dunning.gateways`), so a lease
outlives every call made under it, however slow the gateway; short, because it is also how long a dead worker's rows wait.
"""
CLAIMS_MAX = 40
"""Tries before a message is given up or handed to a person: with the waits below about eight hours."""
WAIT_SECONDS_MAX = 900
SWEPT_ROWS_MAX = 500
EARTH_BEHIND_UTC = timedelta(hours=12)


class Claim(NamedTuple):
    """Rows to send, whose token is ours, and how many of the rows looked at ended here, by state."""

    rows: list[Reminder]
    ended: Counter[str]
    looked_at: int


class ClaimLostError(RuntimeError):
    """Somebody changed the rows between finding and claiming them; nothing was claimed."""


def wait_after(token: int) -> timedelta:
    """How long to wait after a try that failed: 1, 2, 4 … seconds, at most 15 minutes."""
    return timedelta(seconds=min(2 ** min((token - 1) % CLAIMS_MAX, 20), WAIT_SECONDS_MAX))


def is_last(token: int) -> bool:
    """Whether that try is the last of its round; whoever sends the message anew begins another one."""
    return token % CLAIMS_MAX == 0


@transaction.atomic
def claim(*, gateway: GatewaySettings, at: datetime, machine_at: datetime, limit: int = BATCH) -> Claim:
    """Claim what is due through that gateway, ask once more whether it may go out, and end here what may not."""
    due = Reminder.objects.due(at, machine_at).served_by(gateway).select_related("funder").order_by("due_at", "pk")
    due = allowances.of_free_senders(due, gateway, machine_at)
    found = due.select_for_update(skip_locked=True, of=("self",))[: min(limit, allowances.claim_rows(gateway, BATCH))]
    rows = allowances.shared_out(list(found), gateway)
    if not rows:
        return Claim([], Counter(), 0)
    claimed = Reminder.objects.filter(pk__in=[row.pk for row in rows], state=State.DUE).update(
        state=State.SENDING, token=F("token") + 1, lease_until=machine_at + LEASE
    )
    if claimed != len(rows):
        raise ClaimLostError
    for row in rows:
        row.state, row.token = State.SENDING, row.token + 1
    decisions = judge(rows, gateway=gateway.name, at=at)
    going = [row for row in rows if decisions[row.pk].state == State.SENDING]
    prepared = Reminder._meta.get_field("text").get_db_prep_save
    update_many(
        Reminder,
        ["text", "point", "contact_id", "gateway"],
        [(prepared(row.text, connection), row.point_id, row.contact_id, gateway.name, row.pk) for row in going],
    )
    staying = [row for row in rows if decisions[row.pk].state != State.SENDING]
    return Claim(going, _end(staying, decisions, at), len(rows))


def _end(rows: Sequence[Reminder], decisions: dict[int, Decision], at: datetime) -> Counter[str]:
    groups: dict[Decision, list[Reminder]] = defaultdict(list)
    for row in rows:
        groups[decisions[row.pk]].append(row)
    ended: Counter[str] = Counter()
    for decision, theirs in groups.items():
        changed = Reminder.objects.filter(pk__in=[row.pk for row in theirs])
        if decision.state == State.DUE:
            changed.update(state=State.DUE, due_at=decision.due_at, reason=decision.reason, lease_until=None)
            continue
        changed.update(state=decision.state, reason=decision.reason, lease_until=None, finished_at=at)
        ended[decision.state] += len(theirs)
    _settle_slots([row for row in rows if row.contact_id], decisions, at)
    return ended


def _settle_slots(rows: Sequence[Reminder], decisions: dict[int, Decision], at: datetime) -> None:
    """The slots of earlier tries: what may have left stays counted, what certainly did not is given back."""
    doubtful = {row.contact_id for row in rows if decisions[row.pk].state == State.UNKNOWN if row.contact_id}
    certain = {row.contact_id for row in rows if decisions[row.pk].state not in {State.UNKNOWN, State.DUE}}
    if doubtful:
        slots.report(doubtful, outcome=Contact.Outcome.UNKNOWN, at=at)
    if certain:
        slots.give_back([pk for pk in certain if pk])


@transaction.atomic
def reap(*, at: datetime, machine_at: datetime, folding: Collection[str]) -> Counter[str]:
    """Take back what dead workers left. What never reached the gateway is due again; what may have reached it is due
    again under the same key, or `unknown` where its gateway is none of those that recognise a repeat (`folding`).
    """
    left = Reminder.objects.abandoned(machine_at).order_by("pk").select_for_update(skip_locked=True)
    rows = list(left.only("pk", "token", "contact_id", "gateway")[:SWEPT_ROWS_MAX])
    begun = Attempt.objects.filter(reminder__in=[row.pk for row in rows], result=Attempt.Result.BEGUN)
    tokens = set(begun.values_list("reminder_id", "token"))
    doubtful = [row for row in rows if (row.pk, row.token) in tokens]
    lost = [row for row in doubtful if (row.gateway or PROVIDER) not in folding or is_last(row.token)]
    lost_ids = {row.pk for row in lost}
    again = [row.pk for row in rows if row.pk not in lost_ids]
    mine = Reminder.objects.abandoned(machine_at)
    mine.filter(pk__in=again).update(state=State.DUE, lease_until=None, retry_at=None)
    mine.filter(pk__in=lost_ids).update(state=State.UNKNOWN, lease_until=None, reason="lease_ran_out", finished_at=at)
    begun.filter(reminder__in=[row.pk for row in doubtful]).update(
        result=Attempt.Result.AMBIGUOUS, detail="the worker died or was held up"
    )
    slots.report([row.contact_id for row in lost if row.contact_id], outcome=Contact.Outcome.UNKNOWN, at=at)
    return Counter({State.UNKNOWN: len(lost)})


@transaction.atomic
def take_back(borrower_id: int) -> None:
    """End the claims on this borrower's messages that have not begun to leave: they are due, and judged anew.

    Until the caller's transaction ends nobody claims them or begins to send them, so that whoever does sees what it wrote.
    """
    rows = Reminder.objects.filter(borrower=borrower_id, state__in=[State.DUE, State.SENDING]).order_by("pk")
    held = {row.pk: row.token for row in rows.select_for_update(of=("self",)) if row.state == State.SENDING}
    begun = set(Attempt.objects.filter(reminder__in=held).values_list("reminder_id", "token"))
    waiting = [pk for pk, token in held.items() if (pk, token) not in begun]
    Reminder.objects.filter(pk__in=waiting).update(state=State.DUE, lease_until=None)


@transaction.atomic
def put_back(rows: Sequence[Reminder]) -> None:
    """Give up one's own claims on rows that were not begun: they are due as before, and the claim does not count as a try. What
    was never tried gives its slot back, and its words are written anew from what is owed then.
    """
    held = {row.pk: row.token for row in rows}
    mine = set(Reminder.objects.held_by(held).values_list("pk", flat=True)) if held else set()
    begun = Attempt.objects.filter(reminder__in=mine, result__in=[Attempt.Result.BEGUN, Attempt.Result.AMBIGUOUS])
    doubtful = set(begun.values_list("reminder_id", flat=True))
    Reminder.objects.filter(pk__in=mine).update(state=State.DUE, lease_until=None, token=F("token") - 1)
    certain = mine - doubtful
    slots.give_back([row.contact_id for row in rows if row.pk in certain and row.contact_id])
    Reminder.objects.filter(pk__in=certain).update(contact_id=None)
    Reminder.objects.filter(pk__in=certain, token=0).exclude(policy=BY_HAND).update(text=None)


@transaction.atomic
def end_unserved(*, at: datetime, gateways: Collection[GatewaySettings]) -> int:
    """Messages of a channel that no gateway serves stand as dead letters, until there is one and somebody sends them anew."""
    stranded = Reminder.objects.filter(state=State.DUE, due_at__lte=at).unserved(gateways)
    ids = list(stranded.values_list("pk", flat=True)[:SWEPT_ROWS_MAX])
    mine = Reminder.objects.filter(pk__in=ids, state=State.DUE)
    return mine.update(state=State.FAILED, reason="no_gateway", finished_at=at) if ids else 0


def cancel_passed(*, at: datetime) -> int:
    """End untried rows whose day is over everywhere on Earth, in one stroke: catching up must not send old reminders."""
    today_at_least = (at - EARTH_BEHIND_UTC).date()
    stale = Reminder.objects.filter(state=State.DUE, token=0, local_day__lt=today_at_least, due_at__lte=at)
    ended = 0
    while ids := list(stale.order_by("due_at").values_list("pk", flat=True)[:SWEPT_ROWS_MAX]):
        with transaction.atomic():
            ended += stale.filter(pk__in=ids).update(state=State.CANCELLED, reason="day_passed", finished_at=at)
    return ended


@transaction.atomic
def begin(rows: Sequence[Reminder], *, at: datetime) -> list[tuple[Reminder, Attempt]]:
    """Note that these rows are about to be sent, each at most once under its token; rows lost meanwhile are left out, and
    those whose number or address was given up: their lease runs out, and they are judged anew.
    """
    if not rows:
        return []
    held = Reminder.objects.held_by({row.pk: row.token for row in rows}).filter(point__retired_at=None)
    mine = set(held.values_list("pk", flat=True))
    still = [row for row in rows if row.pk in mine]
    attempts = [
        Attempt(reminder=row, token=row.token, at=at, text_digest=row.text.digest() if row.text else "")
        for row in still
    ]
    return list(zip(still, Attempt.objects.bulk_create(attempts), strict=True))
