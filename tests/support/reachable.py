"""Borrowers who can be reached, and what happened when they were."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from contacts.models import Contact
from lending.models import Borrower, ContactPoint
from lending.personal import IdentityNumber, PersonName, PhoneNumber

SHANGHAI = "Asia/Shanghai"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def local(text: str, zone: str = SHANGHAI) -> datetime:
    """The instant at which clocks in that zone show `2026-11-20 10:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def make_borrower(ref: str = "B1", zone: str = SHANGHAI, phone: str | None = "13800138000") -> Borrower:
    borrower = Borrower.objects.create(
        ref=ref, name=PersonName("王小明"), identity=IdentityNumber("110101199003070011"), time_zone=zone
    )
    if phone:
        make_point(borrower, phone)
    return borrower


def make_point(borrower: Borrower, number: str, kind: str = "mobile", quality: str = "untried") -> ContactPoint:
    typed = PhoneNumber(number)
    return ContactPoint.objects.create(
        borrower=borrower, kind=kind, value=typed, digest=typed.digest(), quality=quality, added_at=LONG_AGO
    )


def make_contact(borrower: Borrower, at: datetime, channel: str = "call", **columns: Any) -> Contact:
    columns = {"state": Contact.State.MADE, "outcome": Contact.Outcome.NO_ANSWER, "purpose": "demand"} | columns
    return Contact.objects.create(borrower=borrower, channel=channel, at=at, **columns)
