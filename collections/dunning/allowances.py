"""How many messages a second a gateway takes, of all of us together and in the name of each creditor: counted in the database,
where every worker sees it, at the moment at which a message is about to leave.

Each message moves the moment at which the next one may go by the time that one takes at that rate; up to a tenth of a second's worth
may be made up for. So no second ever sees more than the rate, a tenth of it and one. A gateway without a rate costs nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from dunning.channels.configuration import GatewaySettings
from dunning.models import Allowance, Reminder, ReminderQuerySet

MADE_UP_FOR = timedelta(seconds=0.1)
CLAIMED_SECONDS = 1.0
"""A claim takes no more than may leave in that time, so that nobody holds what others could send."""
GATEWAY = ""
"""In the place of a sender: all of them together."""


class Permitted(NamedTuple):
    """Which rows may leave now, which have to wait, and how long until the first of those may."""

    now: list[Reminder]
    later: list[Reminder]
    wait_seconds: float = 0.0


def is_limited(gateway: GatewaySettings) -> bool:
    return bool(gateway.per_second or gateway.per_sender)


def claim_rows(gateway: GatewaySettings, most: int) -> int:
    """How many rows one claim may take for that gateway."""
    return min(most, _worth(gateway.per_second)) if gateway.per_second else most


def of_free_senders(rows: ReminderQuerySet, gateway: GatewaySettings, machine_at: datetime) -> ReminderQuerySet:
    """Without those whose sender has to wait, so that they do not stand in the way of others."""
    if not gateway.per_sender:
        return rows
    busy = Allowance.objects.filter(gateway=gateway.name, next_at__gt=machine_at + MADE_UP_FOR).exclude(sender=GATEWAY)
    return rows.exclude(funder__code__in=list(busy.values_list("sender", flat=True)))


def shared_out(rows: list[Reminder], gateway: GatewaySettings) -> list[Reminder]:
    """No more of each sender than may leave in the time of a claim."""
    if not gateway.per_sender:
        return rows
    most, taken, kept = _worth(gateway.per_sender), Counter[str](), list[Reminder]()
    for row in rows:
        taken[row.funder.code] += 1
        if taken[row.funder.code] <= most:
            kept.append(row)
    return kept


def permit(rows: Sequence[Reminder], gateway: GatewaySettings, machine_at: datetime) -> Permitted:
    """Which of these rows may leave now."""
    return _counted(rows, gateway, machine_at) if rows and is_limited(gateway) else Permitted(list(rows), [])


@transaction.atomic
def _counted(rows: Sequence[Reminder], gateway: GatewaySettings, machine_at: datetime) -> Permitted:
    """A transaction of its own that waits for nothing else, before that of the attempts."""
    steps = _steps(rows, gateway)
    allowances = _locked(gateway, sorted(steps), machine_at)
    now, later, first = list[Reminder](), list[Reminder](), datetime.max.replace(tzinfo=machine_at.tzinfo)
    for row in rows:
        mine = [allowances[name] for name in (GATEWAY, row.funder.code) if name in steps]
        free_at = max(each.next_at for each in mine) - MADE_UP_FOR
        if free_at > machine_at:
            later.append(row)
            first = min(first, free_at)
            continue
        now.append(row)
        for each in mine:
            each.next_at = max(each.next_at, machine_at) + steps[each.sender]
    Allowance.objects.bulk_update(allowances.values(), ["next_at"])
    return Permitted(now, later, (first - machine_at).total_seconds() if later else 0.0)


def _steps(rows: Sequence[Reminder], gateway: GatewaySettings) -> dict[str, timedelta]:
    """How long a message takes at the rate of the gateway, and of each sender."""
    steps = {GATEWAY: timedelta(seconds=1 / gateway.per_second)} if gateway.per_second else {}
    if gateway.per_sender:
        steps |= dict.fromkeys({row.funder.code for row in rows}, timedelta(seconds=1 / gateway.per_sender))
    return steps


def _locked(gateway: GatewaySettings, senders: Sequence[str], machine_at: datetime) -> dict[str, Allowance]:
    fresh = [Allowance(gateway=gateway.name, sender=sender, next_at=machine_at) for sender in senders]
    mine = Allowance.objects.filter(gateway=gateway.name, sender__in=senders).order_by("pk")
    if mine.count() < len(senders):
        Allowance.objects.bulk_create(fresh, ignore_conflicts=True)
    return {each.sender: each for each in mine.select_for_update()}


def _worth(rate: float) -> int:
    """How many messages that is in the time of a claim, at least one."""
    return max(int(rate * CLAIMED_SECONDS), 1)
