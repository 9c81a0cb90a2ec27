"""The rule sets: those of mainland China and of the house are there from the beginning, the others are offered.

Rows that are there already are left as they are.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from django.apps import AppConfig
from django.db import connections, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from contacts.models import ContactRule
from contacts.rule_sets import china, house, others, regulation_f
from contacts.rule_sets.preset import Preset
from contacts.rules import Rule
from contacts.situations import rule_of

PRESETS: Final = (*china.PRESETS, *house.PRESETS)
"""What is written when the console is set up."""
OFFERED: Final[Mapping[str, tuple[str | Promise, tuple[Preset, ...], tuple[str, ...]]]] = {
    "US-REG-F": (gettext_lazy("United States: Regulation F"), regulation_f.PRESETS, regulation_f.ZONES),
    "IN-RBI": (gettext_lazy("India: Reserve Bank"), others.INDIA, ("Asia/Kolkata",)),
    "ID-OJK": (
        gettext_lazy("Indonesia: OJK"),
        others.INDONESIA,
        ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"),
    ),
    "UK-CONC": (gettext_lazy("United Kingdom: CONC"), others.KINGDOM, ("Europe/London",)),
}
"""Sets that a manager may put forward: what each is called, its rules, and the zones of its country."""


def rows_of(presets: tuple[Preset, ...]) -> Iterator[ContactRule]:
    """The versions of each rule, unsaved: each text ends the day before the next one begins."""
    for preset in presets:
        ends = [start - timedelta(days=1) for start, _standing, _source in preset.dated[1:]]
        for (start, standing, source), end in zip(preset.dated, [*ends, None], strict=True):
            yield ContactRule(
                rule_set=preset.rule_set,
                code=preset.code,
                kind=preset.kind,
                standing=standing,
                channels=[str(channel) for channel in preset.channels],
                details=preset.details,
                text=preset.text,
                text_zh=preset.text_zh,
                source=source,
                valid_from=start,
                valid_to=end,
                **preset.limits,
            )


def rules_of(presets: tuple[Preset, ...]) -> tuple[Rule, ...]:
    """The same as values, without a database."""
    return tuple(rule_of(row) for row in rows_of(presets))


def install(using: str = "default") -> int:
    """Write the rules that are not there yet and say how many they were; safe to run again."""
    with transaction.atomic(using=using):
        known = set(ContactRule.objects.using(using).values_list("rule_set", "code"))
        missing = [row for row in rows_of(PRESETS) if (row.rule_set, row.code) not in known]
        ContactRule.objects.using(using).bulk_create(missing)
    return len(missing)


def install_after_migrate(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After each `migrate`, and after the flush of a test database."""
    if ContactRule._meta.db_table in connections[using].introspection.table_names():
        install(using)
