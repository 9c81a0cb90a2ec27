"""What a borrower states of income and spending: written once, used again while it is fresh."""

from datetime import date, datetime, timedelta

from django.db import transaction

from audit.record import record
from restructuring.asking import require
from restructuring.models import Means
from staff.models import User

FRESH_DAYS = 90
"""How long a statement may be used again (house rule)."""


@transaction.atomic
def state_means(means: Means, *, by: User, at: datetime, on: date) -> Means:
    """Keep a new statement; the one that is fresh where it says the same. PermissionDenied."""
    require(by, "restructuring.request")
    last = fresh_means(means.borrower_id, on)
    if last and _said(last) == _said(means):
        return last
    means.stated_at, means.recorded_by = at, by
    means.save(force_insert=True)
    record(
        "restructuring.means_stated",
        by=by,
        at=at,
        subject=means,
        borrower=means.borrower.ref,
        with_papers=bool(means.papers),
    )
    return means


def fresh_means(borrower_id: int, on: date) -> Means | None:
    """The last statement that still counts."""
    since = on - timedelta(days=FRESH_DAYS)
    return Means.objects.filter(borrower=borrower_id, stated_on__gt=since).order_by("-stated_on", "-pk").first()


def _said(means: Means) -> tuple[object, ...]:
    names = ("income", *Means.ESSENTIALS, "debts", "dependants", "papers", "hardship_until")
    return tuple(getattr(means, name) for name in names)
