"""Messages of which the console cannot know whether they were sent: a person settles them, with a reason."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from audit.record import record
from contacts.models import Contact
from dunning.doubts import did_not_leave, may_send_again
from dunning.models import Reminder
from dunning.tasks import ring
from staff.models import User

State = Reminder.State


class Verdict(models.TextChoices):
    SENT = "sent", _("It was sent")
    AGAIN = "again", _("It was not sent: send it now")
    GIVE_UP = "give_up", _("Give it up")


class SettledBeforeError(Exception):
    """Somebody else, or a receipt, settled it in the meantime."""


class DayPassedError(Exception):
    """Its day is over where the borrower lives: it may not be sent any more."""


@transaction.atomic
def settle(reminder: Reminder, verdict: str, *, reason: str, by: User, at: datetime) -> Reminder:
    """End the doubt. `again` makes it due under the same key; whoever says so vouches that it did not arrive."""
    chosen = Verdict(verdict)
    if chosen is Verdict.AGAIN and not may_send_again(reminder, at):
        raise DayPassedError
    changes: dict[Verdict, dict[str, object]] = {
        Verdict.SENT: {"state": State.SENT, "finished_at": at},
        Verdict.AGAIN: {"state": State.DUE, "due_at": at, "finished_at": None, "retry_at": None},
        Verdict.GIVE_UP: {"state": State.FAILED, "finished_at": at},
    }
    doubtful = Reminder.objects.filter(pk=reminder.pk, state=State.UNKNOWN, token=reminder.token)
    if not doubtful.update(**changes[chosen], reason=f"settled_{chosen.value}"):
        raise SettledBeforeError
    if chosen is not Verdict.SENT:
        did_not_leave(reminder, detail="a person says that it did not arrive")
    elif reminder.contact_id:
        Contact.objects.filter(pk=reminder.contact_id).update(outcome=Contact.Outcome.SENT)
    record("dunning.unknown_settled", by=by, at=at, subject=reminder, verdict=chosen.value, reason=reason)
    if chosen is Verdict.AGAIN:
        transaction.on_commit(ring, robust=True)
    reminder.refresh_from_db()
    return reminder
