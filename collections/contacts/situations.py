"""Reads what the gate must know of many borrowers: four queries, however many they are.

One reads the rules, one the people with their contact points, one what stands between them and a contact (holds, opt-outs,
consents, wanted hours, refusals), one their past contacts.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from contacts.facts import ConsentFact, HoldFact, HoursFact, Past, Point, Situation
from contacts.localtime import zone_of
from contacts.models import CallHours, Consent, Contact, ContactRule, Hold, OptOut, Refusal
from contacts.rules import Rule, Rulebook, details_of, in_succession
from lending.models import Borrower, ContactPoint
from lending.models.parties import USABLE_QUALITIES
from lending.sql.reading import among, listed
from staff.statements import Blank, statement

ZONE_SLACK = timedelta(days=2)
"""More than the distance between any two zones' dates."""
LOOK_BACK_DAYS = 30
"""How far back tries count when nobody answers: the least that is read."""
WHO = Blank("who", TextField())
"""The borrowers that a statement is asked for, `listed`."""
_RANKS = {str(quality): place for place, quality in enumerate(USABLE_QUALITIES)}


class RuleRow(NamedTuple):
    """A version as its table keeps it, read without a model: the gate reads all of them for each question."""

    rule_set: str
    code: str
    kind: str
    standing: str
    channels: list[str]
    quiet_from: time | None
    quiet_to: time | None
    unit: str
    max_count: int | None
    period_days: int
    text: str
    text_zh: str
    source: str
    valid_from: date
    valid_to: date | None
    details: dict[str, Any]
    is_withdrawn: bool


def rules() -> tuple[Rule, ...]:
    """Every rule of every date, each ended by its next version; which of them bind on a day is for the judge to say."""
    rows = (RuleRow(*row) for row in statement(_rules).rows())
    return in_succession((row.rule_set, rule_of(row), row.is_withdrawn) for row in rows)


def _rules() -> QuerySet[Any, Any]:
    return ContactRule.objects.values_list(*RuleRow._fields)


def rule_of(row: ContactRule | RuleRow) -> Rule:
    """One version as a value."""
    return Rule(
        code=row.code,
        kind=row.kind,
        standing=row.standing,
        channels=frozenset(row.channels),
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        unit=row.unit,
        max_count=row.max_count or 0,
        period_days=row.period_days,
        text=row.text,
        text_zh=row.text_zh,
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        details=details_of(row.details),
    )


def situations(borrower_ids: Collection[int], *, earliest: datetime) -> dict[int, Situation]:
    """The situation of each borrower for questions about `earliest` or later; an unknown borrower is left out."""
    house_zone = zone_of(str(timezone.get_default_timezone_name()))
    if house_zone is None:
        return {}
    book = Rulebook(rules())
    since = earliest - timedelta(days=longest_period(book)) - ZONE_SLACK
    past, wishes = _past(borrower_ids, since), _wishes(borrower_ids)
    return {
        pk: Situation(
            zone=zone_of(zone),
            house_zone=house_zone,
            rules=book,
            points=points,
            past=tuple(past[pk]),
            was_contacted=was_contacted,
            holds=tuple(wishes[pk].holds),
            opted_out=frozenset(wishes[pk].opted_out),
            consents=tuple(wishes[pk].consents),
            refused=frozenset(wishes[pk].refused),
            hours=wishes[pk].hours,
        )
        for pk, (zone, was_contacted, points) in _people(borrower_ids).items()
    }


def longest_period(book: Rulebook) -> int:
    """Days of the longest cap on the borrower; caps on other people count all their contacts, which are few."""
    periods = [
        rule.period_days for rule in book.rules if not rule.details.subjects or "borrower" in rule.details.subjects
    ]
    return max([LOOK_BACK_DAYS, *periods])


def _people(borrower_ids: Collection[int]) -> dict[int, tuple[str, bool, tuple[Point, ...]]]:
    """Zone, whether there ever was a contact, and the usable points, best first."""
    rows = statement(_reachable).rows(who=listed(borrower_ids))
    found: dict[int, tuple[str, bool, list[tuple[int, int, Point]]]] = {}
    for pk, zone, contacted, point, kind, holder, digest, quality in rows:
        ranked = found.setdefault(pk, (zone, contacted, []))[2]
        if point is not None:
            ranked.append((_RANKS[quality], -point, Point(point, kind, holder, digest)))
    return {
        pk: (zone, contacted, tuple(point for _rank, _newest, point in sorted(ranked)))
        for pk, (zone, contacted, ranked) in found.items()
    }


def _reachable() -> QuerySet[Any, Any]:
    earlier = Contact.objects.counted().filter(borrower=OuterRef("pk"))
    usable = Q(contact_points__retired_at=None, contact_points__quality__in=USABLE_QUALITIES)
    return (
        Borrower.objects.filter(among("pk", WHO))
        .annotate(usable=FilteredRelation("contact_points", condition=usable), contacted=Exists(earlier))
        .values_list(
            "pk", "time_zone", "contacted", "usable__pk", "usable__kind", "usable__holder", "usable__digest",
            "usable__quality",
        )
    )  # fmt: skip


class _Wishes:
    def __init__(self) -> None:
        self.holds: list[HoldFact] = []
        self.opted_out: set[str] = set()
        self.consents: list[ConsentFact] = []
        self.refused: set[str] = set()
        self.hours: HoursFact | None = None

    def take(self, what: str, code: str, days: tuple[date, date | None], from_at: datetime) -> None:
        match what:
            case "hold":
                self.holds.append(HoldFact(code, *days))
            case "opt_out":
                self.opted_out.add(code)
            case "consent":
                self.consents.append(ConsentFact(code, from_at))
            case "refusal":
                self.refused.add(code)
            case "hours":
                opens, closes = (time.fromisoformat(each) for each in code.split("–"))
                self.hours = HoursFact(opens, closes)


def _wishes(borrower_ids: Collection[int]) -> defaultdict[int, _Wishes]:
    """Holds, opt-outs, consents, wanted hours and refusals that stand, in one statement."""
    found: defaultdict[int, _Wishes] = defaultdict(_Wishes)
    for borrower, what, code, first, last, moment in statement(_standing).rows(who=listed(borrower_ids)):
        found[borrower].take(what, code, (first, last), moment)
    return found


def _standing() -> QuerySet[Any, Any]:
    no_day, no_moment = Cast(Value(None), DateField()), Cast(Value(None), DateTimeField())
    theirs = among("borrower", WHO)
    holds = _told(Hold.objects.filter(theirs, lifted_at=None), "hold", "kind", F("from_on"), F("to_on"), no_moment)
    hours = Concat(Cast("opens", CharField()), Value("–"), Cast("closes", CharField()))
    others = [
        _told(OptOut.objects.filter(theirs, to_at=None), "opt_out", "channel", no_day, no_day, F("from_at")),
        _told(Consent.objects.filter(theirs, to_at=None), "consent", "kind", no_day, no_day, F("from_at")),
        _told(CallHours.objects.filter(theirs, to_at=None), "hours", hours, no_day, no_day, F("from_at")),
        _told(Refusal.objects.filter(theirs), "refusal", "digest", no_day, no_day, F("at")),
    ]
    told: QuerySet[Any, Any] = holds.union(*others, all=True).order_by("what", "first", "code")
    return told


def _told(rows: Any, what: str, code: Any, first: Any, last: Any, moment: Any) -> Any:
    told = rows.order_by().annotate(
        what=Value(what, CharField()), code=Cast(code, CharField()), first=first, last=last, moment=moment
    )
    return told.values_list("borrower_id", "what", "code", "first", "last", "moment")


def _past(borrower_ids: Collection[int], since: datetime) -> defaultdict[int, list[Past]]:
    found: defaultdict[int, list[Past]] = defaultdict(list)
    for row in statement(_happened).rows(who=listed(borrower_ids), since=since):
        _pk, borrower, past = past_of(row)
        found[borrower].append(past)
    return found


def _happened() -> QuerySet[Any, Any]:
    is_near = Q(at__gte=Blank("since", DateTimeField())) | ~Q(subject=ContactPoint.Holder.BORROWER)
    return Contact.objects.happened().filter(among("borrower", WHO), is_near).values_list(*PAST)


PAST = (
    *("pk", "borrower_id", "channel", "at", "connected", "state", "outcome"),
    *("point__digest", "subject", "direction"),
)
"""What `past_of` wants to know of a contact."""


def past_of(row: tuple[Any, ...]) -> tuple[int, int, Past]:
    """A contact as the caps count it, with its key and its borrower."""
    pk, borrower, channel, at, connected, state, outcome, digest, subject, direction = row
    has_connected = _may_have_connected(connected, state, outcome)
    return (
        pk,
        borrower,
        Past(channel, at, has_connected, outcome, digest or "", subject, direction == Contact.Direction.IN),
    )


def _may_have_connected(connected: bool, state: str, outcome: str) -> bool:
    """A call counts as connected until somebody says that it was not."""
    return connected or state == Contact.State.RESERVED or outcome == Contact.Outcome.UNKNOWN
