"""The record for auditors: what happened, in words, and the proof that nobody changed it.

It stands here and not in `audit`, which is below `staff` and so cannot ask who is looking.
"""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from audit.filters import PAGE, entries
from audit.models import Entry
from audit.presenters import facts_of, in_words
from audit.verify import verify
from staff.access import audience


class Line(NamedTuple):
    entry: Entry
    words: str
    facts: dict[str, Any]


@audience("audit.read")
def audit_entries(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("actor", "action", "subject")}
    before = request.GET.get("before", "")
    found = list(entries(before=int(before) if before.isdecimal() else None, **asked)[: PAGE + 1])
    lines = [Line(entry, in_words(entry), facts_of(entry)) for entry in found[:PAGE]]
    more = found[PAGE - 1].number if len(found) > PAGE else None
    chosen = {name: value for name, value in asked.items() if value}
    return TemplateResponse(
        request, "audit/entries.html", {"lines": lines, "asked": asked, "chosen": chosen, "next_before": more}
    )


@audience(post="audit.read")
def audit_proof(request: HttpRequest) -> HttpResponse:
    """Verify the chain now."""
    return TemplateResponse(request, "audit/proof.html", {"proof": verify()})
