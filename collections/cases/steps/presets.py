"""The steps that are there from the beginning (house rules): after each outcome, and for each reason.

The codes of the outcomes that the contact log knows by itself (`no_answer`, `right_party`, …) are the words of the API and stay. Rows that
are there already are left as they are.
"""

from datetime import date
from typing import Any, Final, NamedTuple

from django.apps import AppConfig
from django.db import connections, transaction

from cases.models import DelayReason
from cases.steps.models import NextStep, Of, Step
from contacts.models import Contact, Hold

FIRST_DAY: Final = date(2000, 1, 1)
Code, Outcome = DelayReason.Code, Contact.Outcome


class Preset(NamedTuple):
    of: str
    code: str
    name: str = ""
    name_zh: str = ""
    fact: str = ""
    step: str = Step.NONE
    hours: int = 0
    hold: str = ""
    keeps_number: bool = False


def _after(code: str, name: str, name_zh: str, fact: str, step: str, **more: Any) -> Preset:
    return Preset(Of.OUTCOME, code, name, name_zh, fact, step, **more)


def _for(code: str, step: str, **more: Any) -> Preset:
    return Preset(Of.REASON, code, step=step, **more)


MINE = Outcome.RIGHT_PARTY
PRESETS: Final = (
    _after("no_answer", "No answer", "无人接听", Outcome.NO_ANSWER, Step.AGAIN, hours=3),
    _after("promises", "Right party: promises", "本人接听：承诺还款", MINE, Step.PROMISE),
    _after("right_party", "Right party: nothing agreed", "本人接听：未达成约定", MINE, Step.NONE),
    _after("call_later", "Right party: call later", "本人接听：请稍后再打", MINE, Step.CALLBACK, hours=4),
    _after("says_paid", "Right party: says has paid", "本人接听：称已还款", MINE, Step.SAYS_PAID),
    _after("cannot_pay", "Right party: cannot pay now", "本人接听：目前无力还款", MINE, Step.PLAN),
    _after("refuses", "Right party: refuses", "本人接听：拒绝还款", MINE, Step.MESSAGE),
    _after("disputes", "Right party: disputes the debt", "本人接听：对债务有异议", MINE, Step.COMPLAINT),
    _after("ill", "Right party: ill", "本人接听：患病", MINE, Step.HOLD, hold=Hold.Kind.ILLNESS),
    _after("passed_on", "Other person: passes it on", "他人接听：愿意转告", Outcome.OTHER_PERSON, Step.CALLBACK, hours=24, keeps_number=True),
    _after("other_person", "Other person: does not know them", "他人接听：不认识本人", Outcome.OTHER_PERSON, Step.TRACE),
    _after("busy", "Busy", "占线", Outcome.BUSY, Step.AGAIN, hours=3),
    _after("invalid", "Number not in use", "号码已停用", Outcome.INVALID, Step.TRACE),
    _for(Code.FORGOT, Step.PAY_LINK),
    _for(Code.TECHNICAL, Step.PAY_LINK),
    _for(Code.CASH_GAP, Step.PROMISE),
    _for(Code.JOB_LOSS, Step.PLAN),
    _for(Code.ILLNESS, Step.HOLD, hold=Hold.Kind.ILLNESS),
    _for(Code.BEREAVEMENT, Step.HOLD, hold=Hold.Kind.BEREAVEMENT),
    _for(Code.OVERINDEBTED, Step.PLAN),
    _for(Code.BUSINESS, Step.PLAN),
    _for(Code.DISPUTE, Step.COMPLAINT),
    _for(Code.FRAUD, Step.COMPLAINT),
    _for(Code.UNWILLING, Step.MESSAGE),
    _for(Code.UNREACHED, Step.NONE),
)  # fmt: skip


def install(using: str = "default") -> int:
    """Write the steps that are not there yet and say how many they were; safe to run again."""
    with transaction.atomic(using=using):
        known = set(NextStep.objects.using(using).values_list("of", "code"))
        missing = [
            NextStep(**each._asdict(), place=10 * number, valid_from=FIRST_DAY)
            for number, each in enumerate(PRESETS, 1)
            if (each.of, each.code) not in known
        ]
        NextStep.objects.using(using).bulk_create(missing)
    return len(missing)


def install_after_migrate(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After each `migrate`, and after the flush of a test database."""
    if NextStep._meta.db_table in connections[using].introspection.table_names():
        install(using)
