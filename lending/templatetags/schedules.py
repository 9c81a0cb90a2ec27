"""The rows of a schedule, written at one go: a template would spend as long on them as on the rest of the loan page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lending.loan_view import Schedule, ScheduleRow
from lending.templatetags.money import money
from staff.templatetags.ui import badge

register = template.Library()

_ROW = (
    '<tr><th scope="row" class="num">{n}</th><td class="nowrap{due_on_changed}">{due_on}</td>'
    '<td class="num{principal_changed}">{principal}</td><td class="num{interest_changed}">{interest}</td>'
    '<td class="num">{total}</td>{state}</tr>'
)
_MARKED = "due_on", "principal", "interest"
_STATE = '<td class="num">{}</td><td class="nowrap">{}{}</td>'
_WAIVED = ' <span class="muted small">{} <b class="num">{}</b></span>'


@register.simple_tag
def schedule_rows(schedule: Schedule, currency: str) -> SafeString:
    """The rows; what the version changed is marked, and of that in force each row says how it stands on the day.

    Numbers and days need no escaping; the words of a state are escaped where they are put in.
    """
    return SafeString("\n".join(_row(row, currency, schedule.is_in_force) for row in schedule.rows))


def _row(row: ScheduleRow, currency: str, has_state: bool) -> str:
    return _ROW.format(
        n=row.n,
        due_on=row.due_on.isoformat(),
        principal=money(row.principal, currency),
        interest=money(row.interest, currency),
        total=money(row.total, currency),
        state=_state(row, currency) if has_state else "",
        **{f"{name}_changed": " changed" if name in row.changed else "" for name in _MARKED},
    )


def _state(row: ScheduleRow, currency: str) -> SafeString:
    waived = format_html(_WAIVED, _("waived"), money(row.waived, currency)) if row.waived else ""
    return format_html(_STATE, money(row.open, currency), badge(row.badge, row.words), waived)
