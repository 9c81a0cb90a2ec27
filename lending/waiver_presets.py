"""How far supervisors and managers may waive and write off: the house's approval matrix as dated data.

Rows that are there already are left as they are. All are house rules; counsel and the funder may want tighter ones.
"""

from datetime import date
from typing import Any, NamedTuple

from django.apps import AppConfig
from django.db import connections, transaction
from django.utils.translation import gettext_noop

from lending.models import WaiverLimit
from staff.models import Role

BEGINNING = date(2000, 1, 1)
HOUSE = gettext_noop("House approval matrix (house rule, not law)")
ALL = 1_000_000
PENALTY, INTEREST, PRINCIPAL, WRITE_OFF = WaiverLimit.What
COMMITTEE = (
    "More than 20% of the principal is decided by two: a manager with a supervisor or a second manager, one of whom asked.",
    "豁免本金超过20%须由两人共同决定：一名经理与一名主管或另一名经理，其中一人为申请人。",
)
TWO_WRITE_OFF = (
    "A write-off is decided by two: a manager with a supervisor or a second manager, one of whom asked.",
    "核销须由两人共同决定：一名经理与一名主管或另一名经理，其中一人为申请人。",
)


class Preset(NamedTuple):
    """A limit; the share in parts per million, the amount in minor units."""

    role: Role
    what: WaiverLimit.What
    share_max_ppm: int
    amount_max: int
    text: str
    text_zh: str
    maker_role: str = ""


PRESETS = (
    Preset(
        Role.SUPERVISOR,
        PENALTY,
        500_000,
        100_000,
        "A supervisor waives up to half of the penalty, or up to 1,000.00 of it.",
        "主管可豁免不超过一半的罚息，或不超过1,000.00的罚息。",
    ),
    Preset(Role.MANAGER, PENALTY, ALL, 0, "A manager waives any penalty.", "经理可豁免全部罚息。"),
    Preset(Role.MANAGER, INTEREST, ALL, 0, "A manager waives any interest.", "经理可豁免全部利息。"),
    Preset(
        Role.MANAGER,
        PRINCIPAL,
        200_000,
        0,
        "A manager waives up to 20% of the principal.",
        "经理可豁免不超过20%的本金。",
    ),
    Preset(Role.MANAGER, PRINCIPAL, ALL, 0, *COMMITTEE, Role.SUPERVISOR),
    Preset(Role.MANAGER, PRINCIPAL, ALL, 0, *COMMITTEE, Role.MANAGER),
    Preset(Role.SUPERVISOR, PRINCIPAL, ALL, 0, *COMMITTEE, Role.MANAGER),
    Preset(
        Role.SUPERVISOR,
        INTEREST,
        ALL,
        0,
        "A supervisor waives interest only where a manager asks.",
        "仅在经理申请时，主管可审批利息豁免。",
        Role.MANAGER,
    ),
    Preset(Role.MANAGER, WRITE_OFF, ALL, 0, *TWO_WRITE_OFF, Role.SUPERVISOR),
    Preset(Role.MANAGER, WRITE_OFF, ALL, 0, *TWO_WRITE_OFF, Role.MANAGER),
    Preset(Role.SUPERVISOR, WRITE_OFF, ALL, 0, *TWO_WRITE_OFF, Role.MANAGER),
)


def install(using: str = "default") -> int:
    """Write the limits that are not there yet and say how many they were; safe to run again."""
    written = 0
    with transaction.atomic(using=using):
        for preset in PRESETS:
            limits = preset._asdict() | {"source": HOUSE}
            key = {name: limits.pop(name) for name in ("role", "what", "maker_role")} | {"valid_from": BEGINNING}
            _row, is_new = WaiverLimit.objects.using(using).get_or_create(**key, defaults=limits)
            written += is_new
    return written


def install_after_migrate(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After each `migrate`, and after the flush of a test database."""
    if WaiverLimit._meta.db_table in connections[using].introspection.table_names():
        install(using)
