"""Signing in: the password, then the second factor where the role has one; in a page of its own or over the page at hand."""

import json
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import machine_now
from audit.record import record
from staff import factors
from staff.access import audience, public
from staff.asking import kept_of
from staff.demo import SIGN_INS
from staff.doors import DoorShutError
from staff.models import User
from staff.sessions import FACTOR, factor_given
from staff.sign_in_forms import CodeForm, SignInForm, wait_words
from staff.views.own import safe_next


@public(methods=("GET", "HEAD", "POST"))
class SignIn(LoginView):
    form_class = SignInForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and request.user.is_authenticated:
            return _arrived(request)
        if request.method == "GET" and request.waiting_user:  # type: ignore[attr-defined]
            return _next_step(request)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"auto_id": _ids(self.request)}

    def get_template_names(self) -> list[str]:
        return ["registration/_sign_in.html" if _is_over_a_page(self.request) else "registration/login.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = SIGN_INS if settings.DEMO and not _is_over_a_page(self.request) else []
        return super().get_context_data(demo_sign_ins=shown, ended=self.request.GET.get("ended"), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        if self.request.user.is_authenticated:
            self.request.session.flush()  # the same person again: under a new key, as anybody else
        with transaction.atomic():
            super().form_valid(form)
        return _next_step(self.request)

    def form_invalid(self, form: Any) -> HttpResponse:
        answer = self.render_to_response(self.get_context_data(form=form))
        if _is_over_a_page(self.request):
            answer.status_code = 422
        elif form.shut:
            answer.status_code = 429
        if form.shut:
            answer.headers["Retry-After"] = str(_seconds_until(form.shut))
        return answer


@public(methods=("GET", "HEAD", "POST"))
def code(request: HttpRequest) -> HttpResponse:
    """The second half of a sign-in, or a fresh code for what asks for one."""
    person, is_waiting = _person_of(request)
    if person is None:
        return redirect("login")
    owed = request.session.get(FACTOR)
    if owed == factors.NONE:
        return _arrived(request)
    if owed == factors.ENROL:
        return _next_step(request)
    form = CodeForm(request.POST or None, auto_id=_ids(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            factors.check(person, form.cleaned_data["code"], at=request.now)  # type: ignore[attr-defined]
        except factors.CodeError:
            status = 422
            form.add_error("code", _("This code is not right, or it was used before. Wait for the next one."))
        except DoorShutError as shut:
            status = 422 if _is_over_a_page(request) else 429
            form.add_error(None, wait_words(shut))
        else:
            _let_in(request, person, "staff.signed_in" if is_waiting else "staff.stepped_up")
            return _arrived(request)
    return _code_page(request, form, is_waiting=is_waiting, status=status)


@audience("staff.own")
def kept(request: HttpRequest) -> HttpResponse:
    """What was being sent when the session ended, to be sent now or left."""
    found = kept_of(request)
    return TemplateResponse(request, "registration/kept.html", {"kept": found}) if found else redirect("home")


def _next_step(request: HttpRequest) -> HttpResponse:
    """After the right password: in, or on to the second factor."""
    owed = request.session.get(FACTOR)
    if owed in factors.SIGNED_IN:
        return _arrived(request)
    if owed == factors.CODE and _is_over_a_page(request):
        return _code_page(request, CodeForm(auto_id=_ids(request)), is_waiting=True)
    name = "code" if owed == factors.CODE else "enrol"
    answer = redirect(name)
    answer.headers["Location"] += _query(request)
    return answer


def _code_page(request: HttpRequest, form: CodeForm, *, is_waiting: bool, status: int = 200) -> HttpResponse:
    template = "registration/_code.html" if _is_over_a_page(request) else "registration/code.html"
    context = {"form": form, "is_waiting": is_waiting, "next": safe_next(request)}
    return TemplateResponse(request, template, context, status=status)


def _let_in(request: HttpRequest, person: User, action: str) -> None:
    with transaction.atomic():
        record(action, by=person, at=request.now, subject=person)  # type: ignore[attr-defined]
    factor_given(request)
    request.user = person


def _arrived(request: HttpRequest) -> HttpResponse:
    """To where they were going. A page that asked from within goes on as it stands, unless it was somebody else's."""
    if not _is_over_a_page(request):
        return redirect(safe_next(request))
    answer = HttpResponse(status=204)
    was = request.POST.get("was") or request.GET.get("was")
    if was and was != str(request.user.pk):
        answer.headers["HX-Refresh"] = "true"
    else:
        answer.headers["HX-Trigger"] = json.dumps({"signed-in": {"token": get_token(request)}})
    return answer


def _person_of(request: HttpRequest) -> tuple[User | None, bool]:
    """Who is giving a code, and whether that completes a sign-in."""
    waiting = cast("User | None", request.waiting_user)  # type: ignore[attr-defined]
    if waiting:
        return waiting, True
    return (request.user if isinstance(request.user, User) else None), False


def _is_over_a_page(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _ids(request: HttpRequest) -> str:
    """Over a page the fields need ids of their own: the page may have such fields too."""
    return "over_%s" if _is_over_a_page(request) else "id_%s"


def _query(request: HttpRequest) -> str:
    target = safe_next(request)
    return "" if target == "/" else "?" + urlencode({"next": target})


def _seconds_until(shut: DoorShutError) -> int:
    return max(1, int((shut.until - machine_now()).total_seconds()))
