"""Whose case a night has to look at: nobody is read to be left alone."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cases.models import Case, Promise
from lending.models import Arrears, Payment

DAY = timedelta(days=1)


def borrowers_to_look_at(on: date) -> list[int]:
    """Those whose plan no longer holds, whose arrears or score this night has changed, or whose promise is due.

    What happened by day has moved the cases that were open at once; arrears that began by day wait for the night to open one.
    A plan that became another as of `on` knows what this night has changed.
    """
    cases = Case.objects.open()
    due = cases.filter(holds_until__lte=on)
    before = cases.exclude(as_of=on)
    arrears = before.filter(borrower__loans__arrears__as_of=on)
    scores = before.filter(borrower__risk__as_of=on)
    having = cases.filter(borrower=OuterRef("loan__borrower"))
    begun = Arrears.objects.past_due().filter(~Exists(having), as_of__gte=on - DAY, as_of__lte=on)
    fresh = Payment.objects.filter(value_on__gte=on - DAY, value_on__lte=on).values("loan__borrower")
    promises = Promise.objects.filter(Q(due_on__lt=on) | Q(case__borrower__in=fresh), state=Promise.State.OPEN)
    found = {*begun.values_list("loan__borrower", flat=True), *promises.values_list("case__borrower", flat=True)}
    return sorted(found.union(*(each.values_list("borrower", flat=True) for each in (due, arrears, scores))))


def everybody() -> list[int]:
    """All who are past due or have an open case."""
    late = Arrears.objects.past_due().values_list("loan__borrower", flat=True)
    return sorted({*late, *Case.objects.open().values_list("borrower", flat=True)})


@transaction.atomic
def look_again(borrower_ids: Collection[int], *, on: date) -> None:
    """Have the next night reckon the open cases of these borrowers, for whom that need not be done at once."""
    cases = Case.objects.select_for_update().open().filter(borrower__in=borrower_ids).order_by("pk")
    Case.objects.filter(pk__in=list(cases.values_list("pk", flat=True))).update(holds_until=on)
