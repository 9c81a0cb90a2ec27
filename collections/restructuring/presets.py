"""The house's rules for restructurings as dated data.

Rows that are there already are left as they are. All are house rules; counsel and the funder may want tighter ones.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.apps import AppConfig
from django.db import connections, transaction
from django.utils.translation import gettext_noop

from restructuring.models import PlanRule

BEGINNING = date(2000, 1, 1)
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
    """Write the rules that are not there yet and say how many they were; safe to run again."""
    written = 0
    with transaction.atomic(using=using):
        for code, (value, source) in RULES.items():
            _rule, is_new = PlanRule.objects.using(using).get_or_create(
                code=code, valid_from=BEGINNING, defaults={"value": value, "source": source}
            )
            written += is_new
    return written


def install_after_migrate(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After each `migrate`, and after the flush of a test database."""
    if PlanRule._meta.db_table in connections[using].introspection.table_names():
        install(using)
