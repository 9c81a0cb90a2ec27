"""Who may open which page: every view states its audience, and a view that states none is refused.

    @audience("cases.read")                       # GET and HEAD
    @audience("cases.read", post="cases.work")    # and POST
    @audience(post="cases.work")                  # POST only
    @public                                       # no sign-in
    @public(methods=("POST",))                    # a machine that signs its requests

The same statement refuses the wrong method, feeds the permission matrix and guards the API. HEAD may do what GET may. A method
that is not stated is answered 405, after signing in where another method of the page asks for that.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast, overload

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from rest_framework.exceptions import MethodNotAllowed, Throttled
from rest_framework.exceptions import PermissionDenied as NotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from audit.clock import machine_now, now
from audit.record import record
from staff import factors
from staff.asking import ask_for_code, ask_to_sign_in
from staff.doors import DoorShutError
from staff.matrix import EXPORTS, MATRIX, STEP_UP, may
from staff.models import User
from staff.sessions import is_fresh

PUBLIC = "public"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SECOND_FACTOR = "X-Second-Factor"
Audience = Mapping[str, str]
View = TypeVar("View", bound=Callable[..., Any])


def audience(get: str | None = None, *, post: str | None = None) -> Callable[[View], View]:
    """State which capability each method of a view asks for."""
    stated = {"GET": get, "HEAD": get, "POST": post}
    methods = {method: capability for method, capability in stated.items() if capability}
    unknown = set(methods.values()) - set(MATRIX)
    if unknown or not methods:
        raise ValueError(f"the permission matrix does not know {', '.join(sorted(unknown)) or 'an empty audience'}")

    def state(view: View) -> View:
        view.audience = methods  # type: ignore[attr-defined]
        return view

    return state


@overload
def public(view: View) -> View: ...
@overload
def public(*, methods: tuple[str, ...]) -> Callable[[View], View]: ...
def public(view: Any = None, *, methods: tuple[str, ...] = ("GET", "HEAD")) -> Any:
    """State that a view needs no sign-in."""

    def state(target: View) -> View:
        target.audience = dict.fromkeys(methods, PUBLIC)  # type: ignore[attr-defined]
        return target

    return state(view) if view else state


def audience_of(view: Callable[..., Any]) -> Audience | None:
    """What a view stated; class-based and API views state it on the class."""
    for holder in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        stated: Audience | None = getattr(holder, "audience", None)
        if stated is not None:
            stated = _offered(stated, getattr(view, "actions", None))
            return {"HEAD": stated["GET"], **stated} if "GET" in stated else stated
    return None


def _offered(stated: Audience, actions: Mapping[str, str] | None) -> Audience:
    """What a set of API views states for all of its routes, cut to the methods that one of them has."""
    return {method: asked for method, asked in stated.items() if actions is None or method.lower() in actions}


def asks_for_sign_in(stated: Audience) -> bool:
    return any(capability != PUBLIC for capability in stated.values())


def asks_for_code(stated: Audience, method: str) -> bool:
    """Whether that method wants a fresh code: every export, and an act both when it is sent and when its form is opened."""
    capability = stated.get(method)
    is_form = method in {"GET", "HEAD"} and stated.get("POST") == capability
    is_act = method not in {"GET", "HEAD", "OPTIONS"}
    return capability in EXPORTS or (capability in STEP_UP and (is_act or is_form))


def is_api(view: Callable[..., Any]) -> bool:
    """Views of the framework's API authenticate by token as well, so they ask for themselves (`HasAudience`)."""
    from rest_framework.views import APIView

    cls = getattr(view, "cls", None)
    return isinstance(cls, type) and issubclass(cls, APIView)


class AccessMiddleware:
    """Enforces the audience of every view, deny by default."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if is_api(view):
            return None
        stated = audience_of(view)
        if stated is None:
            raise PermissionDenied("this page states no audience")
        capability = stated.get(request.method or "")
        if capability == PUBLIC:
            return None
        no_method = HttpResponseNotAllowed(list(stated))
        if not request.user.is_authenticated:
            return ask_to_sign_in(request) if asks_for_sign_in(stated) else no_method
        if capability is None:
            return no_method
        if not may(request.user.role, capability):
            note_refusal(request, request.user, capability)
            raise PermissionDenied(capability)
        if asks_for_code(stated, request.method or "") and not is_fresh(request):
            return ask_for_code(request)
        return None


class HasAudience(BasePermission):
    """The same rule for the API: `audience = {"GET": "cases.read"}` on the view class."""

    def has_permission(self, request: Request, view: Any) -> bool:
        stated = _offered(getattr(view, "audience", None) or {}, getattr(view, "action_map", None))
        method = request.method or ""
        asked = "GET" if method in {"HEAD", "OPTIONS"} else method
        capability = stated.get(asked)
        if capability == PUBLIC:
            return True
        user = request.user if request.user and request.user.is_authenticated and request.user.is_active else None
        if stated and capability is None and (user or not asks_for_sign_in(stated)):
            raise MethodNotAllowed(method)
        if not (capability and user and may(user.role, capability)):
            if capability and user:
                note_refusal(request, user, capability)
            return False
        if method != "OPTIONS" and asks_for_code(stated, asked):
            _take_code(request, user)
        return True


def note_refusal(request: HttpRequest | Request, user: User, capability: str) -> None:
    """Somebody tried to change what their role may not: that is on record, in a transaction of its own. Looking is only refused."""
    if request.method in SAFE:
        return
    match = request.resolver_match
    with transaction.atomic():
        record("staff.act_refused", by=user, at=now(), route=f"/{match.route if match else ''}", capability=capability)


def _take_code(request: Request, user: User) -> None:
    """A fresh code: of the session, or for a machine in the header `X-Second-Factor`; each code is good for one request."""
    is_free = not factors.is_asked_of(user) if request.auth else is_fresh(cast("HttpRequest", request))
    if is_free:
        return
    try:
        factors.check(user, request.headers.get(SECOND_FACTOR, ""), at=now())
    except factors.CodeError:
        raise NotAllowed(f"A fresh code of the second factor is wanted in the header {SECOND_FACTOR}.") from None
    except DoorShutError as shut:
        raise Throttled(wait=(shut.until - machine_now()).total_seconds()) from None
