"""Whose case a night has to look at: nobody is read to be left alone."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from cases.models import Case, Promise
from cases.stages import begins_on
from lending.models import Arrears, Payment
from lending.sql.reading import among
from risk.models import BorrowerRisk

DAY = timedelta(days=1)


def borrowers_to_look_at(on: date) -> list[int]:
    """Those whose plan no longer holds, whose arrears or score this night has changed, or whose promise is due.

    What happened by day has moved the cases that were open at once; arrears that began by day wait for the night to open one.
    A plan that became another as of `on` knows what this night has changed. With another plan of stages everybody is looked at.
    """
    if begins_on(on):
        return everybody()
    due = Case.objects.live().filter(holds_until__lte=on).values_list("borrower", flat=True)
    fresh = Payment.objects.filter(value_on__gte=on - DAY, value_on__lte=on).values("loan__borrower")
    promises = Promise.objects.filter(
        Q(due_on__lt=on) | Q(part_due_on__lt=on) | Q(case__borrower__in=fresh), state=Promise.State.OPEN
    )
    return sorted({*due, *_by_the_book(on), *promises.values_list("case__borrower", flat=True)})


def _by_the_book(on: date) -> Iterator[int]:
    """Whose case does not know of arrears or a score of this night, and who is past due without a case since the day before it.

    Each table is read by an index of its own, and they are put together here: the planner would read all cases for a join.
    """
    written = Arrears.objects.filter(as_of__gte=on - DAY, as_of__lte=on)
    arrears = list(written.values_list("loan__borrower", "as_of", "oldest_due_on"))
    fresh = {borrower_id for borrower_id, as_of, _since in arrears if as_of == on}
    fresh.update(BorrowerRisk.objects.filter(as_of=on).values_list("borrower", flat=True))
    behind = {borrower_id for borrower_id, _as_of, since in arrears if since}
    cases = Case.objects.open().filter(among("borrower", fresh | behind))
    known = dict(cases.values_list("borrower", "as_of"))
    yield from (borrower_id for borrower_id in fresh & known.keys() if known[borrower_id] != on)
    yield from behind - known.keys()


def everybody() -> list[int]:
    """All who are past due or have a case that is open or watched."""
    late = Arrears.objects.past_due().values_list("loan__borrower", flat=True)
    return sorted({*late, *Case.objects.live().values_list("borrower", flat=True)})


@transaction.atomic
def look_again(borrower_ids: Collection[int], *, on: date) -> None:
    """Have the next night reckon the open cases of these borrowers, for whom that need not be done at once."""
    cases = Case.objects.select_for_update().open().filter(borrower__in=borrower_ids).order_by("pk")
    Case.objects.filter(pk__in=list(cases.values_list("pk", flat=True))).update(holds_until=on)
