"""What the borrower is given of a plan: the offer, then the agreement, on the page and as PDF."""

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest, day_of
from lending.pages import name_for
from lending.views.letter_files import TITLES, as_pdf, language_for
from restructuring.agreement import kind_of, plan_letter
from restructuring.payload import readable_proposal
from restructuring.states import AGREED
from restructuring.views.common import find_plan
from staff.access import audience


@audience("restructuring.read")
def plan_agreement(request: StaffRequest, pk: int) -> HttpResponse:
    """404 while there is nothing to hand out, and where the payload is no longer what was written."""
    plan = find_plan(request, pk)
    if plan.state not in AGREED or readable_proposal(plan) is None:
        raise Http404
    language, on = language_for(request.GET.get("language", ""), plan.loan), day_of(request)
    letter = plan_letter(plan, language=language, name=name_for(plan.loan.borrower, request.user), on=on)
    if request.GET.get("format") == "pdf":
        return as_pdf(letter, plan.loan, kind=kind_of(plan), language=language, on=on)
    context = {"loan": plan.loan, "letter": letter, "title": _(TITLES[kind_of(plan)]), "language": language}
    return TemplateResponse(request, "lending/letters/page.html", context)
