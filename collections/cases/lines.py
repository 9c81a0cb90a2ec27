"""Cases as lines of a list, as many as a page holds, read by one statement that is put together once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import DateField, Max, OuterRef, QuerySet, Subquery, Sum, TextField

from cases.models import Case
from cases.words import reason_in_words
from contacts.models import Contact
from contacts.names import shown_name
from lending.models import Arrears, Loan
from lending.personal import PersonName
from lending.sql.reading import among, listed, penalty_on
from staff.models import User
from staff.statements import Blank, statement


class Line(NamedTuple):
    """A case and its borrower; amounts in minor units of `currency`, `overdue` is principal and interest alone.

    `penalty` is that of the day that was asked for, on the loans of the same currency.
    """

    pk: int
    borrower_id: int
    borrower_ref: str
    borrower_name: PersonName
    language: str
    state: str
    stage: str
    bucket: str
    owner_id: int | None
    owner_name: str
    owner_username: str
    next_action: str
    next_at: datetime | None
    priority: int
    priority_reasons: list[dict[str, Any]]
    behind_since: date | None
    overdue: int
    currency: str
    promised_on: date | None
    reason_behind: str
    opened_on: date
    penalty: int | None
    last_contact_at: datetime | None

    def name_for(self, user: User) -> str:
        """In full for whoever has the open case in hand; a borrower without a name goes by reference."""
        in_full = self.owner_id == user.pk and self.state == Case.State.OPEN
        return shown_name(self.borrower_name, self.borrower_ref, in_full=in_full)

    def days_past_due(self, on: date) -> int:
        return (on - self.behind_since).days if self.behind_since else 0

    @property
    def owner(self) -> str:
        return self.owner_name or self.owner_username or ""

    @property
    def owed_now(self) -> int:
        """Everything past due, penalty with it."""
        return self.overdue + (self.penalty or 0)

    def why(self, on: date) -> str:
        """The reason that decided what comes next."""
        return reason_in_words(self.priority_reasons[0], on) if self.priority_reasons else ""


_OF_BORROWER = ("borrower", "borrower__ref", "borrower__name", "borrower__language")
_OF_OWNER = ("owner", "owner__display_name", "owner__username")
_OF_PLAN = ("next_action", "next_at", "priority", "priority_reasons")
_OF_DEBT = ("behind_since", "overdue", "currency", "promised_on", "reason_behind", "opened_on")


def lines_of(keys: Sequence[int], on: date) -> list[Line]:
    """The lines of these cases in that order, in one query."""
    if not keys:
        return []
    rows = (Line(*row) for row in statement(_lines).rows(keys=listed(keys), on=on))
    found = {line.pk: line for line in rows}
    return [found[pk] for pk in keys if pk in found]


def _lines() -> QuerySet[Any, Any]:
    arrears = Arrears.objects.filter(
        loan__borrower=OuterRef("borrower"), loan__currency=OuterRef("currency")
    ).order_by()
    of_borrower = arrears.exclude(loan__status=Loan.Status.WRITTEN_OFF).values("loan__borrower")
    penalty = of_borrower.annotate(sum=Sum(penalty_on(Blank("on", DateField()))))
    made = Contact.objects.filter(borrower=OuterRef("borrower"), state=Contact.State.MADE).order_by()
    last = made.values("borrower").annotate(last=Max("at"))
    rows = Case.objects.filter(among("pk", Blank("keys", TextField()))).annotate(
        penalty=Subquery(penalty.values("sum")), last_contact_at=Subquery(last.values("last"))
    )
    return rows.values_list(
        *("pk", *_OF_BORROWER, "state", "stage", "bucket", *_OF_OWNER, *_OF_PLAN, *_OF_DEBT),
        *("penalty", "last_contact_at"),
    )
