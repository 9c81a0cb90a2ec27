"""Rows of a payment file into the book; money for a loan that is not there is kept in suspense."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lending.days import business_date
from lending.imports.rows import PaymentRow, Problem, Taken
from lending.models import Payment
from lending.posting import NewPayment, post_many
from staff.models import User


def post(lines: Sequence[tuple[int, PaymentRow]], *, at: datetime, by: User | None) -> Taken:
    """Post a chunk of payments, in the caller's transaction; a reference that is there with the same content is done."""
    payments = [NewPayment(**row._asdict()) for _line, row in lines]
    posted = post_many(payments, channel=Payment.Channel.IMPORT, on=business_date(at), at=at, by=by)
    new = there = 0
    bad, suspended = [], []
    for (line, row), outcome in zip(lines, posted, strict=True):
        if outcome.error:
            bad.append(Problem(line, row.reference, outcome.error))
        elif not outcome.is_new:
            there += 1
        elif outcome.is_posted:
            new += 1
        else:
            words = _("no loan has the number %(number)s: the money is kept until its loan is found")
            suspended.append(Problem(line, row.reference, words % {"number": row.loan_number}))
    return Taken(new, there, len(suspended), bad, suspended)
