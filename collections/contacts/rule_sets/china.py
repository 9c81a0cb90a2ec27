"""Mainland China: contact with borrowers of online consumer loans, the strictest of the three texts.

On days before a text was in force its limits stand as house rules.
"""

from datetime import date, time

from contacts.models.rules import Channel
from contacts.rule_sets.preset import BEGINNING, Preset, ahead_of, belonging_to, since

STANDARD = "GB/T 45251-2025 互联网金融 个人网络消费信贷 贷后催收风控指引 (national standard, 2025-02-28)"
GUIDELINE = "CBA 金融机构个人消费类贷款催收工作指引（试行） (banking association, 2026-01-30)"
CONVENTION = "NIFA 互联网金融逾期债务催收自律公约（试行） (2018, arts 13–21)"
CIVIL_CODE = "Civil Code 民法典 (2021-01-01)"
CARD_MEASURES = "商业银行信用卡业务监督管理办法 (2011)"
FINANCE_COMPANIES = "消费金融公司管理办法 (2024)"
BY_STANDARD = ahead_of(date(2025, 2, 28), "law", STANDARD)
BY_GUIDELINE = ahead_of(date(2026, 1, 30), "self_regulation", GUIDELINE)
BY_CIVIL_CODE = since(date(2021, 1, 1), "law", CIVIL_CODE)
TALK = (Channel.CALL,)
THREATS = [
    *("公安局", "警察会", "警方将", "派出所", "法院已立案", "检察院", "逮捕", "拘留", "坐牢", "判刑", "通缉"),
    *(
        "黑名单",
        "失信人",
        "上门抓",
        "砍",
        "打断",
        "弄死",
        "曝光",
        "通知你的家人",
        "通知你单位",
        "告诉你的亲友",
        "骗子",
        "老赖",
        "不要脸",
    ),
    *("借新还旧", "以贷还贷", "手续费另付", "私人账户还款", "打到我账户"),
    *(
        "police will",
        "arrest",
        "you will go to jail",
        "prison",
        "court has ruled",
        "wanted by",
        "blacklist",
        "deadbeat",
        "thief",
    ),
    *("tell your family", "tell your employer", "tell your boss", "shame", "beat you", "we know where you live"),
    *("take a new loan", "pay to my account"),
]
"""Impersonating authority, threats and abuse, invented facts, spreading privacy, new borrowing, private accounts."""
DEBT_WORDS = [
    *("欠款", "欠钱", "逾期", "贷款", "借款", "还款", "催收", "债务", "违约", "征信"),
    *(
        "debt",
        "debts",
        "loan",
        "loans",
        "overdue",
        "owe",
        "owes",
        "owed",
        "arrears",
        "repay",
        "repayment",
        "collection",
    ),
]
"""What a third person may not be told."""

LIMITS = (
    Preset(
        "CN-WIN", "window", (),
        "No collection contact of any kind from 22:00 to 08:00 of the next day, by the clock where the borrower lives, unless agreed otherwise.",
        "每日22:00至次日8:00（以债务人所在地时间为准）不得以任何方式开展催收，另有约定或债务人同意的除外。",
        BY_STANDARD, {"quiet_from": time(22), "quiet_to": time(8)}, {"waived_by": "hours"},
    ),
    Preset(
        "CN-CALL-EFF", "cap", TALK,
        "At most 3 connected calls a day to one borrower, over all agents and agencies; calls that the borrower makes do not count.",
        "对同一债务人每日主动拨打的有效通话不超过3次，所有催收员与委外机构合并计算；债务人来电不计。",
        BY_STANDARD, {"unit": "connected", "max_count": 3}, {"subjects": ["borrower"]},
    ),
    Preset(
        "CN-CALL-INFO", "cap", (Channel.VOICE,),
        "At most 3 connected voice notices a day to one borrower, over the lender and all its agencies.",
        "对同一债务人的告知式语音，每日接通合计不超过3次，贷款人与全部委外机构合并计算。",
        BY_STANDARD, {"unit": "connected", "max_count": 3}, {"subjects": ["borrower"]},
    ),
    Preset(
        "CN-CALL-TRY", "cap", TALK,
        "At most 6 unanswered dials a day to the same number of one borrower, unless agreed otherwise.",
        "对债务人同一号码，每日未接通的拨打不宜超过6次，另有约定的除外。",
        BY_GUIDELINE, {"unit": "unanswered", "max_count": 6}, {"per_number": True, "waived_by": "frequency", "subjects": ["borrower"]},
    ),
    Preset(
        "CN-INTERVAL", "cap", (Channel.LETTER,),
        "At least 7 calendar days between two letters of collection to one borrower.",
        "对同一债务人两次催收信函之间的间隔不宜少于7个自然日。",
        BY_GUIDELINE, {"unit": "message", "max_count": 1, "period_days": 7}, {"subjects": ["borrower"], "purposes": ["reminder", "demand"]},
    ),
    Preset(
        "CN-TELCO-MINUTE", "cap", (Channel.VOICE,),
        "The operator lets through 1 voice notice a minute to one number.",
        "运营商流控：对同一号码的语音通知每分钟1次。",
        since(BEGINNING, "house", "Flow control of the operator (Aliyun voice notice)"),
        {"unit": "attempt", "max_count": 1}, {"per_number": True, "rolling_minutes": 1},
    ),
    Preset(
        "CN-TELCO-HOUR", "cap", (Channel.VOICE,),
        "The operator lets through 5 voice notices an hour to one number.",
        "运营商流控：对同一号码的语音通知每小时5次。",
        since(BEGINNING, "house", "Flow control of the operator (Aliyun voice notice)"),
        {"unit": "attempt", "max_count": 5}, {"per_number": True, "rolling_minutes": 60},
    ),
    Preset(
        "CN-TELCO-DAY", "cap", (Channel.VOICE,),
        "The operator lets through 20 voice notices in 24 hours to one number.",
        "运营商流控：对同一号码的语音通知24小时内20次。",
        since(BEGINNING, "house", "Flow control of the operator (Aliyun voice notice)"),
        {"unit": "attempt", "max_count": 20}, {"per_number": True, "rolling_minutes": 24 * 60},
    ),
)  # fmt: skip
PERSONS = (
    Preset(
        "CN-OBJ", "person", (),
        "Besides the borrower only a guarantor or somebody jointly liable may be asked to pay, within law and contract.",
        "除债务人外，仅可在法律与合同范围内向保证人等共同责任人催收。",
        BY_STANDARD, {}, {"subjects": ["guarantor"], "purposes": ["reminder", "demand", "service", "legal"]},
    ),
    Preset(
        "CN-CONTACT", "person", (),
        "A contact person is asked only how to reach the borrower, and only when the borrower cannot be reached, has died or lacks legal capacity.",
        "仅在债务人失联、死亡或无（限制）民事行为能力时，方可联系约定联系人，且仅限询问联系方式或请其转告。",
        BY_STANDARD, {}, {"subjects": ["contact"], "purposes": ["locate", "service"], "unreachable_after": 3},
    ),
    Preset(
        "CN-CONTACT-TEXT", "content", (),
        "A contact person is never told of the debt.",
        "不得向联系人透露债务信息。",
        BY_STANDARD, {}, {"subjects": ["contact"], "banned": DEBT_WORDS},
    ),
    Preset(
        "CN-VISIT", "visit", (Channel.VISIT,),
        "At least 2 collectors visit, show their cards, record the whole visit, and enter home or office only with consent.",
        "上门须至少两人，出示证件，全程录音录像；未经同意不得进入住所或办公区域。",
        BY_GUIDELINE, {}, {"people_min": 2},
    ),
    Preset(
        "CN-ID", "content", (Channel.SMS, Channel.EMAIL, Channel.LETTER),
        "A message says which institution it comes from.",
        "催收信息须表明机构名称。",
        BY_GUIDELINE, {}, {"required": [["{institution}"]]},
    ),
    Preset(
        "CN-BAN8", "content", (),
        "No threat, abuse, false authority, invented consequence, new borrowing or private account.",
        "不得恐吓、辱骂、冒充公检法、虚构后果、诱导借新还旧或要求转入私人账户。",
        BY_GUIDELINE, {}, {"banned": THREATS},
    ),
)  # fmt: skip
DUTIES = tuple(
    Preset(code, "duty", (), text, text_zh, dated)
    for code, text, text_zh, dated in (
        ("CN-UNREACH", "Unreachable means: no number works, or 3 tries in a row failed; the house counts tries on 3 different days.",
         "失联指号码失效或连续3次联系未果；本机构按不同日期的3次计。", BY_GUIDELINE),
        ("CN-TOOL", "No private telephones and no private chats; agencies use only what the lender allows.",
         "不得使用私人电话或即时通讯；委外机构仅可使用贷款人许可的工具。", BY_GUIDELINE),
        ("CN-AI", "Automated contact treats nobody unfairly, works reliably, and keeps data and algorithms safe.",
         "智能催收不得不合理差别对待，应可用、可靠、准确，保障数据与算法安全。", BY_GUIDELINE),
        ("CN-AGENCY", "Agencies stand on a published white list and are assessed once a year and before their contract ends.",
         "委外机构实行名单公示，每年至少评估一次，合同到期前评估一次。", BY_GUIDELINE),
        ("CN-STAFF", "Collectors are trained and examined before they start and every year, and sign for confidentiality.",
         "催收人员岗前及每年至少一次培训考试，并签署保密承诺。", BY_GUIDELINE),
        ("CN-REC", "Every call and every visit is recorded.", "催收通话与上门全程录音录像。", BY_GUIDELINE),
        ("CN-RET-5Y", "Records of collection are kept for at least 5 years, true, objective, complete and traceable.",
         "催收记录至少保存5年，真实、客观、完整、可追溯。", since(date(2018, 3, 28), "self_regulation", f"{CONVENTION}; {FINANCE_COMPANIES}")),
        ("CN-2018", "No harassing of unrelated people; agreed contacts only to find the borrower; polite, at proper times; official channels of payment only.",
         "不得骚扰无关人员；仅为寻找债务人方可联系约定联系人；文明、适时；仅限官方还款渠道。", since(date(2018, 3, 28), "self_regulation", CONVENTION)),
        ("CN-CIVIL", "No intrusion on the peace of private life by call, message, mail or presence (art. 1033).",
         "不得以电话、短信、即时通讯、邮件或到场侵扰他人私人生活安宁（第1033条）。", BY_CIVIL_CODE),
        ("CN-CRIM", "Collecting illegal debt by violence, confinement, stalking or harassment is a crime (art. 293-1).",
         "采用暴力、限制人身自由、跟踪、骚扰等手段催收非法债务构成犯罪（第293条之一）。", since(date(2021, 3, 1), "law", "Criminal Law 刑法 293-1")),
        ("CN-CMPL", "A complaint is answered in 15 days; complex in 30; special ones, approved, in 60; by somebody without interest in the case.",
         "投诉15日内办结，复杂30日，特殊经批准最长60日；经办人与案件无利害关系。",
         since(date(2020, 3, 1), "law", "银行业保险业消费投诉处理管理办法 (2020-03-01)")),
        ("CN-FAMILY", "A spouse owes only what is joint debt (art. 1064), an heir only up to the estate (art. 1161).",
         "配偶仅对夫妻共同债务负责（第1064条），继承人以遗产实际价值为限（第1161条）。", BY_CIVIL_CODE),
        ("CN-SOL", "Claims lapse after 3 years, from the last instalment; demand, consent or suit begins them anew (arts 188–195).",
         "诉讼时效3年，自最后一期届满起算；催告、同意履行或起诉中断（第188至195条）。", BY_CIVIL_CODE),
        ("CN-EVID", "For cards, effective collection means two demands at least 30 days apart with confirmed receipt.",
         "信用卡有效催收：两次催收间隔至少30日，且可确认收悉。", since(BEGINNING, "law", CARD_MEASURES)),
    )
)  # fmt: skip
PRESETS = belonging_to("CN-ONLINE-CONSUMER", (*LIMITS, *PERSONS, *DUTIES))
