"""What may be done with a message of which nobody knows whether it left."""

from datetime import datetime

from contacts.localtime import local_date, zone_of
from contacts.models import Contact
from dunning.models import Attempt, Reminder


def may_send_again(reminder: Reminder, at: datetime) -> bool:
    """Only on its own day, where the borrower lives."""
    zone = zone_of(reminder.borrower.time_zone)
    return zone is not None and local_date(zone, at) == reminder.local_day


def did_not_leave(reminder: Reminder, *, detail: str) -> None:
    """Somebody who knows says so: the tries in doubt are closed and the slot is free again."""
    doubtful = Attempt.objects.filter(reminder=reminder, result__in=[Attempt.Result.BEGUN, Attempt.Result.AMBIGUOUS])
    doubtful.update(result=Attempt.Result.NOT_SENT, detail=detail)
    if reminder.contact_id:
        Contact.objects.filter(pk=reminder.contact_id).update(state=Contact.State.RELEASED)
        Reminder.objects.filter(pk=reminder.pk).update(contact_id=None)
