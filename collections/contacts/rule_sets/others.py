"""India, Indonesia and the United Kingdom: what is known of their rules on contact."""

from datetime import date, time

from contacts.rule_sets.house import OPTIONAL
from contacts.rule_sets.preset import BEGINNING, Preset, belonging_to, since

INDIA = belonging_to("IN-RBI", (
    Preset(
        "IN-WIN", "window", (), "Contact only from 8:00 to 19:00 by the borrower's clock.", "仅可在借款人当地时间8:00至19:00联系。",
        since(date(2022, 8, 12), "law", "RBI circular on recovery agents (2022-08-12)"), {"quiet_from": time(19), "quiet_to": time(8)},
    ),
    Preset(
        "IN-OBJ", "person", (), "Only the borrower and the guarantor are contacted.", "仅可联系借款人与保证人。",
        since(date(2022, 8, 12), "law", "RBI circular on recovery agents (2022-08-12)"), {}, {"subjects": ["guarantor"], "purposes": ["reminder", "demand", "service", "legal"]},
    ),
    Preset(
        "IN-DRAFT", "block", (), "No contact at a bereavement; calls recorded, agents certified and announced (draft, final status not checked).",
        "丧亲期间不得联系；通话录音、催收员持证并事先告知（草案，是否生效待核）。",
        since(date(2026, 7, 1), "self_regulation", "RBI draft of 2026-02-12"), {}, {"stops": ["hold.bereavement"], "purposes": OPTIONAL},
    ),
))  # fmt: skip
INDONESIA = belonging_to("ID-OJK", (
    Preset(
        "ID-WIN", "window", (), "Contact only from 8:00 to 20:00 by the debtor's clock.", "仅可在债务人当地时间8:00至20:00联系。",
        since(BEGINNING, "law", "OJK rules on collection"), {"quiet_from": time(20), "quiet_to": time(8)},
    ),
))  # fmt: skip
KINGDOM = belonging_to("UK-CONC", (
    Preset(
        "UK-TIMES", "window", (), "No contact at unreasonable times; the house reads this as 21:00 to 8:00.", "不得在不合理时间联系；本机构按21:00至次日8:00执行。",
        since(date(2014, 4, 1), "law", "FCA CONC 7.9"), {"quiet_from": time(21), "quiet_to": time(8)}, {"waived_by": "hours"},
    ),
    Preset(
        "UK-BREATHING", "block", (), "A breathing space stops contact, enforcement, interest and fees.", "喘息期内停止联系、执行、利息与费用。",
        since(date(2021, 5, 4), "law", "Debt Respite Scheme Regulations 2020"), {}, {"stops": ["hold.moratorium"], "purposes": OPTIONAL},
    ),
    Preset(
        "UK-MEDIUM", "block", (), "How the customer asks to be contacted is respected.", "尊重客户对联系方式的要求。",
        since(date(2014, 4, 1), "law", "FCA CONC 7.9"), {}, {"stops": ["opt_out", "refusal"], "purposes": OPTIONAL},
    ),
    Preset(
        "UK-ADVISER", "block", (), "Pursuit pauses, generally for 30 days, while an adviser makes a plan.", "顾问协助制定方案期间暂停催收，一般30日。",
        since(date(2014, 4, 1), "law", "FCA CONC 7.3.11–12"), {}, {"stops": ["hold.stop"], "purposes": OPTIONAL},
    ),
))  # fmt: skip
