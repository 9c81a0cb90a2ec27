"""What the gate knows of a borrower and is asked about one contact: plain values, read by `contacts.situations`."""

from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from contacts.rules import Rule, Rulebook

BORROWER = "borrower"


class Past(NamedTuple):
    """A contact that caps may count. `is_connected` also while nobody knows yet what comes of it.

    `number` is the digest of the number or address; empty where it is not known, which counts for every number.
    """

    channel: str
    at: datetime
    is_connected: bool
    outcome: str = ""
    number: str = ""
    subject: str = BORROWER
    is_inbound: bool = False


class HoldFact(NamedTuple):
    kind: str
    from_on: date
    to_on: date | None


class ConsentFact(NamedTuple):
    """What the borrower agreed to, from when, until it was withdrawn."""

    kind: str
    from_at: datetime
    to_at: datetime | None = None


class HoursFact(NamedTuple):
    """Between which times of their own clock the borrower wants to be spoken to; `opens` included, `closes` not."""

    opens: time
    closes: time

    def has(self, clock: time) -> bool:
        return self.opens <= clock < self.closes


class Point(NamedTuple):
    """A number or address that may still be tried, and who is reached there."""

    id: int
    kind: str
    holder: str = BORROWER
    number: str = ""


class Situation(NamedTuple):
    """Everything the gate knows of one borrower. `points` best first; days of holds are days of `house_zone`.

    `refused` are the numbers at which somebody said that we must not call there again.
    """

    zone: ZoneInfo | None
    house_zone: ZoneInfo
    rules: Rulebook
    holds: tuple[HoldFact, ...] = ()
    opted_out: frozenset[str] = frozenset()
    points: tuple[Point, ...] = ()
    past: tuple[Past, ...] = ()
    consents: tuple[ConsentFact, ...] = ()
    refused: frozenset[str] = frozenset()
    was_contacted: bool = True
    hours: HoursFact | None = None


class Ask(NamedTuple):
    """One contact: to whom, how, why; for a visit how many go; for a message what it says, in whose name.

    `despite` is the kind of hold that does not bind whoever asks: the agency with which the case is placed.
    """

    channel: str
    purpose: str
    point_id: int | None = None
    subject: str = BORROWER
    people: int = 0
    text: str = ""
    institution: tuple[str, ...] = ()
    despite: str = ""


class Obstacle(NamedTuple):
    """What stands against a contact; `release` is the first instant at which this one no longer does."""

    code: str
    release: datetime | None
    rule: Rule | None = None
    kind: str = ""
    found: str = ""


class Used(NamedTuple):
    rule: Rule
    used: int


class Finding(NamedTuple):
    obstacle: Obstacle | None
    lawful_at: datetime | None
    point_id: int | None
    ends: tuple[tuple[Rule, datetime], ...]
    used: tuple[Used, ...]
    wanted_until: datetime | None = None
