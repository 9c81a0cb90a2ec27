"""How far supervisors and managers may decide: the house's approval matrix as dated data.

Rows that are there already are left as they are. All four are house rules; counsel and the funder may want tighter ones.
"""

from datetime import date
from typing import Any, NamedTuple

from django.apps import AppConfig
from django.db import connections, transaction
from django.utils.translation import gettext_noop

from restructuring.models import PlanLimit, PlanRequest
from staff.models import Role

BEGINNING = date(2000, 1, 1)
HOUSE = gettext_noop("House approval matrix (house rule, not law)")
EXTENSION, DEFERRAL = PlanRequest.Instrument.EXTENSION, PlanRequest.Instrument.DEFERRAL


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
)


def install(using: str = "default") -> int:
    """Write the limits that are not there yet and say how many they were; safe to run again."""
    written = 0
    with transaction.atomic(using=using):
        for preset in PRESETS:
            limits = preset._asdict() | {"source": HOUSE}
            key = {"role": limits.pop("role"), "instrument": limits.pop("instrument"), "valid_from": BEGINNING}
            _row, is_new = PlanLimit.objects.using(using).get_or_create(**key, defaults=limits)
            written += is_new
    return written


def install_after_migrate(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After each `migrate`, and after the flush of a test database."""
    if PlanLimit._meta.db_table in connections[using].introspection.table_names():
        install(using)
