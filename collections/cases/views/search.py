"""Search in the header: one hit goes straight there."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from cases.edge import StaffRequest
from cases.search import HITS_MAX, Hit, find, in_hand_with
from staff.access import audience


@audience("cases.read", post="cases.read")
def search(request: StaffRequest) -> HttpResponse:
    """Asked by POST from the header, so that no name or number stands in an address or a log; by GET as well."""
    text = (request.POST if request.method == "POST" else request.GET).get("q", "")[:100].strip()
    hits = find(text, request.user)
    if len(hits) == 1 and (target := _target(hits[0], text)):
        return target
    owner = "" if hits else in_hand_with(text, by=request.user, at=request.now)
    context = {"q": text, "search_text": text, "hits": hits, "in_hand_with": owner, "is_cut": len(hits) == HITS_MAX}
    return TemplateResponse(request, "cases/search.html", context)


def _target(hit: Hit, text: str) -> HttpResponse | None:
    """The loan that was named, else the case, else the borrower's only loan."""
    if hit.case and text not in hit.loan_numbers:
        return redirect("case_page", hit.case.pk)
    if text in hit.loan_numbers:
        return redirect("loan_page", text)
    return redirect("loan_page", hit.loan_numbers[0]) if len(hit.loan_numbers) == 1 else None
