"""United States: Regulation F (12 CFR 1006) for third-party collectors, and what TCPA adds to it.

Calls are counted over all debts of a person, which is stricter than the text's count for each debt.
"""

from datetime import date, time

from contacts.models.rules import Channel, Purpose
from contacts.rule_sets.preset import Preset, belonging_to, since

IN_FORCE = date(2021, 11, 30)
CALLS = (Channel.CALL, Channel.VOICE)
WRITTEN = (Channel.SMS, Channel.EMAIL)
OPTIONAL = [Purpose.REMINDER.value, Purpose.DEMAND.value, Purpose.LOCATE.value]
FREQUENCY = {"subjects": ["borrower"], "waived_by": "frequency", "waiver_days": 7, "uncounted": ["invalid"]}
ZONES = (
    *("America/New_York", "America/Detroit", "America/Kentucky/Louisville", "America/Kentucky/Monticello"),
    *(
        "America/Indiana/Indianapolis",
        "America/Indiana/Vincennes",
        "America/Indiana/Winamac",
        "America/Indiana/Marengo",
    ),
    *("America/Indiana/Petersburg", "America/Indiana/Vevay", "America/Indiana/Tell_City", "America/Indiana/Knox"),
    *("America/Chicago", "America/Menominee", "America/North_Dakota/Center", "America/North_Dakota/New_Salem"),
    *("America/North_Dakota/Beulah", "America/Denver", "America/Boise", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "America/Juneau", "America/Sitka", "America/Metlakatla", "America/Yakutat", "America/Nome"),
    *("America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago"),
)


def _by(section: str) -> tuple[tuple[date, str, str], ...]:
    return since(IN_FORCE, "law", f"12 CFR 1006{section} (Regulation F, 2021-11-30)")


LIMITS = (
    Preset(
        "US-WIN", "window", (),
        "No contact before 8:00 or after 21:00 by the clock where the consumer lives, messages included, without consent given directly.",
        "未经消费者直接同意，当地时间8:00前、21:00后不得联系，包括自动发送的邮件与短信。",
        _by(".6(b)(1)"), {"quiet_from": time(21), "quiet_to": time(8)}, {"waived_by": "hours"},
    ),
    Preset(
        "US-FREQ", "cap", CALLS,
        "At most 7 calls in 7 days in a row; calls that did not connect to the number, and calls within 7 days of a consent, are left out.",
        "连续7日内拨打不超过7次；未接入该号码的拨打及7日内取得同意的拨打除外。",
        _by(".14(b)(2)(i)(A), (b)(3)"), {"unit": "attempt", "max_count": 7, "period_days": 7}, FREQUENCY,
    ),
    Preset(
        "US-FREQ-TALK", "cap", CALLS,
        "No call within 7 days of a telephone conversation, the day of the conversation being the first.",
        "电话交谈之日起7日内（交谈当日为第1日）不得再次拨打。",
        _by(".14(b)(2)(i)(B)"), {"unit": "conversation", "max_count": 1, "period_days": 7}, {**FREQUENCY, "counts_inbound": True},
    ),
    Preset(
        "US-TP", "person", (),
        "Third persons are asked only for location information.",
        "对第三人仅可询问债务人的所在信息。",
        _by(".10, .6(d)"), {}, {"subjects": ["contact", "guarantor"], "purposes": ["locate"]},
    ),
    Preset(
        "US-TP-ONCE", "cap", (),
        "A third person is asked once.",
        "对同一第三人仅可询问一次。",
        _by(".10(c)"), {"unit": "attempt", "max_count": 1}, {"subjects": ["contact", "guarantor"], "per_number": True, "for_good": True},
    ),
    Preset(
        "US-TP-TEXT", "content", (),
        "A third person is not told that the consumer owes any debt.",
        "不得向第三人透露消费者负有债务。",
        _by(".10(b)(2)"), {}, {"subjects": ["contact", "guarantor"], "banned": ["debt", "debts", "owe", "owes", "owed", "loan", "overdue", "collector", "collection"]},
    ),
    Preset(
        "US-ATTORNEY", "block", (),
        "A consumer represented by an attorney is not contacted; the attorney is.",
        "消费者已委托律师的，应与律师联系，不得联系本人。",
        _by(".6(b)(2)"), {}, {"stops": ["hold.attorney"], "purposes": [*OPTIONAL, "legal"]},
    ),
    Preset(
        "US-CEASE", "block", (),
        "After a written refusal to pay or request to cease, contact ends, except to say so or to name a remedy.",
        "收到书面拒付或停止联系请求后，除告知终止或拟采取的救济外，不得再联系。",
        _by(".6(c)"), {}, {"stops": ["hold.cease"], "purposes": OPTIONAL},
    ),
    Preset(
        "US-PLACE", "block", (),
        "A place known to be inconvenient, or an employer that forbids it, is not called.",
        "已知不便的场所或雇主禁止的工作地点，不得联系。",
        _by(".6(b)(1)(ii), (b)(3)"), {}, {"stops": ["refusal"]},
    ),
    Preset(
        "US-MEDIUM", "block", (),
        "A medium that the person asked us not to use is not used.",
        "对方要求停用的联系方式不得使用。",
        _by(".14(h)"), {}, {"stops": ["opt_out"], "purposes": OPTIONAL},
    ),
    Preset(
        "US-OPTOUT", "content", WRITTEN,
        "Every e-mail and text says how to opt out.",
        "每封邮件与每条短信须载明简便的退订方式。",
        _by(".6(e)"), {}, {"required": [["reply stop", "opt out", "unsubscribe", "reply t", "退订"]], "subjects": ["borrower"]},
    ),
    Preset(
        "US-DISC-FIRST", "content", (),
        "The first contact says that a debt collector attempts to collect a debt and that information will be used for that purpose.",
        "首次联系须说明系债务催收人、意在催收债务，且所获信息将用于该目的。",
        _by(".18(e)(1)"), {}, {"required": [["debt collector"], ["attempting to collect a debt"], ["will be used for that purpose"]], "first_only": True, "subjects": ["borrower"]},
    ),
    Preset(
        "US-DISC", "content", (),
        "Each later contact says that it is from a debt collector.",
        "其后每次联系须说明来自债务催收人。",
        _by(".18(e)(2)"), {}, {"required": [["debt collector"]], "subjects": ["borrower"]},
    ),
    Preset(
        "US-SMS60", "consent", (Channel.SMS,),
        "A text goes to a number that the consumer used, agreed to or that was checked within 60 days.",
        "短信仅可发往60日内消费者使用过、同意过或核验过的号码。",
        _by(".6(d)(5)"), {}, {"any_of": [{"consent": "sms", "within_days": 60}], "subjects": ["borrower"], "purposes": ["reminder", "demand"]},
    ),
    Preset(
        "US-EMAIL35", "consent", (Channel.EMAIL,),
        "E-mail goes to an address that the consumer agreed to, or 35 days after a notice with a way to opt out.",
        "邮件仅可发往消费者同意的地址，或在载有退订方式的通知满35日之后。",
        _by(".6(d)(4)"), {}, {"any_of": [{"consent": "email"}, {"consent": "email_notice", "after_days": 35}], "subjects": ["borrower"], "purposes": ["reminder", "demand"]},
    ),
    Preset(
        "US-TCPA", "consent", (Channel.VOICE,),
        "Automated or recorded calls need prior express consent, which may be revoked.",
        "自动或预录语音呼叫须事先明示同意，且可撤回。",
        since(date(1992, 12, 20), "law", "47 USC 227 (TCPA)"), {}, {"any_of": [{"consent": "voice"}]},
    ),
)  # fmt: skip
DUTIES = tuple(
    Preset(code, "duty", (), text, text_zh, dated)
    for code, text, text_zh, dated in (
        ("US-VAL", "The validation notice goes in or within 5 days of the first contact; the consumer has 30 days to dispute.",
         "首次联系之时或5日内发出核实通知；消费者有30日异议期。", _by(".34")),
        ("US-LCM", "A limited-content message names the business without revealing its trade, asks for a reply, and gives a name and number.",
         "有限内容留言仅含不显示催收性质的商号、回复请求、联系人与号码。", _by(".2(j)")),
        ("US-SOL", "No suit and no threat of suit on a debt that time has barred.",
         "对已过诉讼时效的债务不得起诉或以起诉相威胁。", _by(".26(b)")),
        ("US-FURN", "Nothing goes to a credit bureau before speaking with the consumer, or 14 days after a letter or e-mail.",
         "与消费者交谈前，或去函去邮后14日内，不得向征信机构报送。", _by(".30(a)")),
        ("US-RET", "Evidence is kept for 3 years after the last activity, recordings 3 years after the call.",
         "证据自最后一次活动起保存3年，录音自通话起保存3年。", _by(".100")),
        ("US-RECORDING", "In two-party states a call is recorded only with consent.",
         "在须双方同意的州，录音须取得对方同意。", since(date(1992, 12, 20), "law", "State law on recording")),
        ("US-FFIEC", "Substandard from 90 days past due; charge-off at 120 days for closed-end loans, 180 for open-end ones.",
         "逾期90日列为次级；封闭式贷款120日、开放式180日核销。", since(date(2000, 6, 12), "law", "FFIEC Uniform Retail Credit Classification")),
        ("US-REAGE", "Re-ageing of open-end accounts: 9 months old, 3 minimum payments in a row, once in 12 months, twice in 5 years.",
         "开放式账户重置账龄：开户满9个月、连续3次最低还款，12个月内1次、5年内2次。", since(date(2000, 6, 12), "law", "FFIEC Uniform Retail Credit Classification")),
    )
)  # fmt: skip
PRESETS = belonging_to("US-REG-F", (*LIMITS, *DUTIES))
