"""The rules of mainland China and of the house as a table, one part for each rule that the gate judges.

Written from the rules' texts (limits, scope, exception); each row names the rule, the situation, the verdict and the next
lawful moment by the clock of the person.
"""

import pytest

from contacts.presets import PRESETS, rules_of
from contacts.rules import Rulebook
from gate_tables import PLACES, Happened, Row, answered, expected, on_days, several

RULES = Rulebook(rules_of(PRESETS))
DAY, NEXT, YESTERDAY = "2026-11-20", "2026-11-21", "2026-11-19"
NOON = f"{DAY} 12:00"
URUMQI, NEW_YORK, CAIRO, SANTIAGO = "Asia/Urumqi", "America/New_York", "Africa/Cairo", "America/Santiago"
SILENT = on_days("2026-11-17", "2026-11-18", YESTERDAY)
GOOD = "【示例消金】您好，您尾号1234的账单今日到期。"

HOURS = [
    Row("CN-WIN", "the last second of the day is open for a text", f"{DAY} 21:59:59", channel="sms"),
    Row("CN-WIN", "ten at night is quiet", f"{DAY} 22:00", "CN-WIN", f"{NEXT} 08:00", channel="sms"),
    Row("CN-WIN", "midnight is quiet", f"{DAY} 00:00", "CN-WIN", f"{DAY} 08:00", channel="sms"),
    Row("CN-WIN", "the last second of the night is quiet", f"{DAY} 07:59:59", "CN-WIN", f"{DAY} 08:00"),
    Row("CN-WIN", "eight in the morning is open", f"{DAY} 08:00"),
    Row("CN-WIN", "e-mail is bound too", f"{DAY} 23:10", "CN-WIN", f"{NEXT} 08:00", channel="email"),
    Row("CN-WIN", "letters are bound too", f"{DAY} 23:10", "CN-WIN", f"{NEXT} 08:00", channel="letter"),
    Row("CN-WIN", "a visit is bound too", f"{DAY} 22:30", "CN-WIN", f"{NEXT} 08:00", channel="visit"),
    Row("CN-WIN", "a voice notice is bound too", f"{DAY} 22:30", "CN-WIN", f"{NEXT} 08:00", channel="voice"),
    Row("CN-WIN", "a notice of the law waits too", f"{DAY} 23:00", "CN-WIN", f"{NEXT} 08:00", channel="sms", purpose="legal"),
    Row("CN-WIN", "a guarantor is bound too", f"{DAY} 22:30", "CN-WIN", f"{NEXT} 08:00", subject="guarantor"),
    Row("CN-WIN", "a borrower who agreed to later hours is open", f"{DAY} 22:30", consents=(("hours", "2026-10-01 10:00"),)),
    Row("CN-WIN", "an agreement taken back does not help", f"{DAY} 22:30", "CN-WIN", f"{NEXT} 08:00",
        withdrawn=(("hours", "2026-10-01 10:00", "2026-11-01 10:00"),)),
    Row("CN-WIN", "an agreement of tomorrow does not help today", f"{DAY} 22:30", "CN-WIN", f"{NEXT} 08:00",
        consents=(("hours", f"{NEXT} 10:00"),)),
    Row("CN-WIN", "the clock of Urumqi counts, not that of the house", f"{DAY} 07:30", "CN-WIN", f"{DAY} 08:00", zone=URUMQI),
    Row("CN-WIN", "the clock of New York counts", f"{DAY} 21:30", zone=NEW_YORK, channel="sms"),
    Row("CN-WIN", "the night in which clocks go back is an hour longer", "2026-10-31 23:00", "CN-WIN", "2026-11-01 08:00", zone=NEW_YORK),
    Row("CN-WIN", "the night in which clocks go forward is an hour shorter", "2027-03-13 23:00", "CN-WIN", "2027-03-14 08:00", zone=NEW_YORK),
    Row("CN-WIN", "in 2024 the same hours stand as a house rule", "2024-06-03 22:30", "CN-WIN", "2024-06-04 08:00"),
    Row("CN-WIN", "an unknown zone closes the gate", NOON, "gate.closed", None, zone="Mars/Base"),
    Row("HOUSE-CALL-WIN", "a call just before eight in the evening is open", f"{DAY} 19:59:59"),
    Row("HOUSE-CALL-WIN", "a call at eight in the evening waits", f"{DAY} 20:00", "HOUSE-CALL-WIN", f"{NEXT} 08:00"),
    Row("HOUSE-CALL-WIN", "a text at eight in the evening does not", f"{DAY} 20:00", channel="sms"),
    Row("HOUSE-CALL-WIN", "a visit at eight in the evening waits", f"{DAY} 20:30", "HOUSE-CALL-WIN", f"{NEXT} 08:00", channel="visit"),
    Row("HOUSE-CALL-WIN", "the law is named before the house", f"{DAY} 22:00", "CN-WIN", f"{NEXT} 08:00"),
]  # fmt: skip
RESTS = [
    Row("HOUSE-REST", "no call on the eve of the Spring Festival until it is over", "2027-02-05 10:00", "HOUSE-REST", "2027-02-08 08:00"),
    Row("HOUSE-REST", "no visit on New Year", "2027-01-01 10:00", "HOUSE-REST", "2027-01-02 08:00", channel="visit"),
    Row("HOUSE-REST", "a text may go on Qingming", "2027-04-05 10:00", channel="sms"),
    Row("HOUSE-REST", "an answer to the borrower's own request may too", "2027-01-01 10:00", purpose="service"),
    Row("HOUSE-REST", "the evening before opens after the rest", "2026-12-31 21:00", "HOUSE-CALL-WIN", "2027-01-02 08:00"),
    Row("HOUSE-REST", "the day is that of the person", "2027-01-01 10:00", "HOUSE-REST", "2027-01-02 08:00", zone=URUMQI),
    Row("HOUSE-REST", "abroad it is no day of rest", "2027-02-06 10:00", zone=NEW_YORK),
]  # fmt: skip
CALLS = [
    Row("CN-CALL-EFF", "two connected calls leave one", NOON, past=several(2, DAY, outcome="right_party")),
    Row("CN-CALL-EFF", "three connected calls are enough", NOON, "CN-CALL-EFF", f"{NEXT} 08:00", past=several(3, DAY, outcome="right_party")),
    Row("CN-CALL-EFF", "a stranger who answers counts as connected", NOON, "CN-CALL-EFF", f"{NEXT} 08:00", past=several(3, DAY, outcome="other_person")),
    Row("CN-CALL-EFF", "calls whose end is unknown count", NOON, "CN-CALL-EFF", f"{NEXT} 08:00", past=several(3, DAY, outcome="unknown")),
    Row("CN-CALL-EFF", "yesterday's calls do not count", NOON, past=several(3, YESTERDAY, outcome="right_party")),
    Row("CN-CALL-EFF", "calls to another number of the borrower count", NOON, "CN-CALL-EFF", f"{NEXT} 08:00",
        past=several(3, DAY, outcome="right_party", number="p")),
    Row("CN-CALL-EFF", "calls that the borrower made do not count", NOON,
        past=tuple(Happened(f"{DAY} 09:0{n}", outcome="right_party", inbound=True) for n in range(5))),
    Row("CN-CALL-EFF", "texts do not count", NOON, past=several(2, DAY, channel="sms", outcome="sent")),
    Row("CN-CALL-EFF", "calls to a guarantor do not count against the borrower", NOON,
        past=several(3, DAY, outcome="right_party", number="g", subject="guarantor")),
    Row("CN-CALL-EFF", "the day is that of the person", "2026-11-20 08:30", zone=URUMQI, past=several(3, YESTERDAY, outcome="right_party")),
    Row("CN-CALL-EFF", "late in the day the cap opens with the morning", f"{DAY} 19:00", "CN-CALL-EFF", f"{NEXT} 08:00",
        past=several(3, DAY, outcome="right_party")),
    Row("CN-CALL-INFO", "two connected notices leave one", NOON, channel="voice", past=several(2, DAY, channel="voice", outcome="right_party")),
    Row("CN-CALL-INFO", "three connected notices are enough", NOON, "CN-CALL-INFO", f"{NEXT} 08:00", channel="voice",
        past=several(3, DAY, channel="voice", outcome="right_party")),
    Row("CN-CALL-INFO", "unanswered notices do not use it up", NOON, channel="voice", past=several(4, DAY, channel="voice")),
    Row("CN-CALL-INFO", "calls by people are counted apart", NOON, channel="voice", past=several(3, DAY, outcome="right_party")),
    Row("CN-CALL-TRY", "five unanswered dials leave one", NOON, past=several(5, DAY)),
    Row("CN-CALL-TRY", "six unanswered dials of one number are enough", NOON, "CN-CALL-TRY", f"{NEXT} 08:00", past=several(6, DAY)),
    Row("CN-CALL-TRY", "busy lines are unanswered too", NOON, "CN-CALL-TRY", f"{NEXT} 08:00", past=several(6, DAY, outcome="busy")),
    Row("CN-CALL-TRY", "answered calls are not among them", NOON, past=(*several(5, DAY)[:3], *several(2, DAY, outcome="right_party"))),
    Row("CN-CALL-TRY", "six yesterday do not count", NOON, past=several(6, YESTERDAY)),
    Row("CN-CALL-TRY", "a borrower who agreed to more calls meets the house's cap", NOON, "HOUSE-CALL-TRY", f"{NEXT} 08:00", past=several(6, DAY),
        consents=(("frequency", "2026-11-01 10:00"),)),
    Row("CN-CALL-TRY", "a dial whose number nobody knows counts for every number", NOON, "CN-CALL-TRY", f"{NEXT} 08:00", past=several(6, DAY, number="")),
    Row("HOUSE-CALL-TRY", "six dials over two numbers are enough", NOON, "HOUSE-CALL-TRY", f"{NEXT} 08:00",
        past=(*several(3, DAY), *several(3, DAY, number="p"))),
    Row("HOUSE-CALL-TRY", "the other number is no way round it", NOON, "HOUSE-CALL-TRY", f"{NEXT} 08:00", number="p", past=several(6, DAY)),
    Row("CN-TELCO-MINUTE", "a second notice within the minute waits for its end", f"{DAY} 12:00:20", "CN-TELCO-MINUTE", f"{DAY} 12:01:00",
        channel="voice", past=(Happened(f"{DAY} 12:00:00", "voice"),)),
    Row("CN-TELCO-MINUTE", "a minute later it is open", f"{DAY} 12:01:00", channel="voice", past=(Happened(f"{DAY} 12:00:00", "voice"),)),
    Row("CN-TELCO-MINUTE", "another number is open at once", f"{DAY} 12:00:20", channel="voice", number="p", past=(Happened(f"{DAY} 12:00:00", "voice"),)),
    Row("CN-TELCO-HOUR", "the sixth notice waits until the first is an hour old", f"{DAY} 09:30", "CN-TELCO-HOUR", f"{DAY} 10:00",
        channel="voice", past=several(5, DAY, channel="voice")),
    Row("CN-TELCO-HOUR", "it slides", f"{DAY} 10:00", channel="voice", past=several(5, DAY, channel="voice")),
    Row("CN-TELCO-DAY", "twenty in twenty-four hours are enough, over midnight too", f"{DAY} 10:00", "CN-TELCO-DAY", f"{DAY} 12:00", channel="voice",
        past=tuple(Happened(f"{YESTERDAY} {12 + n // 4}:{n % 4 * 15:02d}", "voice") for n in range(20))),
]  # fmt: skip
MESSAGES = [
    Row("HOUSE-SMS-DAY", "one text leaves one", NOON, channel="sms", past=several(1, DAY, channel="sms", outcome="sent")),
    Row("HOUSE-SMS-DAY", "two texts are enough", NOON, "HOUSE-SMS-DAY", f"{NEXT} 08:00", channel="sms", past=several(2, DAY, channel="sms", outcome="sent")),
    Row("HOUSE-SMS-WEEK", "seven in seven days wait for the first to leave", NOON, "HOUSE-SMS-WEEK", "2026-11-21 08:00", channel="sms",
        past=on_days(*(f"2026-11-{day}" for day in range(14, 21)), channel="sms", outcome="sent")),
    Row("HOUSE-SMS-WEEK", "six in seven days leave one", NOON, channel="sms",
        past=on_days(*(f"2026-11-{day}" for day in range(14, 20)), channel="sms", outcome="sent")),
    Row("CN-INTERVAL", "a letter six days after the last waits a day", NOON, "CN-INTERVAL", f"{NEXT} 08:00", channel="letter",
        past=on_days("2026-11-14", channel="letter", outcome="sent", number="a")),
    Row("CN-INTERVAL", "a letter seven days after the last may go", NOON, channel="letter",
        past=on_days("2026-11-13", channel="letter", outcome="sent", number="a")),
    Row("CN-INTERVAL", "a notice of the law does not wait", NOON, channel="letter", purpose="legal",
        past=on_days("2026-11-18", channel="letter", outcome="sent", number="a")),
]  # fmt: skip
PERSONS = [
    Row("CN-OBJ", "a guarantor may be asked to pay", NOON, subject="guarantor"),
    Row("CN-OBJ", "a guarantor is not asked where the borrower is", NOON, "CN-OBJ", None, subject="guarantor", purpose="locate"),
    Row("CN-CONTACT", "a contact person is never asked to pay", NOON, "CN-CONTACT", None, subject="contact", past=SILENT),
    Row("CN-CONTACT", "a contact person is not asked while the borrower answers", NOON, "CN-CONTACT", None, subject="contact", purpose="locate"),
    Row("CN-UNREACH", "tries that failed on three days open the way", NOON, subject="contact", purpose="locate", past=SILENT),
    Row("CN-UNREACH", "six failed tries on one day do not", NOON, "CN-CONTACT", None, subject="contact", purpose="locate", past=several(6, YESTERDAY)),
    Row("CN-UNREACH", "tries on two days do not", NOON, "CN-CONTACT", None, subject="contact", purpose="locate", past=SILENT[1:]),
    Row("CN-UNREACH", "an answer in between begins the count anew", NOON, "CN-CONTACT", None, subject="contact", purpose="locate",
        past=(*SILENT, Happened("2026-11-18 10:00", outcome="right_party"))),
    Row("CN-UNREACH", "a call from the borrower begins it anew", NOON, "CN-CONTACT", None, subject="contact", purpose="locate",
        past=(*SILENT, Happened("2026-11-19 18:00", outcome="right_party", inbound=True))),
    Row("CN-UNREACH", "without any number of the borrower's own the way is open", NOON, subject="contact", purpose="locate", points=PLACES[4:]),
    Row("CN-CONTACT", "the death of the borrower opens the way", NOON, subject="contact", purpose="locate", holds=(("deceased", "2026-11-01", None),)),
    Row("CN-CONTACT", "lost capacity opens the way", NOON, subject="contact", purpose="locate", holds=(("incapacity", "2026-11-01", None),)),
    Row("CN-CONTACT", "one contact a day, however many agents", NOON, "HOUSE-CONTACT-DAY", f"{NEXT} 08:00", subject="contact", purpose="locate", number="c",
        past=(*SILENT, Happened(f"{DAY} 09:30", number="c", subject="contact"))),
    Row("CN-CONTACT", "another contact person may be asked that day", NOON, subject="contact", purpose="locate", number="d",
        past=(*SILENT, Happened(f"{DAY} 09:30", number="c", subject="contact"))),
    Row("CN-CONTACT-CAP", "two in thirty days wait for the first to leave", NOON, "HOUSE-CONTACT-MONTH", "2026-12-01 08:00", subject="contact", purpose="locate",
        number="c", past=(*SILENT, Happened("2026-11-01 10:00", number="c", subject="contact"), Happened("2026-11-10 10:00", number="c", subject="contact"))),
    Row("CN-CONTACT-CAP", "a text to the contact person counts with the calls", NOON, "HOUSE-CONTACT-DAY", f"{NEXT} 08:00", subject="contact", purpose="locate",
        number="c", past=(*SILENT, Happened(f"{DAY} 09:30", "sms", "sent", "c", "contact"))),
    Row("CN-CONTACT", "a refusal is silence for good", NOON, "refusal.contact", None, subject="contact", purpose="locate", number="c", past=SILENT, refused=("c",)),
    Row("CN-CONTACT", "the contact person who did not refuse may be asked", NOON, subject="contact", purpose="locate", past=SILENT, refused=("c",)),
    Row("CN-CONTACT", "when all refused nobody is asked", NOON, "refusal.contact", None, subject="contact", purpose="locate", past=SILENT, refused=("c", "d")),
    Row("CN-CONTACT-TEXT", "a contact person is not told of the debt", NOON, "CN-CONTACT-TEXT", None, channel="sms", subject="contact", purpose="locate",
        past=SILENT, text="【示例消金】请转告王先生尽快还款。"),
    Row("CN-CONTACT-TEXT", "in English neither", NOON, "CN-CONTACT-TEXT", None, channel="sms", subject="contact", purpose="locate",
        past=SILENT, text="[Example Finance] Please tell Mr Wang about his loan."),
    Row("CN-CONTACT-TEXT", "asking for a call back is fine", NOON, channel="sms", subject="contact", purpose="locate",
        past=SILENT, text="【示例消金】请转告王先生方便时回电。"),
    Row("CN-CONTACT", "the number of a contact person is not the borrower's", NOON, "point.unusable", None, number="c"),
]  # fmt: skip
VISITS = [
    Row("CN-VISIT", "one collector alone does not go", NOON, "CN-VISIT", None, channel="visit", people=1),
    Row("CN-VISIT", "nobody said how many go", NOON, "CN-VISIT", None, channel="visit", people=0),
    Row("CN-VISIT", "two collectors may go", NOON, channel="visit", people=2),
    Row("CN-VISIT", "three collectors may go", NOON, channel="visit", people=3),
    Row("CN-VISIT", "without an address nobody goes", NOON, "point.none", None, channel="visit", points=PLACES[:3]),
    Row("CN-VISIT", "two collectors keep the hours", f"{DAY} 21:00", "HOUSE-CALL-WIN", f"{NEXT} 08:00", channel="visit"),
]  # fmt: skip
WORDING = [
    Row("CN-ID", "a text that names the institution may go", NOON, channel="sms", text=GOOD),
    Row("CN-ID", "a text without its name may not", NOON, "CN-ID", None, channel="sms", text="您好，您的账单今日到期。"),
    Row("CN-ID", "its English name is a name", NOON, channel="sms", text="[Example Finance] Your bill is due today."),
    Row("CN-BAN8", "police are not threatened with", NOON, "CN-BAN8", None, channel="sms", text=GOOD + "否则公安局将上门。"),
    Row("CN-BAN8", "nor prison", NOON, "CN-BAN8", None, channel="sms", text=GOOD + "不还就坐牢。"),
    Row("CN-BAN8", "nor the family", NOON, "CN-BAN8", None, channel="sms", text=GOOD + "将通知你的家人。"),
    Row("CN-BAN8", "nobody is abused", NOON, "CN-BAN8", None, channel="sms", text="[Example Finance] You are a THIEF."),
    Row("CN-BAN8", "no blacklist is invented", NOON, "CN-BAN8", None, channel="sms", text=GOOD + "你将被列入黑名单。"),
    Row("CN-BAN8", "no new borrowing is pushed", NOON, "CN-BAN8", None, channel="sms", text="[Example Finance] Take  a new\nloan with us."),
    Row("CN-BAN8", "a word inside another word is none", NOON, channel="sms", text="[Example Finance] See the prisoner's-dilemma and the shameless plug: issue 5."),
]  # fmt: skip
HOLDS = [
    Row("HOUSE-HOLDS", "a dispute stops demands", NOON, "hold.dispute", None, holds=(("dispute", DAY, None),)),
    Row("HOUSE-HOLDS", "a complaint with a last day opens in the morning after it", NOON, "hold.complaint", "2026-12-05 08:00", holds=(("complaint", DAY, "2026-12-04"),)),
    Row("HOUSE-HOLDS", "an illness stops no notice of the law", NOON, purpose="legal", holds=(("illness", DAY, None),)),
    Row("HOUSE-HOLDS", "a dispute stops asking others as well", NOON, "hold.dispute", None, subject="contact", purpose="locate", past=SILENT, holds=(("dispute", DAY, None),)),
    Row("HOUSE-MORATORIUM", "a moratorium stops reminders", NOON, "hold.moratorium", "2027-01-20 08:00", purpose="reminder", holds=(("moratorium", DAY, "2027-01-19"),)),
    Row("HOUSE-REPRESENTED", "a lawyer stops demands", NOON, "hold.attorney", None, holds=(("attorney", DAY, None),)),
    Row("HOUSE-PLACED", "the house is silent while an agency is at work", NOON, "hold.placed", "2027-01-20 08:00", holds=(("placed", DAY, "2027-01-19"),)),
    Row("HOUSE-PLACED", "what the borrower asks is answered meanwhile", NOON, purpose="service", holds=(("placed", DAY, None),)),
    Row("HOUSE-DISASTER", "nobody reminds whom a disaster has struck", NOON, "hold.disaster", None, channel="sms", holds=(("disaster", DAY, None),)),
    Row("HOUSE-ABROAD", "nobody goes to a door behind which nobody is", NOON, "hold.abroad", None, channel="visit", holds=(("abroad", DAY, None),)),
    Row("HOUSE-ABROAD", "a call goes on where they are", NOON, holds=(("abroad", DAY, None),)),
    Row("HOUSE-ABROAD-OTHERS", "nobody is asked where they are", NOON, "hold.abroad", None, subject="contact", purpose="locate", past=SILENT, holds=(("abroad", DAY, None),)),
    Row("HOUSE-GONE", "nobody writes to the dead", NOON, "hold.deceased", None, channel="sms", purpose="service", holds=(("deceased", DAY, None),)),
    Row("HOUSE-GONE", "a guarantor is not pressed then", NOON, "hold.deceased", None, subject="guarantor", holds=(("deceased", DAY, None),)),
    Row("fail closed", "a hold that no rule names stops everything", NOON, "hold.flood", None, purpose="service", holds=(("flood", DAY, None),)),
    Row("HOUSE-OPTOUT", "an opt-out stops demands there", NOON, "opt_out.sms", None, channel="sms", opted_out=("sms",)),
    Row("HOUSE-OPTOUT", "an opt-out leaves other channels", NOON, opted_out=("sms",)),
    Row("HOUSE-OPTOUT", "an opt-out stops no answer", NOON, channel="sms", purpose="service", opted_out=("sms",)),
    Row("HOUSE-REFUSAL", "a number refused is passed over for the next", NOON, refused=("m",)),
    Row("HOUSE-REFUSAL", "a number refused is not used when asked for", NOON, "refusal.borrower", None, number="m", refused=("m",)),
]  # fmt: skip
TABLE = [*HOURS, *RESTS, *CALLS, *MESSAGES, *PERSONS, *VISITS, *WORDING, *HOLDS]


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_chinese_rules_answer_by_the_table(row: Row) -> None:
    assert answered(row, RULES) == expected(row)


def test_every_rule_that_the_gate_judges_has_its_rows() -> None:
    judged = {rule.code for rule in RULES.rules if rule.kind != "duty"}
    covered = {row.rule_under_test for row in TABLE} | {row.verdict for row in TABLE}

    assert judged - covered == {"HOUSE-GONE-OTHERS"}  # shown by its verdict `hold.deceased` on a guarantor
