"""Tables of the gate: a rule, a situation, the verdict, the next lawful moment. Local times are those of the person."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from contacts.facts import Ask, ConsentFact, HoldFact, Past, Point, Situation
from contacts.judging import judge
from contacts.localtime import zone_of
from contacts.rules import Rulebook
from reachable import SHANGHAI, local

MOBILE = Point(1, "mobile", "borrower", "m")
PLACES = (
    MOBILE,
    Point(2, "phone", "borrower", "p"),
    Point(3, "email", "borrower", "e"),
    Point(4, "address", "borrower", "a"),
    Point(5, "mobile", "contact", "c"),
    Point(6, "mobile", "contact", "d"),
    Point(7, "mobile", "guarantor", "g"),
)
POINT_OF = {point.number: point.id for point in PLACES}


@dataclass(frozen=True)
class Happened:
    """A contact of the past: a local moment, and what came of it."""

    at: str
    channel: str = "call"
    outcome: str = "no_answer"
    number: str = "m"
    subject: str = "borrower"
    inbound: bool = False

    def as_past(self, zone: str) -> Past:
        connected = self.outcome in {"right_party", "other_person", "unknown", ""}
        return Past(
            self.channel, local(self.at, zone), connected, self.outcome, self.number, self.subject, self.inbound
        )


@dataclass(frozen=True)
class Row:
    """`lawful` is a local moment, "now", or None where waiting does not help."""

    rule_under_test: str
    situation: str
    at: str
    verdict: str = ""
    lawful: str | None = "now"
    channel: str = "call"
    purpose: str = "demand"
    zone: str = SHANGHAI
    subject: str = "borrower"
    number: str = ""
    people: int = 2
    text: str = ""
    past: tuple[Happened, ...] = ()
    holds: tuple[tuple[str, str, str | None], ...] = ()
    opted_out: tuple[str, ...] = ()
    consents: tuple[tuple[str, str], ...] = ()
    refused: tuple[str, ...] = ()
    points: tuple[Point, ...] = PLACES
    first: bool = False
    withdrawn: tuple[tuple[str, str, str], ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.rule_under_test}: {self.situation}"


def several(count: int, day: str, **columns: str) -> tuple[Happened, ...]:
    """So many contacts on that day, a minute apart, from nine in the morning."""
    return tuple(Happened(f"{day} 09:{minute:02d}", **columns) for minute in range(count))  # type: ignore[arg-type]


def on_days(*days: str, **columns: str) -> tuple[Happened, ...]:
    return tuple(Happened(f"{day} 09:00", **columns) for day in days)  # type: ignore[arg-type]


def answered(row: Row, rules: Rulebook) -> tuple[str, datetime | None]:
    """What the gate says to a row: the code that refuses, and the next lawful moment."""
    clock = row.zone if zone_of(row.zone) else SHANGHAI
    situation = Situation(
        zone=zone_of(row.zone),
        house_zone=ZoneInfo(SHANGHAI),
        rules=rules,
        points=row.points,
        past=tuple(each.as_past(clock) for each in row.past),
        holds=tuple(
            HoldFact(kind, date.fromisoformat(first), date.fromisoformat(last) if last else None)
            for kind, first, last in row.holds
        ),
        opted_out=frozenset(row.opted_out),
        consents=tuple(
            ConsentFact(kind, local(since, clock), local(until, clock) if until else None)
            for kind, since, until in (*((kind, since, "") for kind, since in row.consents), *row.withdrawn)
        ),
        refused=frozenset(row.refused),
        was_contacted=not row.first,
    )
    ask = Ask(
        row.channel,
        row.purpose,
        POINT_OF.get(row.number),
        row.subject,
        row.people,
        row.text,
        ("示例消金", "Example Finance"),
    )
    finding = judge(situation, ask, local(row.at, clock))
    return finding.obstacle.code if finding.obstacle else "", finding.lawful_at


def expected(row: Row) -> tuple[str, datetime | None]:
    clock = row.zone if zone_of(row.zone) else SHANGHAI
    if row.lawful is None:
        return row.verdict, None
    return row.verdict, local(row.at if row.lawful == "now" else row.lawful, clock)
