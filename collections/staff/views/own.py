"""What everybody has: home, language, theme and the way out."""

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from staff.access import audience, public
from staff.desks import DESKS
from staff.models import Role, User
from staff.preferences import LANGUAGES


@audience(post="staff.own")
class SignOut(LogoutView):
    pass


@audience("staff.own")
def home(request: HttpRequest) -> HttpResponse:
    """The desk of the role."""
    assert isinstance(request.user, User)
    return redirect(DESKS[Role(request.user.role)])


@public(methods=("POST",))
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language: with the person, and in a cookie for the sign-in page."""
    language = request.POST.get("language", "")
    if language not in LANGUAGES:
        return HttpResponseBadRequest()
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=language)
    response = redirect(safe_next(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 60 * 60,
        samesite="Lax",
        httponly=True,
        secure=settings.HTTPS,
    )
    return response


@audience(post="staff.own")
def set_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in User.Theme.values:
        return HttpResponseBadRequest()
    assert isinstance(request.user, User)
    User.objects.filter(pk=request.user.pk).update(theme=theme)
    return redirect(safe_next(request))


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """Where the form asks to go, if that is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return fallback
