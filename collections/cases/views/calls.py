"""Calling from the case: the gate's verdict, the ring, and the one form for what came of it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.calls import CallResult, wrap_up_call
from cases.edge import StaffRequest, day_of
from cases.facts import Owed, loans_now, owed
from cases.fitness import why_barred
from cases.forms import Offered, RingForm, WrapUpForm
from cases.models import Case, Promise
from cases.reasons import is_reason_wanted
from cases.scripts.beside import beside
from cases.steps.choosing import name_of, outcome_on, outcomes_on
from cases.steps.leading import fills
from cases.steps.models import DRAWER_STEPS, NextStep, Step
from cases.steps.publishing import step_words
from cases.tracing.views import asked
from cases.views.common import UNPROCESSABLE, answer_form, find_case
from contacts.answers import Answer
from contacts.calls import RefusedError, start_call
from contacts.desk import way
from contacts.facts import BORROWER
from contacts.gate import decide
from contacts.models import Channel, Contact, Purpose
from lending.models import USABLE_QUALITIES, ContactPoint
from staff.access import audience
from staff.once import once
from staff.templatetags.ui import iso


@audience("contacts.contact", post="contacts.contact")
@once
def call(request: StaffRequest, pk: int) -> HttpResponse:
    """The verdict before the call, then the call itself; the case page brings the form for what came of it."""
    case = find_case(request, pk)
    if barred := why_barred(request.user, case, day_of(request)):
        return TemplateResponse(
            request,
            "cases/barred.html",
            {"case": case, "why": barred},
            status=UNPROCESSABLE if request.method == "POST" else 200,
        )
    points = _points(case)
    form = RingForm(request.POST or None, points=points)
    if request.method == "POST" and form.is_valid():
        point = next((each for each in points if each.pk == form.cleaned_data["point"]), None)
        return _ring(request, case, point)
    loans, on = loans_now(case.borrower_id, day_of(request)), local_day(request.now)
    answer = decide(case.borrower, Channel.CALL, purpose_of(case), request.now)
    context = {
        "case": case,
        "form": form,
        "points": points,
        "answer": answer,
        "scripts": beside(case, loans, agent=request.user, on=on) if answer.allowed else [],
        "way": way(answer, case.borrower, Channel.CALL, request.now),
    }
    return TemplateResponse(request, "cases/call.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _ring(request: StaffRequest, case: Case, point: ContactPoint | None) -> HttpResponse:
    """Answered with a redirect either way, so that the verdict is kept with the commit."""
    try:
        start_call(borrower=case.borrower, point=point, purpose=purpose_of(case), by=request.user, at=request.now)
    except RefusedError as refused:
        messages.warning(request, refusal_in_words(refused.answer))
    return redirect("case_page", case.pk)


def purpose_of(case: Case) -> str:
    """A case is a demand once something is overdue; before that it is a reminder."""
    return Purpose.REMINDER if case.bucket == "M0" else Purpose.DEMAND


def refusal_in_words(answer: Answer) -> str:
    """The rule, its standing and source, and the next lawful moment."""
    parts = [
        _("No call was made."),
        answer.text,
        f"({answer.standing_words}; {answer.source})" if answer.source else "",
        _("Lawful again from %(time)s.") % {"time": iso(answer.lawful_at)}
        if answer.lawful_at
        else _("Waiting does not change this."),
    ]
    return " ".join(part for part in parts if part)


def _points(case: Case) -> list[ContactPoint]:
    """Numbers that may be tried, best first."""
    theirs = ContactPoint.objects.filter(borrower=case.borrower_id, holder=ContactPoint.Holder.BORROWER)
    points = theirs.filter(retired_at=None, quality__in=USABLE_QUALITIES)
    points = points.filter(kind__in=[ContactPoint.Kind.MOBILE, ContactPoint.Kind.PHONE])
    return sorted(points, key=lambda point: (USABLE_QUALITIES.index(ContactPoint.Quality(point.quality)), point.pk))


@audience("contacts.contact", post="contacts.contact")
@once
def wrap_up(request: StaffRequest, pk: int, contact_pk: int) -> HttpResponse:
    """What came of the call: an outcome alone is enough for "no answer"."""
    case, on = find_case(request, pk), day_of(request)
    calls = Contact.objects.filter(borrower=case.borrower_id, by=request.user, channel=Channel.CALL)
    contact = get_object_or_404(calls.select_related("borrower", "point"), pk=contact_pk)
    if contact.subject != BORROWER:
        return asked(request, case, contact)
    loans = loans_now(case.borrower_id, on)
    now = owed(loans)
    waiting = Promise.objects.filter(case=case, state=Promise.State.OPEN).first()
    form = WrapUpForm(
        request.POST or None, case=case, currency=now.currency, on=on, has_open=waiting is not None,
        outcomes=offered(request, now),
    )  # fmt: skip

    def act(cleaned: dict[str, Any]) -> None:
        result = CallResult(**cleaned)
        wrap_up_call(case=case, contact=contact, result=result, by=request.user, at=request.now, on=on)

    return answer_form(
        request,
        case,
        form,
        act,
        template="cases/wrap_up.html",
        done=_("The call is written down."),
        leads_to=lambda: page_after(case, form.cleaned_data["outcome"], on),
        contact=contact,
        waiting=waiting,
        owed=now,
        reason_wanted=is_reason_wanted(case),
        scripts=beside(case, loans, agent=request.user, on=local_day(request.now), direction=contact.direction),
    )


def offered(request: StaffRequest, now: Owed) -> list[Offered]:
    """The outcomes in force with what each brings, as the form after a call shows them."""
    at, on = request.now, day_of(request)
    return [
        Offered(each.code, name_of(each), each.fact, _said(each), fills(each, now, at=at, on=on))
        for each in outcomes_on(on)
    ]


def _said(step: NextStep) -> str:
    if step.step == Step.NONE:
        return ""
    return _("Next: %(step)s") % {"step": step_words(step.step, step.hours, step.hold)}


def page_after(case: Case, code: str, on: date) -> str:
    """The case, with the drawer open that this outcome leads to."""
    page, step = reverse("case_page", args=[case.pk]), outcome_on(code, on)
    return f"{page}?{urlencode({'then': code})}" if step and step.step in DRAWER_STEPS else page
