"""Personal data in full: one value, to one person, for a reason, within a quota, told in the audit record.

The reason is kept on the row and not in the record, which must never hold what somebody may have typed about a person.
The row, the audit entry and the value stand or fall together: the value is returned only once the transaction has both.
"""

from datetime import datetime, timedelta

from django.db import transaction

from audit.record import record
from contacts.models import Reveal
from lending.models import Borrower
from lending.personal import Personal
from staff.models import User

REVEALS_PER_HOUR = 30
REASON_LENGTH_MIN = 5


class RevealError(Exception):
    """A value that is not shown; `code` says why: quota, reason or nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def reveal(*, borrower: Borrower, what: str, reason: str, by: User, at: datetime) -> str:
    """The raw text of `name`, `identity` or `point:<id>`. Raises RevealError and shows nothing otherwise."""
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise RevealError("reason")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if Reveal.objects.filter(user=by, at__gt=at - timedelta(hours=1)).count() >= REVEALS_PER_HOUR:
        raise RevealError("quota")
    value = _value(borrower, what)
    row = Reveal.objects.create(user=by, borrower=borrower, what=what, reason=reason.strip(), at=at)
    record("contacts.revealed", by=by, at=at, subject=borrower, what=what, reveal=row.pk)
    return value.unmasked()


def _value(borrower: Borrower, what: str) -> Personal:
    subject, _colon, point_id = what.partition(":")
    value: Personal | None = None
    if subject == "point" and point_id.isascii() and point_id.isdigit():
        point = borrower.contact_points.filter(pk=int(point_id)).first()
        value = point.typed if point else None
    elif what in {"name", "identity"}:
        value = borrower.name if what == "name" else borrower.identity
    if not value:
        raise RevealError("nothing")
    return value
