"""The columns that the case list can show: a head, and a cell for each line, written in Python, for fifty rows of template tags
cost more than the page's queries.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.html import conditional_escape as escaped
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.fitness import stage_name
from cases.lines import Line
from cases.models import Case
from cases.words import delay_reason
from lending.models import Borrower
from lending.templatetags.money import money
from staff.models import Role, User
from staff.templatetags.ui import bucket_badge, iso


class Drawing(NamedTuple):
    """For whom the lines are drawn and as of which day; `currency` is that of all of them, or "" where they differ."""

    user: User
    on: date
    currency: str = ""
    with_penalty: bool = False


class Column(NamedTuple):
    """`sort` is the order by which its head sorts; `kind` the class of its cells."""

    name: str
    label: Any
    cell: Callable[[Line, Drawing], str]
    kind: str = ""
    sort: str = ""


@lru_cache(maxsize=8)
def _labels(of: Any, language: str | None) -> Mapping[str, str]:
    """The words for each choice in that language, made safe."""
    return {value: escaped(str(label)) for value, label in of.choices}


def words(of: Any, value: str) -> str:
    return _labels(of, get_language()).get(value, "–")


@lru_cache(maxsize=4096)
def _badge(bucket: str, days: int, language: str | None) -> str:
    return bucket_badge(bucket, days)


def _amount(amount: int | None, line: Line, drawing: Drawing) -> str:
    if not line.currency or amount is None:
        return "–"
    shown = money(amount, line.currency)
    return shown if drawing.currency else f'<span class="muted small">{line.currency}</span> {shown}'


def _overdue(line: Line, drawing: Drawing) -> str:
    return _amount(line.owed_now if drawing.with_penalty else line.overdue, line, drawing)


def _why(line: Line, drawing: Drawing) -> str:
    return escaped(line.why(drawing.on))


def _bucket(line: Line, drawing: Drawing) -> str:
    return _badge(line.bucket, line.days_past_due(drawing.on), get_language())


COLUMNS = {
    column.name: column
    for column in (
        Column("why", _("Why now"), _why, sort="priority"),
        Column("action", _("Next action"), lambda line, drawing: words(Case.NextAction, line.next_action)),
        Column("next", _("Not before"), lambda line, drawing: iso(line.next_at), "nowrap", "next"),
        Column("overdue", _("Overdue without penalty"), _overdue, "num", "amount"),
        Column("penalty", _("Penalty"), lambda line, drawing: _amount(line.penalty or 0, line, drawing), "num"),
        Column("bucket", _("Bucket"), _bucket, sort="days"),
        Column("stage", _("Stage"), lambda line, drawing: escaped(stage_name(line.stage, drawing.on))),
        Column("owner", _("In hand with"), lambda line, drawing: escaped(line.owner) or "–"),
        Column("language", _("Language"), lambda line, drawing: words(Borrower.Language, line.language)),
        Column("promise", _("Promised for"), lambda line, drawing: iso(line.promised_on), "nowrap"),
        Column("reason", _("Why behind"), lambda line, drawing: escaped(delay_reason(line.reason_behind)) or "–"),
        Column("contact", _("Last contact"), lambda line, drawing: iso(line.last_contact_at), "nowrap"),
        Column("since", _("Case since"), lambda line, drawing: iso(line.opened_on), "nowrap"),
        Column("ref", _("Borrower reference"), lambda line, drawing: escaped(line.borrower_ref), "mono"),
    )
}
OWN = ("why", "action", "next", "overdue", "bucket", "contact")
"""What is shown to somebody who looks at their own cases and has chosen nothing."""


def columns_of(chosen: Iterable[str], user: User) -> list[Column]:
    """The columns chosen, in their order here; those of the role where none is."""
    names = set(chosen) & COLUMNS.keys() or {*OWN, *([] if user.role == Role.AGENT else ["owner"])}
    return [column for name, column in COLUMNS.items() if name in names]


@lru_cache(maxsize=1)
def _case_url() -> tuple[str, str]:
    """What stands before and after the key of a case in the address of its page."""
    before, _mark, after = reverse("case_page", args=[0]).rpartition("0")
    return before, after


def case_rows(lines: Iterable[Line], columns: Iterable[Column], drawing: Drawing, pick: str = "") -> SafeString:
    """The lines as rows of a table; `pick` is what the box says with which a row is ticked, with a place for the name."""
    before, after = _case_url()
    cells = [(f' class="{column.kind}"' if column.kind else "", column.cell) for column in columns]
    rows = []
    for line in lines:
        name = escaped(line.name_for(drawing.user))
        box = _BOX.format(line.pk, pick % {"name": name}) if pick else ""
        drawn = "".join([f"<td{kind}>{cell(line, drawing)}</td>" for kind, cell in cells])
        rows.append(f'<tr>{box}<th scope="row"><a href="{before}{line.pk}{after}">{name}</a></th>{drawn}</tr>')
    return SafeString("\n".join(rows))


_BOX = '<td class="pick"><input type="checkbox" name="selected" value="{}" aria-label="{}"></td>'
