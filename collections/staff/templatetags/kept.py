"""The dear parts of the frame, which stands around every page: what reads the same each time is remembered, the rail is written at one go."""

from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import format_html
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
    return SafeString("\n".join([_entry(**desk | {"label": str(desk["label"])}) for desk in rail]))


@lru_cache(maxsize=4096)
def _entry(*, label: str, url: str, symbol: str, key: str, count: int | None, current: bool) -> SafeString:
    shown = "" if count is None else format_html('<span class="count">{}</span>', short_count(count))
    return format_html(_ENTRY, url, label, key, _CURRENT if current else "", symbol, label, shown)
