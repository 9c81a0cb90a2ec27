"""The dear parts of the frame, which stands around every page: what reads the same each time is remembered, the rail is written at one go."""

from collections.abc import Hashable, Iterable
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from staff.templatetags.ui import short_count

register = template.Library()

_kept: dict[tuple[Hashable, ...], SafeString] = {}


@register.simple_tag(takes_context=True)
def kept(context: Context, name: str, *of: Hashable) -> SafeString:
    """The template of that name, remembered for each language and for each `of`: all else that it shows must follow from these.

    While templates are being written (DEBUG) nothing is remembered.
    """
    key = (name, get_language(), *of)
    if key not in _kept or settings.DEBUG:
        values: dict[str, Any] = {str(key): value for key, value in context.flatten().items()}
        _kept[key] = SafeString(get_template(name).render(values))
    return _kept[key]


_ENTRY = '<li><a href="{}" title="{}" data-go="{}"{}>{}<span class="label">{}</span>{}</a></li>'
_CURRENT = SafeString(' aria-current="page"')


@register.simple_tag
def rail_entries(rail: Iterable[dict[str, Any]]) -> SafeString:
    """The desks of the rail, as `config.frame` lists them."""
    return format_html_join("\n", _ENTRY, (_entry(desk) for desk in rail))


def _entry(desk: dict[str, Any]) -> tuple[object, ...]:
    label, count = str(desk["label"]), desk["count"]
    shown = "" if count is None else format_html('<span class="count">{}</span>', short_count(count))
    return desk["url"], label, desk["key"], _CURRENT if desk["current"] else "", desk["symbol"], label, shown
