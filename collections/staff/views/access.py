"""One's own access: where one is signed in, the password, the recovery codes."""

from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from staff import factors
from staff.access import audience
from staff.doors import DoorShutError
from staff.once import once
from staff.passwords import change_own_password, end_other_sessions
from staff.sessions import held
from staff.sign_in_forms import OwnPasswordForm, wait_words
from staff.views.people import actor


@audience("staff.own")
def own_access(request: HttpRequest) -> HttpResponse:
    person = actor(request)
    context = {
        "sessions": held(person),
        "current": request.session.session_key,
        "has_factor": factors.is_asked_of(person),
        "codes_left": person.recovery_codes.filter(used_at=None).count(),
        "codes_made": factors.RECOVERY_CODES,
    }
    return TemplateResponse(request, "staff/own_access.html", context)


@audience(post="staff.own")
@once
def own_sessions_end(request: HttpRequest) -> HttpResponse:
    ended = end_other_sessions(actor(request), session=request.session.session_key, at=request.now)  # type: ignore[attr-defined]
    words = ngettext("%(count)s other session was ended.", "%(count)s other sessions were ended.", ended)
    messages.success(request, words % {"count": ended})
    return redirect("own_access")


@audience("staff.own", post="staff.own")
def own_password(request: HttpRequest) -> HttpResponse:
    """No one-time key here: it would take back the count of a refused try. Sent twice, the second finds another password."""
    person = actor(request)
    form = OwnPasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            is_right = authenticate(request, username=person.username, password=form.cleaned_data["current"])
        except DoorShutError as shut:
            form.add_error(None, wait_words(shut))
        else:
            if is_right:
                return _change(request, form.cleaned_data["new"])
            form.add_error("current", _("This is not your present password."))
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "staff/own_password.html", {"form": form}, status=status)


@audience(post="staff.own_codes")
def own_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once and so without a one-time key: sent twice, the codes on the page are the good ones."""
    person = actor(request)
    if not factors.is_asked_of(person):
        return redirect("own_access")
    codes = factors.renew_recovery_codes(person, at=request.now)  # type: ignore[attr-defined]
    return TemplateResponse(request, "registration/recovery_codes.html", {"codes": codes, "next": "/own/"})


def _change(request: HttpRequest, password: str) -> HttpResponse:
    person = actor(request)
    change_own_password(person, password=password, session=request.session.session_key, at=request.now)  # type: ignore[attr-defined]
    update_session_auth_hash(request, person)
    messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
    return redirect("own_access")
