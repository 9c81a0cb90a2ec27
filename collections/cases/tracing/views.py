"""The drawers of looking for a number: by hand, by a call to somebody else, and what came of that call."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.edge import StaffRequest, day_of
from cases.facts import loans_now
from cases.fitness import why_barred
from cases.models import Case
from cases.scripts.beside import beside_asking
from cases.tracing.forms import AskedForm, TraceForm
from cases.tracing.looking import TraceRefusedError, ask_somebody, record_trace, wrap_up_asking
from cases.tracing.means import BY_HAND, MEANS, Means
from cases.views.common import answer_form, find_case, seen_version
from contacts.calls import RefusedError
from contacts.desk import Way, way
from contacts.gate import Question, decide_many
from contacts.models import Channel, Contact
from lending.models import USABLE_QUALITIES, ContactPoint
from staff.access import audience
from staff.once import once


class Asked(NamedTuple):
    """Somebody else who may be asked, and what the gate says to a call now."""

    point: ContactPoint
    means: Means
    way: Way


def others(case: Case, request: StaffRequest) -> list[Asked]:
    """Contact persons and guarantors with a number that may be tried; three queries."""
    points = list(
        ContactPoint.objects.filter(
            borrower=case.borrower_id, retired_at=None, quality__in=USABLE_QUALITIES, kind__in=["mobile", "phone"],
            holder__in=[code for code in MEANS if code not in BY_HAND],
        ).order_by("holder", "pk")
    )  # fmt: skip
    asks = [
        Question(case.borrower_id, Channel.CALL, MEANS[each.holder].purpose, request.now, each.pk, subject=each.holder)
        for each in points
    ]
    answers = decide_many(asks)
    return [
        Asked(point, MEANS[point.holder], way(answer, case.borrower, Channel.CALL, request.now))
        for point, answer in zip(points, answers, strict=True)
    ]


@audience("cases.work", post="cases.work")
@once
def trace(request: StaffRequest, pk: int) -> HttpResponse:
    """Where one looked and what was found; beside it who else may be asked."""
    case, on = find_case(request, pk), day_of(request)
    form = TraceForm(request.POST or None, on=on)

    def act(cleaned: dict[str, Any]) -> None:
        record_trace(
            case=case, means=cleaned["means"], found=form.found(), by=request.user, at=request.now, on=on,
            seen=seen_version(request),
        )  # fmt: skip

    return answer_form(
        request, case, form, act, template="cases/tracing/trace.html", done=_("The try is written down."),
        means=[MEANS[code] for code in BY_HAND], others=others(case, request),
    )  # fmt: skip


@audience(post="contacts.contact")
@once
def trace_call(request: StaffRequest, pk: int, point_pk: int) -> HttpResponse:
    """Ring somebody else; answered with a redirect either way, so that the verdict is kept with the commit."""
    case = find_case(request, pk)
    point = get_object_or_404(ContactPoint, pk=point_pk, borrower=case.borrower_id, retired_at=None)
    if barred := why_barred(request.user, case, day_of(request)):
        messages.warning(request, barred)
        return redirect("case_page", case.pk)
    try:
        ask_somebody(case=case, point=point, by=request.user, at=request.now)
    except TraceRefusedError as refused:
        messages.warning(request, str(refused))
    except RefusedError as refused:
        messages.warning(request, _("No call was made: %(why)s") % {"why": refused.answer.text or refused.answer.rule})
    return redirect("case_page", case.pk)


def asked(request: StaffRequest, case: Case, contact: Contact) -> HttpResponse:
    """What came of a call to somebody else; drawn by the address of every call's form."""
    on = day_of(request)
    form = AskedForm(request.POST or None, on=on)

    def act(cleaned: dict[str, Any]) -> None:
        wrap_up_asking(
            case=case, contact=contact, said=cleaned["said"], found=form.found(), by=request.user, at=request.now, on=on
        )

    return answer_form(
        request, case, form, act, template="cases/tracing/asked.html", done=_("The call is written down."),
        contact=contact,
        scripts=beside_asking(case, loans_now(case.borrower_id, on), agent=request.user, on=local_day(request.now)),
    )  # fmt: skip
