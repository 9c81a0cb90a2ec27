"""Columns that a tape of loans may have beside those it must: what else `quote_schedule` knows of terms, and rows by hand.

Amounts are in major units, shares in percent with semicolons between them (`10;20;70`), rows as `due day principal interest`
with semicolons between them (`2026-02-15 1000.00 200.00; 2026-03-15 …`): they are then the schedule, whatever the method says.
"""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from lending.imports import fields
from lending.imports.fields import Cells, FieldError
from lending.money import Rounding
from lending.schedules import Absorb, MonthEnd, Row, Terms, TermsError, reading
from lending.schedules.terms import PERIODS_MAX

Reader = Callable[[Cells, str, str], Any]
PARTS_OF_A_ROW = 3


def _whole(cells: Cells, name: str, _currency: str) -> int:
    return fields.whole(cells, name, 0, PERIODS_MAX)


def _shares(cells: Cells, name: str, _currency: str) -> tuple[Fraction, ...]:
    try:
        return tuple(reading.percent(name, share.strip()) for share in cells[name].split(";"))
    except TermsError as error:
        raise FieldError(name, error.message) from None


READERS: dict[str, Reader] = {
    "rounding": lambda cells, name, _currency: fields.choice(cells, name, Rounding),
    "installment_multiple": fields.amount,
    "absorb": lambda cells, name, _currency: fields.choice(cells, name, Absorb),
    "month_end": lambda cells, name, _currency: fields.choice(cells, name, MonthEnd),
    "principal_grace_periods": _whole,
    "interest_deferred_periods": _whole,
    "staged_percentages": _shares,
    "fixed_installment": fields.amount,
}
COLUMNS = (*READERS, "rows")


def read(cells: Cells, currency: str) -> dict[str, Any]:
    """What these columns say of the terms; FieldError names the first that makes no sense."""
    return {name: reader(cells, name, currency) for name, reader in READERS.items() if cells.get(name)}


def rows(cells: Cells, terms: Terms) -> tuple[Row, ...]:
    """The rows that were written by hand, none where there are none; they repay exactly what was lent."""
    if not cells.get("rows"):
        return ()
    left, made = terms.principal, []
    for n, text in enumerate(cells["rows"].strip("; ").split(";"), start=1):
        row = _row(n, text, left, terms)
        left = row.balance
        made.append(row)
    if left or len(made) != terms.periods:
        facts = {"rows": len(made), "periods": terms.periods}
        raise FieldError(
            "rows", _("has %(rows)s rows for %(periods)s instalments, or they do not repay the principal") % facts
        )
    if any(later <= earlier for earlier, later in pairwise([terms.start_on, *(row.due_on for row in made)])):
        raise FieldError("rows", _("its due days must follow one another, after the start"))
    return tuple(made)


def _row(n: int, text: str, left: int, terms: Terms) -> Row:
    parts = text.split()
    if len(parts) != PARTS_OF_A_ROW:
        raise FieldError("rows", _("row %(n)s is no due day, principal and interest") % {"n": n})
    named = dict(zip(("day", "principal", "interest"), parts, strict=True))
    try:
        due_on = fields.iso_day(named, "day")
        principal, interest = (
            fields.amount_or_nothing(named, name, terms.currency) for name in ("principal", "interest")
        )
    except FieldError as error:
        raise FieldError("rows", _("row %(n)s, %(fault)s") % {"n": n, "fault": error}) from None
    if principal > left:
        raise FieldError("rows", _("row %(n)s repays more than is left") % {"n": n})
    return Row(n, due_on, principal, interest, left - principal)
