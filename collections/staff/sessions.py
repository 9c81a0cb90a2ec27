"""Who is at the desk: half a sign-in is none, and a session ends everywhere at once when it must."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from rest_framework.authtoken.models import Token

from audit.clock import machine_now
from staff import factors
from staff.addresses import client_address
from staff.backend import with_session
from staff.models import Session, User

FACTOR = "factor"
FACTOR_AT = "factor_at"
BACKGROUND = "X-Background"
"""The header of requests that a page makes by itself; they keep nobody signed in."""


class PersonMiddleware(AuthenticationMiddleware):
    """Django's own, save that the person comes with the session: one query for both."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: person_of(request))  # type: ignore[assignment]


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """Who this session is of, with Django's own proof that it is."""
    request.session.get(SESSION_KEY)
    row: Session | None = getattr(request.session, "row", None)
    kept = with_session.set(row.user if row else None)
    try:
        return get_user(request)
    finally:
        with_session.reset(kept)


class SessionsMiddleware:
    """Takes a person who has only half signed in for a stranger, and notes that somebody is there.

    `request.waiting_user` is whoever gave the right password and owes the second factor: for the pages that ask for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.waiting_user = None  # type: ignore[attr-defined]
        user = request.user
        if isinstance(user, User) and user.is_authenticated:
            if request.session.get(FACTOR) not in factors.SIGNED_IN:
                request.waiting_user = user  # type: ignore[attr-defined]
                request.user = AnonymousUser()
            elif BACKGROUND not in request.headers:
                request.session.touch()  # type: ignore[attr-defined]
        return self.get_response(request)


def begin(request: HttpRequest, user: User) -> None:
    """What a new session knows of its beginning; called inside the sign-in. The oldest beyond the limit ends."""
    request.session["started_at"] = machine_now().isoformat()
    request.session["address"] = client_address(request)[:64]
    request.session["agent"] = request.headers.get("User-Agent", "")[:200]
    request.session[FACTOR] = factors.owed_by(user)
    others = Session.objects.filter(user=user).exclude(session_key=request.session.session_key)
    kept = others.order_by("-started_at").values_list("pk", flat=True)[: settings.SESSIONS_MAX - 1]
    others.exclude(pk__in=list(kept)).delete()


def factor_given(request: HttpRequest) -> None:
    """The second factor was right: from here on this is a sign-in, under a new session key."""
    request.session[FACTOR] = factors.GIVEN
    request.session[FACTOR_AT] = machine_now().timestamp()
    request.session.cycle_key()


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session may do what asks for a fresh code: one was given just now, or the role has no second factor."""
    if request.session.get(FACTOR) == factors.NONE:
        return True
    seconds = machine_now().timestamp() - request.session.get(FACTOR_AT, 0.0)
    return bool(0 <= seconds < settings.FRESH_CODE.total_seconds())


def end_sessions(person: User, *, but: str | None = None) -> int:
    """Sign a person out everywhere, machines too; `but` is the session that stays."""
    Token.objects.filter(user=person).delete()
    return Session.objects.filter(user=person).exclude(session_key=but or "").delete()[0]


def held(person: User) -> list[Session]:
    """The sessions of a person that still hold, newest sign first."""
    at = machine_now()
    holding = Session.objects.filter(
        user=person, seen_at__gt=at - settings.SESSION_IDLE, started_at__gt=at - settings.SESSION_AGE
    )
    return list(holding.order_by("-seen_at"))
