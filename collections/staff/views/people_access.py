"""How somebody else comes in: an administrator sets a password, resets a factor, ends sessions, opens a door."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import machine_now
from staff import doors, factors
from staff.access import audience
from staff.models import Door, User
from staff.once import once
from staff.passwords import reset_factor, set_password, sign_out_everywhere
from staff.people import SelfChangeError
from staff.sessions import held
from staff.sign_in_forms import NewPasswordForm
from staff.views.people import actor


@audience("staff.manage", post="staff.manage")
@once
def person_access(request: HttpRequest, pk: int) -> HttpResponse:
    """What one can do for a person who cannot come in, or must not; POST sets a new password."""
    person = get_object_or_404(User, pk=pk)
    form = NewPasswordForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            set_password(person, password=form.cleaned_data["new"], by=actor(request), at=request.now)  # type: ignore[attr-defined]
        except SelfChangeError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(name)s signs in with the new password from now on.") % {"name": person})
            return redirect("people")
    context: dict[str, Any] = {
        "person": person,
        "form": form,
        "sessions": len(held(person)),
        "is_asked": factors.is_asked_of(person),
        "has_factor": hasattr(person, "factor"),
        "is_own": person.pk == request.user.pk,
        "door": doors.shut_doors(machine_now()).filter(user=person).first(),
    }
    return TemplateResponse(request, "staff/person_access.html", context, status=422 if form.is_bound else 200)


@audience(post="staff.manage")
@once
def person_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    try:
        reset_factor(person, by=actor(request), at=request.now)  # type: ignore[attr-defined]
    except SelfChangeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s sets up a new second factor at the next sign-in.") % {"name": person})
    return redirect("people")


@audience(post="staff.manage")
@once
def person_sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    sign_out_everywhere(person, by=actor(request), at=request.now)  # type: ignore[attr-defined]
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": person})
    return redirect("people")


@audience(post="staff.manage")
@once
def door_lift(request: HttpRequest, pk: int) -> HttpResponse:
    door = get_object_or_404(Door.objects.select_related("user"), pk=pk)
    doors.lift(door, by=actor(request), at=request.now)  # type: ignore[attr-defined]
    messages.success(request, _("%(who)s may try again now.") % {"who": door.user or door.address})
    return redirect("people")
