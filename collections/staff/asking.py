"""Asking somebody to sign in, or for a fresh code, without losing what they were doing.

A page's own request (htmx) gets 401 with the address to ask at, and the page opens a dialogue over itself: whatever was typed
stays where it is. A whole page is sent to sign in and comes back. What a whole page was sending is kept, sealed, in the session
and offered again afterwards, to the same person only.
"""

import json
from typing import Any, NamedTuple

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from staff.models import User
from staff.sealing import KeyMissingError, decrypt, encrypt

HEADER = "X-Sign-In"
KEPT = "kept"
KEPT_BYTES_MAX = 64 * 1024
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "password", "current", "new", "again", "code"})


class Kept(NamedTuple):
    """A form that was sent after the session had ended."""

    path: str
    fields: list[tuple[str, str]]


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    return _ask(request, "login")


def ask_for_code(request: HttpRequest) -> HttpResponse:
    return _ask(request, "code")


def kept_of(request: HttpRequest) -> Kept | None:
    """What this person was sending, if it is still here."""
    try:
        found: dict[str, Any] = json.loads(decrypt(request.session.get(KEPT, "")) or "{}")
    except KeyMissingError:
        return None
    if not isinstance(request.user, User) or found.get("user") != request.user.pk:
        return None
    return Kept(found["path"], [(name, value) for name, value in found["fields"]])


def _ask(request: HttpRequest, name: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=401)
        answer.headers[HEADER] = reverse("code" if getattr(request, "waiting_user", None) else name)
        return answer
    target = reverse("kept") if _keep(request) else request.get_full_path()
    ended = getattr(request.session, "ended", "")
    return redirect_to_login(target, f"{reverse(name)}?ended={ended}" if ended else reverse(name))


def _keep(request: HttpRequest) -> bool:
    """Keep the form that was sent. Only for somebody whom the console knew a moment ago, and never a file or a password."""
    owner = request.user.pk or getattr(request.session, "was_of", None)
    if request.method != "POST" or owner is None or request.FILES:
        return False
    fields = [(key, value) for key in request.POST for value in request.POST.getlist(key) if key not in NEVER_KEPT]
    text = json.dumps({"user": owner, "path": request.get_full_path(), "fields": fields})
    if len(text) > KEPT_BYTES_MAX:
        return False
    request.session[KEPT] = encrypt(text)
    return True
