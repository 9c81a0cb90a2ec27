"""What every page that puts a change forward shares: act on a form, or say at its field why not."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from lending.changes import ChangeError, ChangeStaleError
from lending.edge import StaffRequest, day_of
from lending.models import Change

CONFLICT, UNPROCESSABLE = 409, 422


def who_and_when(request: StaffRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.now, "on": day_of(request)}


def put_forward(
    request: StaffRequest, form: forms.Form, act: Callable[[], Change], template: str, **context: Any
) -> HttpResponse:
    """Draw the form, or put the change forward and go to its page; refused keeps what was typed."""
    status = 200
    if request.method == "POST":
        change = attempt(form, act) if form.is_valid() else None
        if change:
            messages.success(request, _("The change waits for somebody else's decision."))
            return redirect("change_page", change.pk)
        status = UNPROCESSABLE
    return TemplateResponse(request, template, {"form": form, **context}, status=status)


def attempt(form: forms.Form, act: Callable[[], Change]) -> Change | None:
    """What comes of it; a refusal stands at the field that it belongs to."""
    try:
        return act()
    except ChangeError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None


def status_of(error: ChangeError) -> int:
    return CONFLICT if isinstance(error, ChangeStaleError) else UNPROCESSABLE
