"""Reads what the gate must know of many borrowers: six queries, however many they are."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from contacts.judging import HoldFact, Past, Point, Rule, Situation
from contacts.localtime import zone_of
from contacts.models import Contact, ContactRule, Hold, OptOut
from lending.models import Borrower, ContactPoint
from lending.models.parties import USABLE_QUALITIES

ZONE_SLACK = timedelta(days=2)
"""More than the distance between any two zones' dates."""


def rules() -> tuple[Rule, ...]:
    """Every rule of every date; which of them bind on a day is for the judge to say."""
    return tuple(
        Rule(
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
        )
        for row in ContactRule.objects.all()
    )


def situations(borrower_ids: Collection[int], *, earliest: datetime) -> dict[int, Situation]:
    """The situation of each borrower for questions about `earliest` or later; an unknown borrower is left out."""
    in_force = rules()
    longest = max((rule.period_days for rule in in_force), default=1)
    house_zone = zone_of(str(timezone.get_default_timezone_name()))
    if house_zone is None:
        return {}
    points, holds, opted_out = _points(borrower_ids), _holds(borrower_ids), _opted_out(borrower_ids)
    past = _past(borrower_ids, since=earliest - timedelta(days=longest) - ZONE_SLACK)
    zones = Borrower.objects.filter(pk__in=borrower_ids).values_list("pk", "time_zone")
    return {
        pk: Situation(
            zone=zone_of(name),
            house_zone=house_zone,
            rules=in_force,
            holds=tuple(holds[pk]),
            opted_out=frozenset(opted_out[pk]),
            points=tuple(points[pk]),
            past=tuple(past[pk]),
        )
        for pk, name in zones
    }


def _points(borrower_ids: Collection[int]) -> defaultdict[int, list[Point]]:
    rank = {quality: place for place, quality in enumerate(USABLE_QUALITIES)}
    rows = ContactPoint.objects.filter(borrower__in=borrower_ids, retired_at=None, quality__in=USABLE_QUALITIES)
    found: defaultdict[int, list[tuple[int, int, Point]]] = defaultdict(list)
    for pk, borrower, kind, quality in rows.values_list("pk", "borrower", "kind", "quality"):
        found[borrower].append((rank[ContactPoint.Quality(quality)], -pk, Point(pk, kind)))
    best_first: defaultdict[int, list[Point]] = defaultdict(list)
    for borrower, ranked in found.items():
        best_first[borrower] = [point for _, _, point in sorted(ranked)]
    return best_first


def _holds(borrower_ids: Collection[int]) -> defaultdict[int, list[HoldFact]]:
    found: defaultdict[int, list[HoldFact]] = defaultdict(list)
    rows = Hold.objects.filter(borrower__in=borrower_ids, lifted_at=None).order_by("from_on", "pk")
    for borrower, kind, from_on, to_on in rows.values_list("borrower", "kind", "from_on", "to_on"):
        found[borrower].append(HoldFact(kind, from_on, to_on))
    return found


def _opted_out(borrower_ids: Collection[int]) -> defaultdict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = OptOut.objects.filter(borrower__in=borrower_ids, to_at=None)
    for borrower, channel in rows.values_list("borrower", "channel"):
        found[borrower].add(channel)
    return found


def _past(borrower_ids: Collection[int], since: datetime) -> defaultdict[int, list[Past]]:
    found: defaultdict[int, list[Past]] = defaultdict(list)
    rows = Contact.objects.counted().filter(borrower__in=borrower_ids, at__gte=since)
    columns = rows.values_list("borrower", "channel", "at", "connected", "state", "outcome")
    for borrower, channel, at, connected, state, outcome in columns:
        found[borrower].append(Past(channel, at, _may_have_connected(connected, state, outcome)))
    return found


def _may_have_connected(connected: bool, state: str, outcome: str) -> bool:
    """A call counts as connected until somebody says that it was not."""
    return connected or state == Contact.State.RESERVED or outcome == Contact.Outcome.UNKNOWN
