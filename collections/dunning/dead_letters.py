"""Messages that were tried out: a person sends them anew under their own key, or gives them up, with a reason; one, or all that failed
for the same reason.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from audit.record import record
from dunning.claiming import EARTH_BEHIND_UTC
from dunning.doubts import may_send_again
from dunning.models import Reminder, ReminderQuerySet
from dunning.settling import DayPassedError, SettledBeforeError
from dunning.tasks import ring
from staff.models import User

State = Reminder.State
GIVEN_UP, SENT_ANEW = "given_up", "sent_anew"


class Fate(models.TextChoices):
    AGAIN = "again", _("Send anew")
    GIVE_UP = "give_up", _("Give it up")


class Group(NamedTuple):
    """How many messages stand for one reason, and how many of them may still go out."""

    why: str
    number: int
    sendable: int


def groups(rows: ReminderQuerySet, at: datetime) -> list[Group]:
    """The dead letters among these rows, by reason, most first."""
    dead = rows.dead()
    numbers = dict(dead.values_list("reason").annotate(number=Count("pk")).order_by())
    fresh = dict(_of_today(dead, at).values_list("reason").annotate(number=Count("pk")).order_by())
    found = [Group(why, number, fresh.get(why, 0)) for why, number in numbers.items()]
    return sorted(found, key=lambda group: (-group.number, group.why))


@transaction.atomic
def settle_one(reminder: Reminder, fate: str, *, reason: str, by: User, at: datetime) -> None:
    """Send it anew, on its own day only, or give it up."""
    chosen = Fate(fate)
    if chosen is Fate.AGAIN and not may_send_again(reminder, at):
        raise DayPassedError
    if not _settle(Reminder.objects.filter(pk=reminder.pk, token=reminder.token).dead(), chosen, at):
        raise SettledBeforeError
    facts = {"why": reminder.reason, "fate": chosen.value, "reason": reason}
    record("dunning.dead_settled", by=by, at=at, subject=reminder, **facts)


@transaction.atomic
def settle_all(why: str, fate: str, *, reason: str, by: User, at: datetime) -> int:
    """The same for all that this person sees and that failed for that reason; those whose day is over are not sent anew."""
    chosen = Fate(fate)
    rows = Reminder.objects.visible_to(by).dead().filter(reason=why)
    number = _settle(_of_today(rows, at) if chosen is Fate.AGAIN else rows, chosen, at)
    if number:
        record("dunning.dead_settled_all", by=by, at=at, why=why, fate=chosen.value, reason=reason, messages=number)
    return number


def _settle(rows: ReminderQuerySet, fate: Fate, at: datetime) -> int:
    """By compare-and-set: whatever is no dead letter any more is left alone."""
    rows = Reminder.objects.filter(pk__in=rows.values("pk"), state=State.FAILED)
    if fate is Fate.GIVE_UP:
        return rows.update(reason=GIVEN_UP)
    number = rows.update(state=State.DUE, due_at=at, finished_at=None, retry_at=None, reason=SENT_ANEW)
    transaction.on_commit(ring, robust=True)
    return number


def _of_today(rows: ReminderQuerySet, at: datetime) -> ReminderQuerySet:
    """Those whose day is not over everywhere on Earth; the last look before sending knows each borrower's clock."""
    return rows.filter(local_day__gte=(at - EARTH_BEHIND_UTC).date())
