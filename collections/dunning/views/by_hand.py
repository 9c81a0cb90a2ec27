"""The drawer in which a person writes a message from the case page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest
from cases.views.common import find_case
from dunning.by_hand import Draft, MessageRefusedError, creditors_of, draft, links_of, send, texts_for
from dunning.forms import MessageForm
from dunning.texts import shown
from lending.models import Borrower
from lending.providers import is_offered
from staff.access import audience
from staff.matrix import may
from staff.once import FIELD, once


@audience("dunning.write", post="dunning.write")
@once
def message_write(request: StaffRequest, pk: int) -> HttpResponse:
    """Choose a text, see it as it would go out with the gate's verdict, and send it."""
    case = find_case(request, pk)
    form = _form(request, case.borrower)
    if request.method == "POST" and form.is_valid():
        try:
            send(_drafted(request, form, case.borrower), key=request.POST[FIELD], by=request.user, at=request.now)
        except MessageRefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The message is on its way; the timeline shows when it has left."))
            return redirect("case_page", case.pk)
    context = {
        "case": case,
        "form": form,
        "may_make_link": is_offered() and may(request.user.role, "lending.ask_money"),
        **_preview(request, form, case.borrower),
    }
    return TemplateResponse(request, "dunning/write.html", context, status=422 if request.method == "POST" else 200)


@audience("dunning.write")
def message_preview(request: StaffRequest, pk: int) -> HttpResponse:
    """The chosen text as it would go out now."""
    case = find_case(request, pk)
    return TemplateResponse(
        request, "dunning/_preview.html", _preview(request, _form(request, case.borrower), case.borrower)
    )


def _form(request: StaffRequest, borrower: Borrower) -> MessageForm:
    given = request.POST if request.method == "POST" else request.GET
    return MessageForm(
        given if "template" in given or request.method == "POST" else None,
        texts=texts_for(borrower),
        funders=creditors_of(borrower),
        links=links_of(borrower, request.now),
    )


def _drafted(request: StaffRequest, form: MessageForm, borrower: Borrower) -> Draft:
    return draft(
        borrower=borrower,
        funder=form.cleaned_data["funder"],
        template=form.cleaned_data["template"],
        by=request.user,
        at=request.now,
        link=form.cleaned_data.get("link"),
    )


def _preview(request: StaffRequest, form: MessageForm, borrower: Borrower) -> dict[str, object]:
    """What the chosen, or the first, text would say, and the gate's answer."""
    if not form.is_bound:
        chosen = {name: field.initial for name, field in form.fields.items()}
        form = MessageForm(
            chosen,
            texts=list(form.texts.values()),
            funders=list(form.funders.values()),
            links=list(form.links.values()),
        )
    if not form.is_valid() and not {"template", "funder"} <= form.cleaned_data.keys():
        return {"refusal": _("There is no creditor to write for: this borrower has no open loan.")}
    try:
        drafted = _drafted(request, form, borrower)
    except MessageRefusedError as refused:
        return {"refusal": str(refused)}
    return {"drafted": drafted, "text": shown(drafted.text)}
