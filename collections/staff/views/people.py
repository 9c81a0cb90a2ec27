"""Administrators manage people, never money."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import machine_now
from staff.access import audience
from staff.doors import shut_doors
from staff.forms import AddPersonForm, ChangePersonForm, WorkForm
from staff.models import User
from staff.once import once
from staff.people import SelfChangeError, add_person, change_person, columns_of
from staff.seen import CONFLICT, ChangedMeanwhileError, print_of
from staff.working import set_work, work_of

UNPROCESSABLE = 422


@audience("staff.see")
def people(request: HttpRequest) -> HttpResponse:
    listed = User.objects.select_related("team").prefetch_related("skills").order_by("-is_active", "role", "username")
    context = {"people": listed, "shut_doors": shut_doors(machine_now())}
    return TemplateResponse(request, "staff/people.html", context)


@audience("staff.manage", post="staff.manage")
@once
def person_add(request: HttpRequest) -> HttpResponse:
    form = AddPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = add_person(by=actor(request), at=request.now, **form.cleaned_data)  # type: ignore[attr-defined]
        messages.success(request, _("%(name)s can sign in now.") % {"name": person})
        return redirect("people")
    return _form(request, form, _("Add a person"))


@audience("staff.manage", post="staff.manage")
@once
def person_change(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    form, status = ChangePersonForm(request.POST or None, initial=ChangePersonForm.values_of(person)), UNPROCESSABLE
    if request.method == "POST" and form.is_valid():
        try:
            change_person(person, **form.cleaned_data, **_who(request))
        except SelfChangeError as error:
            form.add_error(None, str(error))
        except ChangedMeanwhileError as stale:
            form.add_error(None, str(stale))
            status = CONFLICT
        else:
            messages.success(request, _("%(name)s was changed.") % {"name": person})
            return redirect("people")
    seen = print_of(columns_of(person))
    return _form(request, form, _("Change %(name)s") % {"name": person}, seen=seen, status=status)


@audience("staff.manage", post="staff.manage")
@once
def person_work(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person takes, how much of it, and when they work."""
    person = get_object_or_404(User.objects.agents(), pk=pk)
    form, status = WorkForm(request.POST or None, initial=WorkForm.values_of(person)), UNPROCESSABLE
    if request.method == "POST" and form.is_valid():
        try:
            set_work(person, **form.work(), **_who(request))
        except ChangedMeanwhileError as stale:
            form.add_error(None, str(stale))
            status = CONFLICT
        else:
            messages.success(request, _("%(name)s was changed.") % {"name": person})
            return redirect("people")
    seen = print_of(work_of(person))
    return _form(request, form, _("What %(name)s takes") % {"name": person}, seen=seen, status=status)


def _who(request: HttpRequest) -> dict[str, Any]:
    """Who changes a person, when, and what their page showed."""
    return {"by": actor(request), "at": request.now, "seen": request.POST.get("seen", "")}  # type: ignore[attr-defined]


def actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _form(
    request: HttpRequest, form: Any, heading: str, *, seen: str = "", status: int = UNPROCESSABLE
) -> HttpResponse:
    context = {"form": form, "heading": heading, "seen": seen}
    return TemplateResponse(request, "staff/person_form.html", context, status=status if form.is_bound else 200)
