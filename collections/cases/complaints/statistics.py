"""Complaints of a period in numbers: how many of what, why, how fast, and how many for a thousand contacts."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.complaints.models import Complaint, ComplaintQuerySet
from contacts.models import ContactQuerySet

ALL = "all"


class Group(NamedTuple):
    """One line: `received` of all; of the answered, how many were upheld (also in part)."""

    label: str
    received: int
    upheld: int
    answered: int
    query: str = ""


class Numbers(NamedTuple):
    received: int
    open: int
    late: int
    median_days: float | None
    per_thousand: float | None
    by_kind: list[Group]
    by_cause: list[Group]
    by_team: list[Group]
    by_funder: list[Group]


def numbers(complaints: ComplaintQuerySet, contacts: ContactQuerySet, first: date, last: date, on: date) -> Numbers:
    """Of complaints received from `first` to `last`, both included; `late` counts answers after their day and open ones past it."""
    columns = (
        "kind",
        "cause",
        "state",
        "outcome",
        "received_on",
        "due_on",
        "ended_on",
        "about__team__name",
        "loan__funder__name",
    )
    rows = list(complaints.filter(received_on__range=(first, last)).values(*columns))
    zone = timezone.get_default_timezone()
    since = datetime.combine(first, time(), zone)
    until = datetime.combine(last + timedelta(days=1), time(), zone)
    made = contacts.counted().filter(at__gte=since, at__lt=until).count()
    days = [(row["ended_on"] - row["received_on"]).days for row in rows if row["state"] == Complaint.State.ANSWERED]
    return Numbers(
        received=len(rows),
        open=sum(row["state"] == Complaint.State.OPEN for row in rows),
        late=sum((row["ended_on"] or on) > row["due_on"] for row in rows),
        median_days=median(days) if days else None,
        per_thousand=round(1000 * len(rows) / made, 1) if made else None,
        by_kind=_groups(rows, "kind", dict(Complaint.Kind.choices), "kind"),
        by_cause=_groups([row for row in rows if row["cause"]], "cause", dict(Complaint.Cause.choices), "cause"),
        by_team=_groups(rows, "about__team__name", {None: _("Nobody in particular")}),
        by_funder=_groups(rows, "loan__funder__name", {None: _("None in particular")}),
    )


def _groups(rows: Iterable[dict[str, Any]], column: str, labels: dict[Any, Any], asked_by: str = "") -> list[Group]:
    """The lines of one column, the most frequent first."""
    count: Counter[Any] = Counter()
    upheld: Counter[Any] = Counter()
    answered: Counter[Any] = Counter()
    for row in rows:
        value = row[column]
        count[value] += 1
        answered[value] += row["state"] == Complaint.State.ANSWERED
        upheld[value] += row["outcome"] in {Complaint.Outcome.UPHELD, Complaint.Outcome.PART_UPHELD}
    return [
        Group(
            str(labels.get(value, value)), n, upheld[value], answered[value], f"{asked_by}={value}" if asked_by else ""
        )
        for value, n in sorted(count.items(), key=lambda pair: (-pair[1], str(pair[0])))
    ]
