"""What a supervisor sees of the teams: load beside capacity, value, absence, today's progress, and the pool."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from cases.assignment import loads_of
from cases.models import Case, CaseEvent, CaseQuerySet, Promise
from cases.targets import Reach, reach_of
from contacts.models import Contact
from lending.models import Arrears, Borrower, Funder
from lending.sql.reading import overdue_on
from staff.models import User

ASKED_DAYS = 14
EVERYBODY = "all"
"""The filter `owner` of all cases of one's teams, in hand or not."""


@dataclass(frozen=True)
class Agent:
    """A line of the team's table; `value` is what is overdue in hand, in minor units of `currency`."""

    user: User
    load: int
    room: int
    due: int
    contacts: int
    promises: int
    value: int
    currency: str
    is_away: bool
    reaches: list[Reach]

    @property
    def is_full(self) -> bool:
        return self.room == 0


class Shortage(NamedTuple):
    """More cases wait than those who are here can carry."""

    waiting: int
    room: int

    @property
    def missing(self) -> int:
        return max(0, self.waiting - self.room)


def agents_of(supervisor: User) -> QuerySet[User]:
    return User.objects.in_teams_of(supervisor).agents().order_by("display_name", "username")


def agents(supervisor: User, *, on: date, at: datetime) -> list[Agent]:
    """Every agent of the supervisor's teams, in a constant number of queries."""
    people = list(agents_of(supervisor).select_related("team"))
    away = set(agents_of(supervisor).absent_on(on).values_list("pk", flat=True))  # type: ignore[attr-defined]
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    cases = Case.objects.open().filter(Q(next_at=None) | Q(next_at__lte=at), owner__in=people)
    made = Contact.objects.filter(by__in=people, at__gte=today, at__lt=today + timedelta(days=1))
    due = Counter(cases.values_list("owner_id", flat=True))
    contacts = Counter(made.filter(state=Contact.State.MADE).values_list("by_id", flat=True))
    promises = Counter(Promise.objects.filter(taken_by__in=people, made_on=on).values_list("taken_by_id", flat=True))
    values, reaches = _values(people, on), reach_of(people, on)
    rows = []
    for load in loads_of(people):
        pk = load.agent.pk
        value, currency = values.get(pk, (0, ""))
        rows.append(
            Agent(
                user=load.agent,
                load=load.after,
                room=load.room,
                due=due[pk],
                contacts=contacts[pk],
                promises=promises[pk],
                value=value,
                currency=currency,
                is_away=pk in away,
                reaches=reaches.get(pk, []),
            )
        )
    return rows


def _values(people: Sequence[User], on: date) -> dict[int, tuple[int, str]]:
    """What is overdue in each agent's hands, in the currency in which it is most."""
    owner = "loan__borrower__cases__owner"
    rows = Arrears.objects.past_due().filter(
        loan__borrower__cases__state=Case.State.OPEN,
        loan__borrower__cases__owner__in=people,
    )
    found: dict[int, tuple[int, str]] = {}
    for pk, currency, value in rows.values(owner, "loan__currency").annotate(value=Sum(overdue_on(on))).values_list(
        owner, "loan__currency", "value"
    ):  # fmt: skip
        found[pk] = max(found.get(pk, (0, "")), (value, currency))
    return found


def shortage(rows: Sequence[Agent], waiting: int) -> Shortage:
    return Shortage(waiting, sum(row.room for row in rows if not row.is_away))


class Filters(NamedTuple):
    """What the table of cases shows: the pool, one agent's cases or everybody's, narrowed; kept in the URL."""

    owner: str = ""
    bucket: str = ""
    funder: str = ""
    language: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Filters":
        return cls(*(values.get(name, "") for name in cls._fields))

    @property
    def pairs(self) -> dict[str, str]:
        """By name, for a form's hidden fields."""
        return self._asdict()

    def apply(self, cases: CaseQuerySet) -> CaseQuerySet:
        if self.owner != EVERYBODY:
            cases = cases.filter(owner=int(self.owner)) if self.owner.isdecimal() else cases.filter(owner=None)
        if self.bucket:
            cases = cases.filter(bucket=self.bucket)
        if self.language:
            cases = cases.filter(borrower__language=self.language)
        if self.funder:
            lent = Borrower.objects.filter(loans__funder__code=self.funder, loans__status="active")
            cases = cases.filter(borrower__in=lent.values("pk"))
        return cases


class Choices(NamedTuple):
    """How many cases there are under each value of each filter, the other filters left aside."""

    buckets: list[tuple[str, str, int]]
    funders: list[tuple[str, str, int]]
    languages: list[tuple[str, str, int]]


def choices_of(cases: CaseQuerySet, language: str) -> Choices:
    """Three queries over the pool (or one agent's cases)."""
    plain = cases.order_by()
    buckets = plain.values("bucket").annotate(n=Count("pk")).order_by("bucket").values_list("bucket", "n")
    spoken = plain.values("borrower__language").annotate(n=Count("pk")).values_list("borrower__language", "n")
    lent = Funder.objects.filter(loans__status="active", loans__borrower__in=plain.values("borrower"))
    funders = lent.annotate(n=Count("loans__borrower", distinct=True)).order_by("code")
    names = dict(Borrower.Language.choices)
    return Choices(
        buckets=[(code, code, number) for code, number in buckets],
        funders=[(funder.code, funder.name_in(language), funder.n) for funder in funders],
        languages=[(code, str(names.get(code, code)), number) for code, number in spoken],
    )


def asked_hand_overs(cases: CaseQuerySet, on: date) -> list[CaseEvent]:
    """Cases whose owner has asked the supervisor to take them, newest first, while they are still in the same hands."""
    rows = CaseEvent.objects.filter(
        event="hand_over_asked", on__gte=on - timedelta(days=ASKED_DAYS), case__in=cases, case__owner=F("by")
    )
    newest: dict[int, CaseEvent] = {}
    for row in rows.select_related("case__borrower", "by").order_by("-at", "-pk"):
        newest.setdefault(row.case_id, row)
    return list(newest.values())
