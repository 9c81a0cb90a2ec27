"""What each kind of complaint brings with it, as data: what it freezes, and the days within which it is answered.

A kind that freezes stops calls, visits and optional messages (by its hold), agency work and reports to the credit bureau
together, from the day it is taken down until it is answered. A kind that marks has the bureau told that the record is disputed and
withholds nothing.
"""

from datetime import date, timedelta
from typing import Final, NamedTuple

from contacts.models import Hold


class Extension(NamedTuple):
    """How far the answer may be put off, in days from receipt, and whether somebody else than the handler has to agree."""

    days: int
    by_another: bool


class Clock(NamedTuple):
    """Calendar days from receipt (the day of receipt is day 0) until the answer, what more may be had, and where it is written."""

    days: int
    extensions: tuple[Extension, ...]
    source: str


class KindRule(NamedTuple):
    """`hold` is the hold that stands meanwhile; empty where the kind freezes nothing."""

    clock: Clock
    hold: str = ""
    marks_credit_report: bool = False

    @property
    def freezes(self) -> bool:
        return bool(self.hold)


COMPLAINT: Final = Clock(
    15,
    (Extension(30, by_another=False), Extension(60, by_another=True)),
    "银行业保险业消费投诉处理管理办法 (Measures for Handling Consumer Complaints, China): 15 / 30 / 60 d",
)
CREDIT_REPORT: Final = Clock(
    20, (), "征信业管理条例 (Regulation on the Credit Reporting Industry, China), art. 25: 20 d"
)

KINDS: Final[dict[str, KindRule]] = {
    "conduct": KindRule(COMPLAINT, hold=Hold.Kind.COMPLAINT),
    "privacy": KindRule(COMPLAINT, hold=Hold.Kind.COMPLAINT),
    "charges": KindRule(COMPLAINT, hold=Hold.Kind.DISPUTE),
    "payment": KindRule(COMPLAINT, hold=Hold.Kind.DISPUTE),
    "not_mine": KindRule(COMPLAINT, hold=Hold.Kind.DISPUTE),
    "help_refused": KindRule(COMPLAINT),
    "service": KindRule(COMPLAINT),
    "credit_report": KindRule(CREDIT_REPORT, marks_credit_report=True),
}
"""Every kind of `Complaint.Kind`, once."""

SOON_DAYS: Final = 3
"""An answer due within so many days calls for its handler."""


def due_on(kind: str, received_on: date, extensions: int = 0) -> date:
    """The last day on which the answer is in time, after so many extensions; IndexError for more than the clock has."""
    clock = KINDS[kind].clock
    days = clock.extensions[extensions - 1].days if extensions else clock.days
    return received_on + timedelta(days=days)


def next_extension(kind: str, extensions: int) -> Extension | None:
    """The extension that may still be had."""
    left = KINDS[kind].clock.extensions[extensions:]
    return left[0] if left else None
