"""A system check: every view of ours states its audience."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from staff.access import audience_of


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the project as (path pattern, pattern)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            yield path, pattern


@register
def every_view_states_its_audience(**_: Any) -> list[CheckMessage]:
    return [
        Error(f"the view of '{path}' states no audience", id="staff.E001")
        for path, pattern in routes()
        if audience_of(pattern.callback) is None
    ]
