"""What was known of borrowers at moments of the past: the same facts as `contacts.situations`, with their days of then."""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from contacts.facts import ConsentFact, HoldFact, HoursFact, Past, Point, Situation
from contacts.localtime import zone_of
from contacts.models import CallHours, Consent, Contact, Hold, OptOut, Refusal
from contacts.rules import Rulebook
from contacts.situations import PAST, past_of
from lending.models import Borrower

LONGEST = timedelta(days=400)
"""How far before a moment contacts are read: longer than any cap looks back."""


class History:
    """Everything that was ever noted of one borrower, each fact with the moments between which it was known."""

    def __init__(self, ref: str, zone: ZoneInfo | None, house_zone: ZoneInfo) -> None:
        self.ref, self.zone, self.house_zone = ref, zone, house_zone
        self.past: list[tuple[int, Past]] = []
        self.holds: list[tuple[HoldFact, datetime, datetime | None]] = []
        self.opt_outs: list[tuple[str, datetime, datetime | None]] = []
        self.consents: list[ConsentFact] = []
        self.refusals: list[tuple[str, datetime]] = []
        self.hours: list[tuple[HoursFact, datetime, datetime | None]] = []

    def at(self, moment: datetime, place: int, rules: Rulebook, points: tuple[Point, ...]) -> Situation:
        """The situation just before the contact of key `place` at that moment."""
        past = tuple(each for key, each in self.past if (each.at, key) < (moment, place))
        return Situation(
            zone=self.zone,
            house_zone=self.house_zone,
            rules=rules,
            points=points,
            past=past,
            was_contacted=any(not each.is_inbound for each in past),
            holds=tuple(hold for hold, since, until in self.holds if _known(since, until, moment)),
            opted_out=frozenset(way for way, since, until in self.opt_outs if _known(since, until, moment)),
            consents=tuple(self.consents),
            refused=frozenset(number for number, since in self.refusals if since < moment),
            hours=next((hours for hours, since, until in self.hours if _known(since, until, moment)), None),
        )


def _known(since: datetime, until: datetime | None, moment: datetime) -> bool:
    return since <= moment and (until is None or moment < until)


def histories(borrower_ids: Collection[int], until: datetime) -> dict[int, History]:
    """The history of each borrower; seven queries, however many they are."""
    house_zone = zone_of(timezone.get_default_timezone_name()) or ZoneInfo("UTC")
    people = Borrower.objects.filter(pk__in=borrower_ids).values_list("pk", "ref", "time_zone")
    found = {pk: History(ref, zone_of(zone), house_zone) for pk, ref, zone in people}
    theirs = {"borrower__in": borrower_ids}
    contacts = Contact.objects.happened().filter(at__gte=until - LONGEST, at__lt=until, **theirs)
    for row in contacts.values_list(*PAST):
        pk, borrower, past = past_of(row)
        found[borrower].past.append((pk, past))
    for borrower, kind, first, last, since, lifted in Hold.objects.filter(**theirs).values_list(
        "borrower_id", "kind", "from_on", "to_on", "placed_at", "lifted_at"
    ):
        found[borrower].holds.append((HoldFact(kind, first, last), since, lifted))
    for borrower, channel, since, ended in OptOut.objects.filter(**theirs).values_list(
        "borrower_id", "channel", "from_at", "to_at"
    ):
        found[borrower].opt_outs.append((channel, since, ended))
    for borrower, kind, since, ended in Consent.objects.filter(**theirs).values_list(
        "borrower_id", "kind", "from_at", "to_at"
    ):
        found[borrower].consents.append(ConsentFact(kind, since, ended))
    for borrower, opens, closes, since, ended in CallHours.objects.filter(**theirs).values_list(
        "borrower_id", "opens", "closes", "from_at", "to_at"
    ):
        found[borrower].hours.append((HoursFact(opens, closes), since, ended))
    for borrower, number, since in Refusal.objects.filter(**theirs).values_list("borrower_id", "digest", "at"):
        found[borrower].refusals.append((number, since))
    return found
