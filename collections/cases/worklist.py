"""Open cases in the order in which they are worked, a page at a time by the key of the order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from cases.models import Case, CaseQuerySet
from cases.reckoning import last_contacts
from cases.words import why
from contacts.names import display_names
from lending.exposure import Exposure, exposures
from staff.models import User

PAGE_SIZE = 50
LATER_SHOWN = 20


@dataclass(frozen=True)
class Row:
    """A case as a line of a list; amounts in minor units."""

    case: Case
    name: str
    exposure: Exposure | None
    days_past_due: int
    why: str
    last_contact_at: datetime | None

    @property
    def overdue(self) -> int | None:
        return self.exposure.overdue + self.exposure.penalty if self.exposure else None


def one_currency(currencies: Iterable[str]) -> str:
    """The currency of them all, or "" where they differ: what a column's head may name once."""
    found = set(currencies)
    return found.pop() if len(found) == 1 else ""


def currency_of(rows: Iterable[Row]) -> str:
    return one_currency(row.exposure.currency for row in rows if row.exposure)


class Page(NamedTuple):
    cases: list[Case]
    previous: str
    next: str


def due_at(cases: CaseQuerySet, at: datetime) -> CaseQuerySet:
    """Cases to be worked now."""
    return cases.filter(Q(next_at=None) | Q(next_at__lte=at))


def page_of(cases: CaseQuerySet, *, after: str = "", before: str = "", size: int = PAGE_SIZE) -> Page:
    """One page by the key (priority, id): what comes right after, or right before, a cursor."""
    backwards = bool(before)
    cursor = read_cursor(before or after)
    if cursor:
        priority, pk = cursor
        higher = Q(priority__gt=priority) | Q(priority=priority, pk__lt=pk)
        lower = Q(priority__lt=priority) | Q(priority=priority, pk__gt=pk)
        cases = cases.filter(higher if backwards else lower)
    order = ("priority", "-pk") if backwards else ("-priority", "pk")
    found = list(cases.select_related("borrower").order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous, has_next = (more, True) if backwards else (bool(cursor), more)
    return Page(
        found,
        _cursor(found[0]) if found and has_previous else "",
        _cursor(found[-1]) if found and has_next else "",
    )


def _cursor(case: Case) -> str:
    return f"{case.priority}_{case.pk}"


def read_cursor(cursor: str) -> tuple[int, int] | None:
    priority, _, pk = cursor.partition("_")
    try:
        return (int(priority), int(pk)) if abs(int(priority)) < 2**31 and abs(int(pk)) < 2**63 else None
    except ValueError:
        return None


def rows_of(cases: list[Case], *, user: User, on: date) -> list[Row]:
    """The lines for these cases (with their borrowers), in a constant number of queries."""
    people = [case.borrower_id for case in cases]
    owed = exposures(people, on=on) if people else {}
    contacts = last_contacts(people)
    names = display_names([case.borrower for case in cases], user)
    rows = []
    for case in cases:
        exposure = owed.get(case.borrower_id)
        oldest = exposure.oldest_due_on if exposure else None
        rows.append(
            Row(
                case=case,
                name=names[case.borrower_id],
                exposure=exposure,
                days_past_due=(on - oldest).days if oldest else 0,
                why=why(case, on),
                last_contact_at=contacts.get(case.borrower_id, (None, None))[0],
            )
        )
    return rows
