"""Regulation F as a table: rule, situation, verdict, next lawful moment, by the clock of the consumer."""

import pytest

from contacts.presets import rules_of
from contacts.rule_sets import house, regulation_f
from contacts.rules import Rulebook
from gate_tables import Happened, Row, answered, expected, on_days, several

STOPS = tuple(preset for preset in house.PRESETS if preset.kind == "block")
RULES = Rulebook(rules_of((*regulation_f.PRESETS, *STOPS)))
NY, HONOLULU, PHOENIX = "America/New_York", "Pacific/Honolulu", "America/Phoenix"
DAY, NEXT = "2026-11-20", "2026-11-21"
NOON = f"{DAY} 12:00"
FIRST = "Example Finance is a debt collector attempting to collect a debt; information will be used for that purpose. Reply STOP to opt out."
LATER = "This is from a debt collector, Example Finance. Reply STOP to opt out."
TEXTED, MAILED, ROBOT = ("sms", "2026-11-01 10:00"), ("email", "2026-01-05 10:00"), ("voice", "2026-01-05 10:00")
WEEK = on_days(*(f"2026-11-{day}" for day in range(14, 21)))


def us(rule: str, situation: str, at: str, verdict: str = "", lawful: str | None = "now", **more: object) -> Row:
    return Row(rule, situation, at, verdict, lawful, **{"zone": NY, **more})  # type: ignore[arg-type]


HOURS = [
    us("US-WIN", "eight in the morning is open", f"{DAY} 08:00"),
    us("US-WIN", "a second before eight is not", f"{DAY} 07:59:59", "US-WIN", f"{DAY} 08:00"),
    us("US-WIN", "just before nine in the evening is open", f"{DAY} 20:59:59"),
    us("US-WIN", "nine in the evening is not", f"{DAY} 21:00", "US-WIN", f"{NEXT} 08:00"),
    us("US-WIN", "an automated text keeps the hours", f"{DAY} 21:30", "US-WIN", f"{NEXT} 08:00", channel="sms", consents=(TEXTED,)),
    us("US-WIN", "an automated e-mail keeps the hours", f"{DAY} 06:30", "US-WIN", f"{DAY} 08:00", channel="email", consents=(MAILED,)),
    us("US-WIN", "the clock of Honolulu counts", f"{DAY} 07:30", "US-WIN", f"{DAY} 08:00", zone=HONOLULU),
    us("US-WIN", "Arizona changes no clock", "2027-03-13 22:00", "US-WIN", "2027-03-14 08:00", zone=PHOENIX),
    us("US-WIN", "the night in which clocks go forward ends at eight by the new clock", "2027-03-14 01:59", "US-WIN", "2027-03-14 08:00"),
    us("US-WIN", "the night in which clocks go back ends at eight by the new clock", "2026-11-01 01:30", "US-WIN", "2026-11-01 08:00"),
    us("US-WIN", "consent given directly opens the evening", f"{DAY} 21:30", consents=(("hours", "2026-11-01 10:00"),)),
    us("US-WIN", "consent withdrawn closes it again", f"{DAY} 21:30", "US-WIN", f"{NEXT} 08:00", withdrawn=(("hours", "2026-11-01 10:00", "2026-11-10 10:00"),)),
    us("US-WIN", "a third person has the same hours", f"{DAY} 21:30", "US-WIN", f"{NEXT} 08:00", subject="contact", purpose="locate"),
    us("US-WIN", "before the rule was in force the gate is closed", "2021-11-29 12:00", "gate.closed", None),
]  # fmt: skip
CALLS = [
    us("US-FREQ", "six calls in seven days leave one", NOON, past=WEEK[1:]),
    us("US-FREQ", "seven calls in seven days are enough until the first has left them", NOON, "US-FREQ", f"{NEXT} 08:00", past=WEEK),
    us("US-FREQ", "calls of the eighth day do not count", NOON, past=several(7, "2026-11-13")),
    us("US-FREQ", "seven calls on one day wait a week", NOON, "US-FREQ", "2026-11-27 08:00", past=several(7, DAY)),
    us("US-FREQ", "voice notices count with calls", NOON, "US-FREQ", f"{NEXT} 08:00",
       past=(*WEEK[:6], Happened(f"{DAY} 09:00", "voice"))),
    us("US-FREQ", "texts do not count", NOON, past=several(9, DAY, channel="sms", outcome="sent")),
    us("US-FREQ", "calls to any number of the person count", NOON, "US-FREQ", f"{NEXT} 08:00", past=(*WEEK[:6], Happened(f"{DAY} 09:00", number="p"))),
    us("US-FREQ-X", "calls that did not connect to the number are left out", NOON, past=several(9, DAY, outcome="invalid")),
    us("US-FREQ-X", "busy lines are counted", NOON, "US-FREQ", "2026-11-27 08:00", past=several(7, DAY, outcome="busy")),
    us("US-FREQ-X", "a consent of six days ago lifts the cap", NOON, past=WEEK, consents=(("frequency", "2026-11-14 12:00"),)),
    us("US-FREQ-X", "a consent of seven days ago to the minute still does", NOON, past=WEEK, consents=(("frequency", "2026-11-13 12:00"),)),
    us("US-FREQ-X", "a consent of eight days ago does not", NOON, "US-FREQ", f"{NEXT} 08:00", past=WEEK, consents=(("frequency", "2026-11-12 12:00"),)),
    us("US-FREQ-TALK", "the day of the talk is the first of seven", NOON, "US-FREQ-TALK", "2026-11-27 08:00", past=on_days(DAY, outcome="right_party")),
    us("US-FREQ-TALK", "on the seventh day there is no call", NOON, "US-FREQ-TALK", f"{NEXT} 08:00", past=on_days("2026-11-14", outcome="right_party")),
    us("US-FREQ-TALK", "on the eighth day there may be", NOON, past=on_days("2026-11-13", outcome="right_party")),
    us("US-FREQ-TALK", "a talk that the consumer began counts", NOON, "US-FREQ-TALK", "2026-11-25 08:00",
       past=(Happened("2026-11-18 15:00", outcome="right_party", inbound=True),)),
    us("US-FREQ-TALK", "words with a stranger are no talk with the person", NOON, past=on_days("2026-11-19", outcome="other_person")),
    us("US-FREQ-TALK", "a call whose end is unknown may have been a talk", NOON, "US-FREQ-TALK", "2026-11-26 08:00", past=on_days("2026-11-19", outcome="unknown")),
    us("US-FREQ-TALK", "a text may go within the seven days", NOON, channel="sms", consents=(TEXTED,), past=on_days("2026-11-19", outcome="right_party")),
    us("US-FREQ-TALK", "the week over a change of clocks opens by the new clock", "2026-10-31 12:00", "US-FREQ-TALK", "2026-11-05 08:00",
       past=on_days("2026-10-29", outcome="right_party")),
    us("US-FREQ-TALK", "a consent after the talk lifts it", NOON, past=on_days("2026-11-19", outcome="right_party"), consents=(("frequency", "2026-11-19 10:00"),)),
]  # fmt: skip
PERSONS = [
    us("US-TP", "a third person is asked for location", NOON, subject="contact", purpose="locate"),
    us("US-TP", "a third person is not asked to pay", NOON, "US-TP", None, subject="contact"),
    us("US-TP", "nor the guarantor's number for the consumer's debt", NOON, "US-TP", None, subject="guarantor"),
    us("US-TP", "once asked is asked for good", NOON, "US-TP-ONCE", None, subject="contact", purpose="locate", number="c",
       past=(Happened("2022-03-01 10:00", number="c", subject="contact"),)),
    us("US-TP", "another person may be asked", NOON, subject="contact", purpose="locate", number="d",
       past=(Happened("2026-03-01 10:00", number="c", subject="contact"),)),
    us("US-TP", "the debt is not disclosed", NOON, "US-TP-TEXT", None, subject="contact", purpose="locate", channel="sms", text="He owes us money."),
    us("US-TP", "a plain request for an address is fine", NOON, subject="contact", purpose="locate", channel="sms", text="Where may I reach Mr Doe?"),
    us("US-PLACE", "an employer's number that forbids it is not called", NOON, "refusal.borrower", None, number="p", refused=("p",)),
    us("US-PLACE", "the consumer's own number is", NOON, refused=("p",)),
    us("US-PLACE", "an attorney is the one to speak with", NOON, "hold.attorney", None, holds=(("attorney", "2026-11-01", None),)),
    us("US-PLACE", "a notice goes to the attorney too", NOON, "hold.attorney", None, purpose="legal", holds=(("attorney", "2026-11-01", None),)),
    us("US-PLACE", "an answer that the consumer asked for may go", NOON, purpose="service", holds=(("attorney", "2026-11-01", None),)),
    us("US-CEASE", "a written request ends demands", NOON, "hold.cease", None, holds=(("cease", "2026-11-01", None),)),
    us("US-CEASE", "and reminders", NOON, "hold.cease", None, purpose="reminder", holds=(("cease", "2026-11-01", None),)),
    us("US-CEASE", "a remedy may be named", NOON, purpose="legal", holds=(("cease", "2026-11-01", None),)),
    us("US-CEASE", "a third person is not asked either", NOON, "hold.cease", None, subject="contact", purpose="locate", holds=(("cease", "2026-11-01", None),)),
    us("US-MEDIUM", "a medium that was asked away is not used", NOON, "opt_out.email", None, channel="email", consents=(MAILED,), opted_out=("email",)),
    us("US-MEDIUM", "the others are", NOON, opted_out=("email", "sms")),
]  # fmt: skip
CONSENTS = [
    us("US-SMS60", "a text needs a consent", NOON, "US-SMS60", None, channel="sms"),
    us("US-SMS60", "a consent of sixty days to the minute is young enough", NOON, channel="sms", consents=(("sms", "2026-09-21 13:00"),)),
    us("US-SMS60", "one of sixty-one days is not", NOON, "US-SMS60", None, channel="sms", consents=(("sms", "2026-09-20 11:00"),)),
    us("US-SMS60", "an answer that was asked for needs none", NOON, channel="sms", purpose="service"),
    us("US-EMAIL35", "an e-mail needs a consent or a notice", NOON, "US-EMAIL35", None, channel="email"),
    us("US-EMAIL35", "a consent opens it at once", NOON, channel="email", consents=(MAILED,)),
    us("US-EMAIL35", "a notice opens it after thirty-five days", NOON, "US-EMAIL35", "2026-12-06 10:00", channel="email", consents=(("email_notice", "2026-11-01 10:00"),)),
    us("US-EMAIL35", "a notice of thirty-six days ago has opened it", NOON, channel="email", consents=(("email_notice", "2026-10-15 10:00"),)),
    us("US-EMAIL35", "a notice that ripens in the night waits for the morning", NOON, "US-EMAIL35", "2026-12-06 08:00", channel="email", consents=(("email_notice", "2026-11-01 02:00"),)),
    us("US-TCPA", "a recorded call needs consent", NOON, "US-TCPA", None, channel="voice"),
    us("US-TCPA", "with consent it may go", NOON, channel="voice", consents=(ROBOT,)),
    us("US-TCPA", "revoked consent is none", NOON, "US-TCPA", None, channel="voice", withdrawn=(("voice", "2026-01-05 10:00", "2026-11-19 10:00"),)),
    us("US-TCPA", "a call by a person needs none", NOON),
]  # fmt: skip
WORDING = [
    us("US-OPTOUT", "a text with a way out may go", NOON, channel="sms", consents=(TEXTED,), text=LATER),
    us("US-OPTOUT", "a text without one may not", NOON, "US-OPTOUT", None, channel="sms", consents=(TEXTED,), text="From a debt collector: please call."),
    us("US-OPTOUT", "an e-mail without one may not", NOON, "US-OPTOUT", None, channel="email", consents=(MAILED,), text="From a debt collector: please call."),
    us("US-DISC", "the first contact says all three", NOON, channel="sms", consents=(TEXTED,), first=True, text=FIRST),
    us("US-DISC", "the first contact that only names the collector does not do", NOON, "US-DISC-FIRST", None, channel="sms", consents=(TEXTED,), first=True, text=LATER),
    us("US-DISC", "a later contact that hides it does not do", NOON, "US-DISC", None, channel="sms", consents=(TEXTED,), text="Please call us. Reply STOP to opt out."),
]  # fmt: skip
TABLE = [*HOURS, *CALLS, *PERSONS, *CONSENTS, *WORDING]


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_regulation_f_answers_by_the_table(row: Row) -> None:
    assert answered(row, RULES) == expected(row)
