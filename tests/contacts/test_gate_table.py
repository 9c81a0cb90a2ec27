"""The gate as a table: rule, situation, verdict, next lawful moment. Local times are the borrower's."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from contacts.gate import decide
from contacts.models import Hold, OptOut
from reachable import LONG_AGO, SHANGHAI, local, make_borrower, make_contact, make_point
from staff.models import User

DAY = "2026-11-20"
NY, SAO_PAULO, KIRITIMATI = "America/New_York", "America/Sao_Paulo", "Pacific/Kiritimati"


@dataclass
class Row:
    name: str
    at: str
    rule: str = ""
    lawful: str | None = "now"
    channel: str = "call"
    purpose: str = "demand"
    zone: str = SHANGHAI
    holds: list[tuple[str, str, str | None]] = field(default_factory=list)
    opted_out: list[str] = field(default_factory=list)
    points: list[tuple[str, str]] = field(default_factory=lambda: [("mobile", "untried")])
    past: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)


def calls(count: int, day: str = DAY, **columns: Any) -> list[tuple[str, str, dict[str, Any]]]:
    return [("call", f"{day} 09:{minute:02d}", columns) for minute in range(count)]


def texts(count: int, day: str = DAY) -> list[tuple[str, str, dict[str, Any]]]:
    return [("sms", f"{day} 09:{minute:02d}", {"outcome": "sent"}) for minute in range(count)]


CONNECTED: dict[str, Any] = {"connected": True, "outcome": "right_party"}
WEEK = [text for day in range(14, 20) for text in texts(1, f"2026-11-{day}")]

TABLE = [
    # quiet hours
    Row("a morning call is free", f"{DAY} 10:00"),
    Row("the first second of the morning is free", f"{DAY} 08:00:00"),
    Row("the last second of the night is quiet", f"{DAY} 07:59:59", "CN-WIN", f"{DAY} 08:00"),
    Row("a call just before eight in the evening is free", f"{DAY} 19:59:59"),
    Row("the house is quiet from eight in the evening", f"{DAY} 20:00", "HOUSE-CALL-WIN", "2026-11-21 08:00"),
    Row("law decides before the house at half past ten", f"{DAY} 22:30", "CN-WIN", "2026-11-21 08:00"),
    Row("midnight is quiet", f"{DAY} 00:00", "CN-WIN", f"{DAY} 08:00"),
    Row("a text message is free until ten at night", f"{DAY} 21:59:59", channel="sms"),
    Row("a text message at ten at night is not", f"{DAY} 22:00", "CN-WIN", "2026-11-21 08:00", channel="sms"),
    Row("a notice required by law keeps quiet hours", f"{DAY} 23:00", "CN-WIN", "2026-11-21 08:00", purpose="legal"),
    Row("an answer keeps quiet hours", f"{DAY} 23:00", "CN-WIN", "2026-11-21 08:00", purpose="service"),
    Row("in 2016 the same hours are a house rule", "2016-12-08 22:30", "CN-WIN", "2016-12-09 08:00"),
    # zones and changes of the clock
    Row("the clock that counts is the borrower's", f"{DAY} 07:00", "CN-WIN", f"{DAY} 08:00", zone=NY),
    Row("the day counts in the farthest zone too", f"{DAY} 10:00", zone=KIRITIMATI),
    Row("a night in which clocks go forward", "2026-03-08 01:30", "CN-WIN", "2026-03-08 08:00", zone=NY),
    Row("a night in which clocks go back", "2026-11-01 01:30", "CN-WIN", "2026-11-01 08:00", zone=NY),
    Row("an unknown zone closes the gate", f"{DAY} 10:00", "gate.closed", None, zone="Mars/Base"),
    Row("no zone closes the gate", f"{DAY} 10:00", "gate.closed", None, zone=""),
    # calls
    Row("two connected calls leave one", f"{DAY} 10:00", past=calls(2, **CONNECTED)),
    Row("three connected calls are enough", f"{DAY} 10:00", "CN-CALL-EFF", "2026-11-21 08:00", past=calls(3, **CONNECTED)),
    Row("five dials leave one", f"{DAY} 10:00", past=calls(5)),
    Row("six dials are enough", f"{DAY} 10:00", "CN-CALL-TRY", "2026-11-21 08:00", past=calls(6)),
    Row("yesterday's dials do not count", f"{DAY} 10:00", past=calls(6, "2026-11-19")),
    Row("calls that the borrower made do not count", f"{DAY} 10:00", past=calls(9, direction="in", **CONNECTED)),
    Row("slots given back do not count", f"{DAY} 10:00", past=calls(9, state="released")),
    Row("calls under way count as connected", f"{DAY} 10:00", "CN-CALL-EFF", "2026-11-21 08:00",
        past=calls(3, state="reserved", outcome="")),
    Row("calls of unknown end count as connected", f"{DAY} 10:00", "CN-CALL-EFF", "2026-11-21 08:00",
        past=calls(3, outcome="unknown")),
    Row("calls do not use up text messages", f"{DAY} 10:00", channel="sms", past=calls(6)),
    Row("a full day that ends in the night opens in the morning", f"{DAY} 23:30", "CN-WIN", "2026-11-21 08:00", past=calls(6)),
    Row("a cap counts the days of the borrower's zone", f"{DAY} 10:00", "CN-CALL-TRY", "2026-11-21 08:00", zone=NY,
        past=calls(6)),
    Row("an answer to the borrower's request keeps the caps", f"{DAY} 10:00", "CN-CALL-TRY", "2026-11-21 08:00",
        purpose="service", past=calls(6)),
    # text messages
    Row("one text message leaves one", f"{DAY} 10:00", channel="sms", past=texts(1)),
    Row("two text messages are enough for a day", f"{DAY} 10:00", "HOUSE-SMS-DAY", "2026-11-21 08:00", channel="sms",
        past=texts(2)),
    Row("six in a week leave one", f"{DAY} 10:00", channel="sms", past=WEEK),
    Row("seven in a week wait until the first has left it", f"{DAY} 10:00", "HOUSE-SMS-WEEK", "2026-11-21 08:00",
        channel="sms", past=[*WEEK, *texts(1)]),
    Row("a week that fills late waits long", f"{DAY} 10:00", "HOUSE-SMS-DAY", "2026-11-24 08:00", channel="sms",
        past=[*texts(2), *texts(2, "2026-11-19"), *texts(2, "2026-11-18"), *texts(1, "2026-11-17")]),
    Row("the caps of the next days are known too", f"{DAY} 10:00", "HOUSE-SMS-WEEK", "2026-11-26 08:00", channel="sms",
        past=[*texts(7, "2026-11-19")]),
    # contact points
    Row("without a number there is no call", f"{DAY} 10:00", "point.none", None, points=[]),
    Row("a number that is gone is none", f"{DAY} 10:00", "point.none", None, points=[("mobile", "gone")]),
    Row("somebody else's number is none", f"{DAY} 10:00", "point.none", None, points=[("mobile", "wrong_person")]),
    Row("a landline takes calls", f"{DAY} 10:00", points=[("phone", "untried")]),
    Row("a landline takes no text message", f"{DAY} 10:00", "point.none", None, channel="sms", points=[("phone", "untried")]),
    Row("a number takes no e-mail", f"{DAY} 10:00", "point.none", None, channel="email"),
    Row("nobody's home is known", f"{DAY} 10:00", "point.none", None, channel="visit"),
    # opt-outs
    Row("an opt-out stops demands", f"{DAY} 10:00", "opt_out.sms", None, channel="sms", opted_out=["sms"]),
    Row("an opt-out stops reminders", f"{DAY} 10:00", "opt_out.sms", None, channel="sms", purpose="reminder", opted_out=["sms"]),
    Row("an opt-out stops no answer", f"{DAY} 10:00", channel="sms", purpose="service", opted_out=["sms"]),
    Row("an opt-out stops no notice of the law", f"{DAY} 10:00", channel="sms", purpose="legal", opted_out=["sms"]),
    Row("an opt-out of one channel leaves the others", f"{DAY} 10:00", opted_out=["sms"]),
    # holds
    Row("a dispute stops demands", f"{DAY} 10:00", "hold.dispute", None, holds=[("dispute", DAY, None)]),
    Row("a complaint stops reminders", f"{DAY} 10:00", "hold.complaint", None, purpose="reminder",
        holds=[("complaint", DAY, None)]),
    Row("a hold stops no answer", f"{DAY} 10:00", purpose="service", holds=[("dispute", DAY, None)]),
    Row("a moratorium stops no notice of the law", f"{DAY} 10:00", purpose="legal", holds=[("moratorium", DAY, None)]),
    Row("a hold with a last day ends in the next morning", f"{DAY} 10:00", "hold.illness", "2026-11-28 08:00",
        holds=[("illness", DAY, "2026-11-27")]),
    Row("a hold holds on its last day", "2026-11-27 10:00", "hold.illness", "2026-11-28 08:00",
        holds=[("illness", DAY, "2026-11-27")]),
    Row("a hold is over the day after", "2026-11-28 10:00", holds=[("illness", DAY, "2026-11-27")]),
    Row("a hold that begins tomorrow does not stop today", f"{DAY} 10:00", holds=[("stop", "2026-11-21", None)]),
    Row("waiting into a hold is no way out", f"{DAY} 22:30", "CN-WIN", None, holds=[("stop", "2026-11-21", None)]),
    Row("holds decide before everything", f"{DAY} 23:00", "hold.bereavement", None, points=[], opted_out=["call"],
        holds=[("bereavement", DAY, None)]),
    Row("opt-outs decide before numbers", f"{DAY} 23:00", "opt_out.call", None, points=[], opted_out=["call"]),
    Row("numbers decide before quiet hours", f"{DAY} 23:00", "point.none", None, points=[]),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_gate_answers_by_the_table(row: Row) -> None:
    borrower = make_borrower(zone=row.zone, phone=None)
    keeper = User.objects.create(username="keeper")
    zone = row.zone if "/" in row.zone and row.zone != "Mars/Base" else SHANGHAI
    for place, (kind, quality) in enumerate(row.points):
        make_point(borrower, f"1380013800{place}", kind, quality)
    for channel, then, columns in row.past:
        make_contact(borrower, local(then, zone), channel, **columns)
    for channel in row.opted_out:
        OptOut.objects.create(borrower=borrower, channel=channel, from_at=LONG_AGO)
    for kind, start, end in row.holds:
        days = {"from_on": date.fromisoformat(start), "to_on": date.fromisoformat(end) if end else None}
        Hold.objects.create(borrower=borrower, kind=kind, reason="-", placed_by=keeper, placed_at=LONG_AGO, **days)
    at = local(row.at, zone)

    answer = decide(borrower, row.channel, row.purpose, at)

    assert (answer.rule, answer.allowed) == (row.rule, not row.rule)
    expected = {None: None, "now": at}.get(row.lawful) if row.lawful in {None, "now"} else local(str(row.lawful), zone)
    assert answer.lawful_at == expected
