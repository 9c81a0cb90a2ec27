"""No write to a closed day: what was written after a day was closed is booked on that day or later.

When a day is closed the newest key of each table of booked rows is noted with it (`lending.horizon.seal_book`), while nobody
writes; keys only grow, so a row's key says between which two closings it was written. `lending.verify` tells it with the rest.
"""

from collections.abc import Iterator
from itertools import pairwise

from django.db.models import Model, QuerySet

from lending.faults import Fault
from lending.horizon import BOOKED
from lending.models import ClosedDay


def closed_day_faults() -> Iterator[Fault]:
    """Rows booked on a day that was closed when they were written."""
    closed = [(each.day, each.marks) for each in ClosedDay.objects.exclude(marks=None).order_by("day")]
    for model, booked_on in BOOKED.items():
        name = model._meta.db_table
        known = [(day, marks[name]) for day, marks in closed if marks and name in marks]
        for (day, mark), (_next_day, end) in pairwise([*known, (None, None)]):
            if mark == end:
                continue
            rows: QuerySet[Model] = QuerySet(model).filter(**{"pk__gt": mark, f"{booked_on}__lt": day})
            for pk, on in (rows.filter(pk__lte=end) if end else rows).values_list("pk", booked_on):
                yield Fault(f"{model._meta.verbose_name} {pk}", f"is booked on {on}, and {day} was closed by then")
