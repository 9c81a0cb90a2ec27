"""Every route with an address that fits its pattern, and every kind of page that a role finds by following links."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.test import Client

from staff.access import Audience, asks_for_sign_in, audience_of, is_api
from staff.checks import routes

SAMPLES = {"int": "1", "str": "n1", "slug": "x", "uuid": "00000000-0000-4000-8000-000000000000"}
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')


class Route(NamedTuple):
    """A route; `is_signed` for machines that sign their requests or have no session, so that no token is asked for."""

    path: str
    audience: Audience
    is_api: bool
    is_signed: bool

    @property
    def capability(self) -> str:
        """What its POST asks for."""
        return self.audience.get("POST", "")


def every_route() -> list[Route]:
    return [
        Route(
            f"/{sample_of(path)}",
            audience_of(pattern.callback) or {},
            is_api(pattern.callback),
            bool(getattr(pattern.callback, "csrf_exempt", False))
            and not asks_for_sign_in(audience_of(pattern.callback) or {}),
        )
        for path, pattern in routes()
    ]


def sample_of(pattern: str) -> str:
    """An address that the pattern takes."""
    plain = re.sub(r"<(\w+):\w+>", lambda found: SAMPLES.get(found[1], "x"), pattern)
    plain = re.sub(r"\(\?P<\w+>(\w+)\)", r"\1", plain)
    plain = re.sub(r"\(\?P<\w+>[^)]*\)", "n1", plain)
    return re.sub(r"<\w+>", "n1", plain).replace("^", "").replace("\\Z", "").replace("$", "")


def crawl(client: Client, start: str = "/", *, most: int = 60) -> Iterator[tuple[str, Any]]:
    """Each kind of page once, by the links on the pages: two loans are of one kind."""
    waiting, seen = [start], set[str]()
    while waiting and len(seen) < most:
        path = waiting.pop(0).replace("&amp;", "&")
        kind = re.sub(r"[A-Za-z-]*\d[\w-]*", "N", path.partition("?")[0])
        if kind in seen:
            continue
        seen.add(kind)
        answer = client.get(path, follow=True)
        yield path, answer
        if not answer.streaming and "text/html" in answer.headers["Content-Type"]:
            waiting += LINK.findall(answer.content.decode())
