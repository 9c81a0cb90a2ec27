"""What the house keeps everywhere, whatever the law of the place allows, and what stops contact."""

from datetime import time

from contacts.models.rules import Channel, Purpose
from contacts.rule_sets.preset import BEGINNING, Preset, belonging_to, since

HOUSE = since(BEGINNING, "house", "House policy on contact 本机构联系规定")
OPTIONAL = [Purpose.REMINDER.value, Purpose.DEMAND.value, Purpose.LOCATE.value]
"""What is ours to leave undone; not an answer to the borrower's own request, nor what the law has the lender say."""
RESTS = [
    *("2026-01-01", "2026-02-16", "2026-02-17", "2026-02-18", "2026-04-05", "2026-10-01"),
    *("2027-01-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-04-05", "2027-10-01"),
]
"""New Year, the eve and the first two days of the Spring Festival, Qingming, National Day."""

PRESETS = belonging_to("HOUSE", (
    Preset(
        "HOUSE-CALL-WIN", "window", (Channel.CALL, Channel.VOICE, Channel.VISIT),
        "No calls and no visits from 20:00 to 08:00, by the clock where the borrower lives, unless the borrower asked for it.",
        "每日20:00至次日8:00（以债务人所在地时间为准）不打电话、不上门，债务人要求的除外。",
        HOUSE, {"quiet_from": time(20), "quiet_to": time(8)}, {"waived_by": "hours"},
    ),
    Preset(
        "HOUSE-REST", "holiday", (Channel.CALL, Channel.VOICE, Channel.VISIT),
        "No calls and no visits on New Year, the Spring Festival, Qingming and National Day, where the borrower lives.",
        "元旦、除夕与春节头两日、清明节、国庆节当日（以债务人所在地日期为准）不打电话、不上门。",
        HOUSE, {}, {"dates": RESTS, "purposes": OPTIONAL, "zones": ["Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau"]},
    ),
    Preset(
        "HOUSE-CALL-TRY", "cap", (Channel.CALL,),
        "At most 6 dials a day to one borrower, answered or not, over all their numbers.",
        "对同一债务人每日拨打不超过6次，无论是否接通，其全部号码合并计算。",
        HOUSE, {"unit": "attempt", "max_count": 6}, {"subjects": ["borrower"]},
    ),
    Preset(
        "HOUSE-SMS-DAY", "cap", (Channel.SMS,),
        "At most 2 text messages a day to one borrower.",
        "对同一债务人每日发送短信不超过2条。",
        HOUSE, {"unit": "message", "max_count": 2},
    ),
    Preset(
        "HOUSE-SMS-WEEK", "cap", (Channel.SMS,),
        "At most 7 text messages in 7 days to one borrower.",
        "对同一债务人7日内发送短信不超过7条。",
        HOUSE, {"unit": "message", "max_count": 7, "period_days": 7},
    ),
    Preset(
        "HOUSE-CONTACT-DAY", "cap", (),
        "At most 1 contact a day with one contact person, over all channels.",
        "对同一联系人每日联系不超过1次，各渠道合并计算。",
        HOUSE, {"unit": "attempt", "max_count": 1}, {"subjects": ["contact"], "per_number": True},
    ),
    Preset(
        "HOUSE-CONTACT-MONTH", "cap", (),
        "At most 2 contacts in 30 days with one contact person, over all channels.",
        "对同一联系人30日内联系不超过2次，各渠道合并计算。",
        HOUSE, {"unit": "attempt", "max_count": 2, "period_days": 30}, {"subjects": ["contact"], "per_number": True},
    ),
    Preset(
        "HOUSE-HOLDS", "block", (),
        "While a dispute, a complaint, a bereavement, an illness or a stop stands, there are no reminders and no demands.",
        "争议、投诉、丧亲、重病或停催期间，不提醒、不催告。",
        HOUSE, {}, {"stops": ["hold.dispute", "hold.complaint", "hold.bereavement", "hold.illness", "hold.stop"], "purposes": OPTIONAL},
    ),
    Preset(
        "HOUSE-DISASTER", "block", (),
        "While a disaster keeps its victims busy there are no reminders and no demands.",
        "受灾期间，不提醒、不催告。",
        HOUSE, {}, {"stops": ["hold.disaster"], "purposes": OPTIONAL},
    ),
    Preset(
        "HOUSE-ABROAD", "block", (Channel.VISIT, Channel.LETTER),
        "Nobody visits and no letter goes to the door of a borrower who is abroad.",
        "债务人在境外期间，不上门、不寄信。",
        HOUSE, {}, {"stops": ["hold.abroad"], "purposes": OPTIONAL},
    ),
    Preset(
        "HOUSE-ABROAD-OTHERS", "block", (Channel.CALL, Channel.VOICE, Channel.SMS, Channel.EMAIL),
        "A borrower who is abroad is called and written to in the hours of where they are; nobody else is asked where they are.",
        "债务人在境外期间，仅按其所在地时间致电或发信；不向他人询问其下落。",
        HOUSE, {}, {"stops": ["hold.abroad"], "purposes": ["locate"]},
    ),
    Preset(
        "HOUSE-MORATORIUM", "block", (),
        "A statutory moratorium stops reminders and demands; its order is named in the hold.",
        "法定暂缓期间不提醒、不催告，依据见暂停记录所载文书。",
        since(BEGINNING, "law", "The order of the authority named in the hold"), {}, {"stops": ["hold.moratorium"], "purposes": OPTIONAL},
    ),
    Preset(
        "HOUSE-PLACED", "block", (),
        "While a case is placed with an agency, the house itself sends no reminders and no demands: one party speaks at a time.",
        "案件委外期间，本机构不提醒、不催告，同一时间仅由一方联系债务人。",
        HOUSE, {}, {"stops": ["hold.placed"], "purposes": OPTIONAL},
    ),
    Preset(
        "HOUSE-GONE", "block", (),
        "A borrower who has died or lacks legal capacity is not contacted; whoever answers for them may be asked how to reach the heirs or the guardian.",
        "债务人死亡或无民事行为能力的，不再联系本人；仅可向相关人询问继承人或监护人的联系方式。",
        HOUSE, {}, {"stops": ["hold.deceased", "hold.incapacity"], "subjects": ["borrower"]},
    ),
    Preset(
        "HOUSE-GONE-OTHERS", "block", (),
        "When the borrower has died or lacks legal capacity, others are asked only how to reach the heirs or the guardian.",
        "债务人死亡或无民事行为能力的，对其他人仅可询问继承人或监护人的联系方式。",
        HOUSE, {}, {"stops": ["hold.deceased", "hold.incapacity"], "subjects": ["guarantor", "contact"], "purposes": ["reminder", "demand"]},
    ),
    Preset(
        "HOUSE-REPRESENTED", "block", (),
        "A borrower with a lawyer, or who asked in writing to be left alone, gets no reminders and no demands.",
        "债务人已委托律师或书面要求停止联系的，不提醒、不催告。",
        HOUSE, {}, {"stops": ["hold.attorney", "hold.cease"], "purposes": OPTIONAL},
    ),
    Preset(
        "HOUSE-OPTOUT", "block", (),
        "An opt-out of a channel stops reminders and demands there; not answers that the borrower asked for, nor notices of the law.",
        "退订某一渠道后，该渠道不再提醒与催告；应债务人要求的答复及法定通知除外。",
        HOUSE, {}, {"stops": ["opt_out"], "purposes": OPTIONAL},
    ),
    Preset(
        "HOUSE-REFUSAL", "block", (),
        "A number at which somebody refused is never used again.",
        "接听人明确拒绝的号码，不再使用。",
        HOUSE, {}, {"stops": ["refusal"]},
    ),
    Preset(
        "HOUSE-AI", "duty", (Channel.VOICE,),
        "An automated voice says that it is one, and hands over to a person who asks for it.",
        "智能语音应表明身份，并在对方要求时转人工。",
        HOUSE,
    ),
))  # fmt: skip
