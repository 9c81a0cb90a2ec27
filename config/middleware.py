"""What the edge knows of a request: its number, where it came from, the instant and the business date."""

import re
import secrets
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from audit.clock import now
from audit.record import RequestFacts, request_facts
from lending.days import business_date
from staff.access import asks_for_sign_in, audience_of
from staff.addresses import client_address

PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
_GIVEN = re.compile(r"[\w.-]{1,64}", re.ASCII)


class RequestFactsMiddleware:
    """Sets `request.now` and `request.business_date`, and answers with `X-Request-ID`.

    Pages for everybody, health among them, ask the database for nothing and so have no business date.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        at = now()
        request.request_id = request_id  # type: ignore[attr-defined]
        request.now = at  # type: ignore[attr-defined]
        request.business_date = None  # type: ignore[attr-defined]
        token = request_facts.set(RequestFacts(request_id, client_address(request)[:64]))
        try:
            response = self.get_response(request)
        finally:
            request_facts.reset(token)
        response.headers["X-Request-ID"] = request_id
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        stated = audience_of(view) or {}
        if asks_for_sign_in(stated):
            request.business_date = business_date(request.now)  # type: ignore[attr-defined]
