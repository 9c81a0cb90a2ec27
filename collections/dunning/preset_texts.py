"""The texts that a fresh console has, in both languages: those of the ladder, and those that people send by hand.

Wording (house, after DOMAIN F): who writes, what is owed and since when, how to pay through official ways only, how to ask
for help, the service line, and how to stop reminders; calm, no threats, no name that a stranger could read. The tone goes with
the days: a service before and on the due day, "it may have slipped your mind" at first, then options, from the 31st day what
is true and decided, and after the 90th a formal request that names a settlement.
"""

from typing import NamedTuple

from django.utils.translation import gettext_noop

from contacts.models import Purpose


class _Text(NamedTuple):
    code: str
    purpose: Purpose
    by_hand: bool
    name: str
    en: str
    zh: str


_HELP_EN = " Trouble paying? Call {service_phone}: we can look at a later date together. Reply T to stop reminders."
_HELP_ZH = "如有困难，请致电{service_phone}，可申请延期，我们一起想办法。回T退订提醒。"

TEXTS = (
    _Text(
        "before-3",
        Purpose.REMINDER,
        False,
        gettext_noop("Three days before the due day"),
        "[{signature}] Hello, this is {creditor}. For your {loans}, {amount} falls due on {due_on} ({split}). "
        "Please pay in our app or from the account you registered." + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}将于{due_on}到期，应还{amount}（{split}）。"
        "请通过官方App或已登记的扣款账户还款。" + _HELP_ZH,
    ),
    _Text(
        "due",
        Purpose.REMINDER,
        False,
        gettext_noop("On the due day"),
        "[{signature}] Hello, this is {creditor}. For your {loans}, {amount} is due today, {due_on} ({split}). "
        "If you have paid already, thank you. Please pay in our app or from the account you registered." + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}今日（{due_on}）到期，应还{amount}（{split}）。"
        "若已还款请忽略。请通过官方App或已登记的扣款账户还款。" + _HELP_ZH,
    ),
    _Text(
        "late-1",
        Purpose.DEMAND,
        False,
        gettext_noop("One day late"),
        "[{signature}] Hello, this is {creditor}. {amount} for your {loans} was due on {due_on} and has not reached us "
        "({split}). It may have slipped your mind; if you have paid, please ignore this. You can pay in our app or from the "
        "account you registered." + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}本期应还{amount}（{split}），{due_on}到期未到账。"
        "若已还款请忽略；如尚未还款，可通过官方App或已登记的扣款账户还款。" + _HELP_ZH,
    ),
    _Text(
        "late-3",
        Purpose.DEMAND,
        False,
        gettext_noop("Three days late"),
        "[{signature}] Hello, this is {creditor}. {amount} for your {loans} has been open since {due_on}, {days} days "
        "({split}). Please pay in our app, or tell us what stands in the way." + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}自{due_on}起已逾期{days}天，应还{amount}（{split}）。"
        "请通过官方App还款；若已还款请忽略。" + _HELP_ZH,
    ),
    _Text(
        "late-7",
        Purpose.DEMAND,
        False,
        gettext_noop("Seven days late"),
        "[{signature}] Hello, this is {creditor}. {amount} for your {loans} has been open for {days} days, since {due_on} "
        "({split}). A late charge runs as your contract says. Please pay in our app, or talk to us about a plan."
        + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}自{due_on}起已逾期{days}天，应还{amount}（{split}）。"
        "逾期费用按合同计收。请通过官方App还款，或与我们商量还款安排。" + _HELP_ZH,
    ),
    _Text(
        "late-14",
        Purpose.DEMAND,
        False,
        gettext_noop("Fourteen days late"),
        "[{signature}] Hello, this is {creditor}. {amount} for your {loans} has been open for {days} days, since {due_on} "
        "({split}). You can pay in our app, all of it or a part. If that is too much now, ask us for a later date or "
        "for smaller instalments." + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}自{due_on}起已逾期{days}天，应还{amount}（{split}）。"
        "您可通过官方App全部或部分还款；若目前有压力，可申请延后还款日或减少每期金额。" + _HELP_ZH,
    ),
    _Text(
        "late-28",
        Purpose.DEMAND,
        False,
        gettext_noop("Four weeks late"),
        "[{signature}] Hello, this is {creditor}. {amount} for your {loans} has been open for {days} days, since {due_on} "
        "({split}). Tell us what you can pay and when: a later date, a plan in instalments or a lower late charge can be "
        "looked at together. Please pay in our app or from the account you registered only." + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}自{due_on}起已逾期{days}天，应还{amount}（{split}）。"
        "请告诉我们您能还多少、何时还：延期、分期或减免罚息都可以一起商量。请仅通过官方App或已登记的扣款账户还款。"
        + _HELP_ZH,
    ),
    _Text(
        "late-45",
        Purpose.DEMAND,
        False,
        gettext_noop("Forty-five days late"),
        "[{signature}] Hello, this is {creditor}. {amount} for your {loans} has been open for {days} days, since {due_on} "
        "({split}). Late charges run as your contract says. The delay may be reported to the credit register by its rules; "
        "we tell you before that. Pay in our app, or ask us for a plan." + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}自{due_on}起已逾期{days}天，应还{amount}（{split}）。"
        "逾期费用按合同计收。可能按规定报送征信，报送前会告知您。您可通过官方App还款，或与我们商定还款计划。"
        + _HELP_ZH,
    ),
    _Text(
        "late-75",
        Purpose.DEMAND,
        False,
        gettext_noop("Seventy-five days late"),
        "[{signature}] Hello, this is {creditor}. {amount} for your {loans} has been open for {days} days, since {due_on} "
        "({split}). The longer it stays open, the more late charge your contract adds. A plan that fits your income stops "
        "that from growing worse: pay in our app, or tell us what you can manage." + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}自{due_on}起已逾期{days}天，应还{amount}（{split}）。"
        "逾期越久，按合同计收的费用越多。与收入相符的还款计划可以避免情况加重：请通过官方App还款，或告诉我们您能承担的金额。"
        + _HELP_ZH,
    ),
    _Text(
        "late-100",
        Purpose.DEMAND,
        False,
        gettext_noop("A hundred days late: formal request"),
        "[{signature}] {creditor} formally asks you to pay {amount} for your {loans}, open since {due_on}, {days} days "
        "({split}). Pay in our app or from the account you registered. If you cannot pay it all, you may propose a "
        "settlement or a plan, and we answer each. If you think the sum is wrong, tell us and we check it." + _HELP_EN,
        "【{signature}】{creditor}正式函告：您{loans}自{due_on}起已逾期{days}天，应还{amount}（{split}），请予清偿。"
        "请通过官方App或已登记的扣款账户还款。如无力一次还清，可提出结清方案或还款计划，我们逐一答复；如对金额有异议，请告知，我们会核对。"
        + _HELP_ZH,
    ),
    _Text(
        "service-line",
        Purpose.SERVICE,
        True,
        gettext_noop("How to reach us"),
        "[{signature}] Hello, this is {writer} of {creditor}. As you asked: you reach us on {service_phone} about your "
        "{loans}, also to talk about a later date or a plan.",
        "【{signature}】您好，这里是{creditor}的{writer}。应您要求告知：关于您{loans}，可致电{service_phone}咨询，"
        "也可申请延期或分期。",
    ),
    _Text(
        "how-to-pay",
        Purpose.SERVICE,
        True,
        gettext_noop("How to pay"),
        "[{signature}] Hello, this is {writer} of {creditor}. As you asked: for your {loans}, {amount} is open ({split}). "
        "Pay in our app or from the account you registered, never to a private account. Questions: {service_phone}.",
        "【{signature}】您好，这里是{creditor}的{writer}。应您要求告知：您{loans}当前应还{amount}（{split}）。"
        "请仅通过官方App或已登记的扣款账户还款，切勿转入私人账户。咨询电话{service_phone}。",
    ),
    _Text(
        "after-our-call",
        Purpose.DEMAND,
        True,
        gettext_noop("After our call"),
        "[{signature}] Hello, this is {writer} of {creditor}. As we discussed: {amount} for your {loans}, due {due_on}, is "
        "open ({split}). If anything changes, call {service_phone} and we will look at it together. "
        "Reply T to stop reminders.",
        "【{signature}】您好，这里是{creditor}的{writer}。如电话中所述：您{loans}应还{amount}（{split}），{due_on}到期。"
        "如情况有变，请致电{service_phone}，我们一起想办法。回T退订提醒。",
    ),
)
