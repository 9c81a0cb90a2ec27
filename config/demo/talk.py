"""What people say in the demo: reasons for being behind, notes, outcomes of calls, each with its weight."""

from typing import NamedTuple

from cases.models import DelayReason
from contacts.models import Contact, Hold

Code, Outcome = DelayReason.Code, Contact.Outcome


class Reason(NamedTuple):
    """`promises`: how often somebody with this reason makes a promise."""

    code: str
    weight: int
    promises: float
    said: str
    said_zh: str


REASONS = [
    Reason(Code.FORGOT, 24, 0.8, "Missed the date, pays this week", "忘了日子，这周会还"),
    Reason(Code.TECHNICAL, 10, 0.7, "Debit failed, card was replaced", "扣款失败，换了银行卡"),
    Reason(Code.CASH_GAP, 26, 0.55, "Salary comes on the 15th", "工资15号到账"),
    Reason(Code.JOB_LOSS, 12, 0.15, "Lost the job last month, looking for work", "上个月失业，正在找工作"),
    Reason(Code.ILLNESS, 8, 0.1, "In hospital since last week", "上周住院"),
    Reason(Code.BEREAVEMENT, 2, 0.0, "Father died", "父亲去世"),
    Reason(Code.OVERINDEBTED, 8, 0.2, "Owes several lenders at once", "同时欠好几家"),
    Reason(Code.BUSINESS, 7, 0.3, "Shop takes in less than before", "店里生意不好"),
    Reason(Code.DISPUTE, 3, 0.0, "Says the amount is wrong", "认为金额不对"),
    Reason(Code.UNWILLING, 3, 0.05, "Will not pay, gives no reason", "不愿还款，未说明原因"),
]
HOLDS: dict[str, Hold.Kind] = {
    Code.ILLNESS: Hold.Kind.ILLNESS,
    Code.BEREAVEMENT: Hold.Kind.BEREAVEMENT,
    Code.DISPUTE: Hold.Kind.DISPUTE,
}
CALLS = [
    (Outcome.RIGHT_PARTY, 44),
    (Outcome.NO_ANSWER, 38),
    (Outcome.BUSY, 8),
    (Outcome.OTHER_PERSON, 6),
    (Outcome.INVALID, 4),
]
NOTES = [
    ("Asks for a message with the account to pay to.", "希望短信发送还款账户。"),
    ("Prefers calls after 18:00.", "希望18点以后联系。"),
    ("Calm and open; would pay in two parts.", "态度配合，希望分两次还。"),
    ("Partner was listening; said only that we would call again.", "旁边有家人，只说稍后再联系。"),
    ("Wants to know about moving the due day.", "询问能否调整还款日。"),
]
