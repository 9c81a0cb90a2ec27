"""The small words of the templates: icons, badges, dates. What a status looks like is decided here and nowhere else."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from staff.models import Role

register = template.Library()

BADGE_KINDS = frozenset({"neutral", "info", "good", "warn", "bad", "wait", "off"})
NOTICE_KINDS = {"debug": "info", "info": "info", "success": "good", "warning": "warn", "error": "bad"}
ROLE_ICONS = {
    Role.AGENT: "call",
    Role.SUPERVISOR: "caseloads",
    Role.MANAGER: "approvals",
    Role.AUDITOR: "audit",
    Role.ADMINISTRATOR: "settings",
}
COUNT_MAX = 9_999
"""Counts above this are shown as "9,999+": nobody works a list by its last digit."""


@register.filter
def html_lang(code: str) -> str:
    """The language tag for HTML: Chinese names its script, so that browsers pick Simplified glyphs."""
    return "zh-Hans" if code.startswith("zh") else code


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of static/icons.svg; without a label it is decoration and hidden from screen readers."""
    href = f"{static('icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}" width="16" height="16"><use href="{}"/></svg>', label, href
        )
    return format_html('<svg class="icon" aria-hidden="true" width="16" height="16"><use href="{}"/></svg>', href)


@register.simple_tag
@lru_cache(maxsize=512)
def badge(kind: str, text: str) -> SafeString:
    """A status: a shape and a word. Kinds: neutral, info, good, warn, bad, wait, off."""
    known = kind if kind in BADGE_KINDS else "neutral"
    return format_html('<span class="badge badge-{}">{}{}</span>', known, icon(f"shape-{known}"), text)


@register.simple_tag
def bucket_badge(bucket: str, days_past_due: int | None = None, house: str = "") -> SafeString:
    """The bucket on its shade of ochre, and the days past due beside it; a product's own has the shade of the house's."""
    shade = house or bucket
    level = shade.lower() if shade[:1] == "M" and shade[1:] in set("01234567") else "m0"
    if days_past_due is None:
        return format_html('<span class="bucket bucket-{}"><b>{}</b></span>', level, bucket)
    words = ngettext("%(days)s day past due", "%(days)s days past due", days_past_due) % {"days": days_past_due}
    short = pgettext("days past due, beside a bucket", "%(days)s d") % {"days": days_past_due}
    return format_html(
        '<span class="bucket bucket-{}" title="{}"><b>{}</b><span>{}</span></span>', level, words, bucket, short
    )


@register.filter
def notice_kind(message: Message) -> str:
    """The kind of notice in which a message of Django's framework is shown."""
    return NOTICE_KINDS.get(message.level_tag, "info")


@register.filter
def role_icon(role: Role) -> str:
    """The symbol of what a role does all day."""
    return ROLE_ICONS.get(role, "person")


@register.filter
def is_value(value: Any, other: str) -> str:
    """ "true" or "false", as `aria-pressed` and its like want it."""
    return "true" if str(value) == other else "false"


@register.filter
def short_count(value: int) -> str:
    """A count for a small place."""
    return f"{COUNT_MAX:,}+" if value > COUNT_MAX else f"{value:,}"


@register.filter
def grouped(value: float | None) -> str:
    """A whole number with separators, in every language: 12,345. Nothing is a dash."""
    return "–" if value is None else f"{round(value):,}"


@register.filter
def iso(value: date | datetime | None) -> str:
    """2016-12-08, or 2016-12-08 10:00 in the business time zone; a dash for nothing."""
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value.strftime("%Y-%m-%d")


@register.filter
def clock_time(value: datetime | None) -> str:
    """10:05, in the business time zone."""
    return timezone.localtime(value).strftime("%H:%M") if value else "–"


@register.filter
def day_words(value: date | datetime | None) -> str:
    """8 December 2016, or 2016年12月8日: for where people read."""
    if value is None or value == "":
        return "–"
    day = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(day, pgettext("date in words", "j F Y"), use_l10n=False)


@register.filter
def day_from(value: date | None, today: date | None) -> str:
    """today, tomorrow, in 3 days, 5 days ago: a day as seen from the business date."""
    if value is None or today is None:
        return day_words(value)
    days = (value - today).days
    named = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if days in named:
        return named[days]
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}


@register.filter
def duration(value: float | timedelta | None) -> str:
    """Seconds as 45 s, 3 min 20 s or 2 h 5 min."""
    if value is None:
        return "–"
    seconds = round(value.total_seconds() if isinstance(value, timedelta) else value)
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": seconds}
    if seconds < 3600:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": seconds // 60, "seconds": seconds % 60}
    return _("%(hours)s h %(minutes)s min") % {"hours": seconds // 3600, "minutes": seconds % 3600 // 60}


@register.filter
def is_choice_list(field: BoundField) -> bool:
    """Whether a field draws several inputs and so needs a legend instead of a label."""
    return field.widget_type in {"radioselect", "checkboxselectmultiple"}
