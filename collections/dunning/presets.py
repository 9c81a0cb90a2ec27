"""The reminders that a fresh console has: one ladder, its texts in both languages, and texts for messages by hand.

Wording (house, after DOMAIN F): who writes, what is owed and since when, how to pay through official ways only, how to ask
for help, the service line, and how to stop reminders; calm, no threats, no name that a stranger could read.
"""

from datetime import date, time
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_noop

from contacts.models import Channel, Purpose
from dunning.models import Policy, PolicyStep, Template
from dunning.texts import check_text

POLICY = "standard"
VALID_FROM = date(2000, 1, 1)
SEND_AT = time(10, 0)


class _Text(NamedTuple):
    code: str
    purpose: Purpose
    by_hand: bool
    name: str
    en: str
    zh: str


STEPS = {"before-3": -3, "due": 0, "late-1": 1, "late-3": 3, "late-7": 7}
"""Code of each step, which is also the code of its text, and the days from the due day of the oldest unpaid instalment."""

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
        "({split}). It may have slipped your mind; if you have paid, please ignore this." + _HELP_EN,
        "【{signature}】您好，这里是{creditor}。您{loans}本期应还{amount}（{split}），{due_on}到期未到账。"
        "若已还款请忽略。" + _HELP_ZH,
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


def install_after_migrate(using: str = "default", **_: Any) -> None:
    install(using)


def install(using: str = "default") -> None:
    """Write what is missing; what is there, changed or not, stays. Safe to run again."""
    with transaction.atomic(using=using):
        _install_texts(using)
        _install_policy(using)


def _install_texts(using: str) -> None:
    for text in TEXTS:
        for language, words in (("en", text.en), ("zh-hans", text.zh)):
            check_text(words)
            Template.objects.using(using).get_or_create(
                code=text.code,
                language=language,
                defaults={"purpose": text.purpose, "name": text.name, "text": words, "by_hand": text.by_hand},
            )


def _install_policy(using: str) -> None:
    policy, created = Policy.objects.using(using).get_or_create(
        code=POLICY, version=1, defaults={"name": "Standard reminders", "valid_from": VALID_FROM}
    )
    if created:
        steps = [
            PolicyStep(policy=policy, code=code, offset_days=days, channel=Channel.SMS, template=code, send_at=SEND_AT)
            for code, days in STEPS.items()
        ]
        PolicyStep.objects.using(using).bulk_create(steps)
