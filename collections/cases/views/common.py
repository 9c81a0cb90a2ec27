"""What the views of this floor share: the case within the person's scope, and one way to answer a drawer's form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.applying import NotWaitingError
from cases.assignment import AwayError, CapacityError
from cases.callbacks import CallbackRefusedError
from cases.calls import OutcomeRefusedError, ReasonMissingError
from cases.edge import StaffRequest
from cases.fitness import UntrainedError
from cases.models import Case
from cases.moves import MoveError, StaleError
from cases.promises import PromiseRefusedError
from cases.tracing.looking import TraceRefusedError
from contacts.calls import WrapUpError
from staff.models import User
from staff.statements import Blank, Statement, kept_for_people

CONFLICT, UNPROCESSABLE = 409, 422
REFUSALS = (MoveError, CapacityError, AwayError, UntrainedError, NotWaitingError)
FIELDS: dict[type[Exception], str] = {
    CallbackRefusedError: "callback_at",
    OutcomeRefusedError: "outcome",
    ReasonMissingError: "reason",
}


def find_case(request: StaffRequest, pk: int) -> Case:
    """The case, if this person sees it; else 404."""
    user = request.user
    found: list[Case] = _seen_by(user.pk, user.role, user.team_id).objects(case=pk)
    if not found:
        raise Http404
    return found[0]


@kept_for_people
def _seen_by(pk: int, role: str, team_id: int | None) -> Statement:
    cases = Case.objects.visible_to(User(pk=pk, role=role, team_id=team_id))
    return Statement(cases.select_related("borrower", "owner").filter(pk=Blank("case")))


def seen_version(request: StaffRequest) -> int | None:
    """The version that the form was drawn from."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def answer_form(
    request: StaffRequest,
    case: Case,
    form: forms.Form,
    verb: Callable[[dict[str, Any]], object],
    *,
    template: str = "cases/drawer_form.html",
    done: str = "",
    leads_to: Callable[[], str] | None = None,
    **context: Any,
) -> HttpResponse:
    """Draw a drawer's form, or act on it: done goes back to the case; refused keeps what was typed and says why."""
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                verb(form.cleaned_data)
            except StaleError as stale:
                form.add_error(None, str(stale))
                status = CONFLICT
            except WrapUpError:
                form.add_error(None, _("This call was written down already."))
                status = CONFLICT
            except (PromiseRefusedError, TraceRefusedError) as refused:
                form.add_error(refused.field, str(refused))
            except tuple(FIELDS) as refused:
                form.add_error(FIELDS[type(refused)], str(refused))
            except REFUSALS as refused:
                form.add_error(None, str(refused))
            else:
                if done:
                    messages.success(request, done)
                return redirect(leads_to() if leads_to else reverse("case_page", args=[case.pk]))
        case.refresh_from_db()  # what a refused verb left on the instance was rolled back
    return TemplateResponse(request, template, {"case": case, "form": form, **context}, status=status)
