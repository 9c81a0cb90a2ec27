"""How far supervisors and managers may decide: the house's approval matrix as dated data.

Rows that are there already are left as they are. All are house rules; counsel and the funder may want tighter ones.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.apps import AppConfig
from django.db import connections, transaction
from django.utils.translation import gettext_noop

from restructuring.models import PlanLimit, PlanRequest, PlanRule
from staff.models import Role

BEGINNING = date(2000, 1, 1)
HOUSE = gettext_noop("House approval matrix (house rule, not law)")
EXTENSION, DEFERRAL = PlanRequest.Instrument.EXTENSION, PlanRequest.Instrument.DEFERRAL
RESTRUCTURE = PlanRequest.Instrument.RESTRUCTURE


class Preset(NamedTuple):
    """A limit; the amount in minor units."""

    role: Role
    instrument: PlanRequest.Instrument
    days_max: int
    amount_max: int
    per_loan_max: int
    text: str
    text_zh: str


PRESETS = (
    Preset(
        Role.SUPERVISOR,
        EXTENSION,
        30,
        2_000_000,
        1,
        "A supervisor decides a loan's first extension, up to 30 days in all and 20,000.00 of principal outstanding.",
        "主管可审批贷款的首次展期，累计不超过30天，未还本金不超过20,000.00。",
    ),
    Preset(
        Role.SUPERVISOR,
        DEFERRAL,
        30,
        2_000_000,
        1,
        "A supervisor decides a loan's first deferral, up to 30 days in all and 20,000.00 of principal outstanding.",
        "主管可审批贷款的首次延期还款，累计不超过30天，未还本金不超过20,000.00。",
    ),
    Preset(
        Role.MANAGER,
        EXTENSION,
        180,
        100_000_000,
        2,
        "A manager decides up to two extensions over a loan's life, 180 days in all and 1,000,000.00 of principal outstanding.",
        "经理可审批贷款存续期内最多两次展期，累计不超过180天，未还本金不超过1,000,000.00。",
    ),
    Preset(
        Role.MANAGER,
        DEFERRAL,
        180,
        100_000_000,
        2,
        "A manager decides up to two deferrals over a loan's life, 180 days in all and 1,000,000.00 of principal outstanding.",
        "经理可审批贷款存续期内最多两次延期还款，累计不超过180天，未还本金不超过1,000,000.00。",
    ),
    Preset(
        Role.SUPERVISOR,
        RESTRUCTURE,
        180,
        2_000_000,
        1,
        "A supervisor decides a loan's first restructuring, up to 180 days later in all and 20,000.00 of principal outstanding.",
        "主管可审批贷款的首次重组，到期日累计推后不超过180天，未还本金不超过20,000.00。",
    ),
    Preset(
        Role.MANAGER,
        RESTRUCTURE,
        1_830,
        100_000_000,
        2,
        "A manager decides up to two restructurings over a loan's life, five years later in all and 1,000,000.00 of principal outstanding.",
        "经理可审批贷款存续期内最多两次重组，到期日累计推后不超过五年，未还本金不超过1,000,000.00。",
    ),
)
FIVE_YEARS = gettext_noop("House rule, after article 70 of the Chinese banks' card rules: at most five years")
COUNTED = gettext_noop("House rule, after the re-aging rules of US banks and the EBA's guidelines on forbearance")
AFFORDABLE = gettext_noop("House rule: a plan leaves room to live")
Code = PlanRule.Code
RULES: Mapping[PlanRule.Code, tuple[int, str]] = {
    Code.MONTHS_MOST: (60, FIVE_YEARS),
    Code.IN_12_MONTHS: (1, COUNTED),
    Code.IN_24_MONTHS: (2, COUNTED),
    Code.PAID_BEFORE: (1, COUNTED),
    Code.FIRST_PAYMENT: (100, AFFORDABLE),
    Code.SURPLUS_SHARE: (700_000, AFFORDABLE),
    Code.PAPERS_ABOVE: (2_000_000, AFFORDABLE),
}
"""The house's values; what is there already is left as it is."""


def install(using: str = "default") -> int:
    """Write the limits that are not there yet and say how many they were; safe to run again."""
    written = 0
    with transaction.atomic(using=using):
        for preset in PRESETS:
            limits = preset._asdict() | {"source": HOUSE}
            key = {"role": limits.pop("role"), "instrument": limits.pop("instrument"), "valid_from": BEGINNING}
            _row, is_new = PlanLimit.objects.using(using).get_or_create(**key, defaults=limits)
            written += is_new
        for code, (value, source) in RULES.items():
            _rule, is_new = PlanRule.objects.using(using).get_or_create(
                code=code, valid_from=BEGINNING, defaults={"value": value, "source": source}
            )
            written += is_new
    return written


def install_after_migrate(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After each `migrate`, and after the flush of a test database."""
    if PlanLimit._meta.db_table in connections[using].introspection.table_names():
        install(using)
