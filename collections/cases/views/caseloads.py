"""Caseloads: who carries what, the pool, and giving cases out within capacity."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from cases.applying import last_applied
from cases.caseloads import Choices, Filters, agents, asked_hand_overs, choices_of, shortage
from cases.edge import StaffRequest, day_of
from cases.fitness import ends_soon
from cases.models import Case, Proposal
from cases.worklist import currency_of, page_of, rows_of
from contacts.names import display_names
from staff.access import audience

POOL_PAGE = 100


@audience("cases.assign")
def caseloads(request: StaffRequest) -> HttpResponse:
    on, filters = day_of(request), Filters.of(request.GET.dict())
    team = agents(request.user, on=on, at=request.now)
    visible = Case.objects.visible_to(request.user).open()
    chosen = filters.apply(visible)
    page = page_of(chosen, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=POOL_PAGE)
    asked = asked_hand_overs(visible, on)
    whose = next((row.user for row in team if str(row.user.pk) == filters.owner), None)
    rows = rows_of(page.cases, user=request.user, on=on)
    context = {
        "team": team,
        "present": [row for row in team if not row.is_away],
        "shortage": shortage(team, visible.unassigned().count()),
        "rows": rows,
        "currency": currency_of(rows),
        "page": page,
        "total": chosen.count(),
        "filters": filters,
        "whose": whose,
        "chips": _chips(choices_of(Filters(owner=filters.owner).apply(visible), request.LANGUAGE_CODE or ""), filters),
        "clear_url": "?" + urlencode({"owner": filters.owner} if filters.owner else {}),
        "is_filtered": any(filters[1:]),
        "asked": asked,
        "asked_names": display_names([event.case.borrower for event in asked], request.user),
        "undoable": last_applied(request.user, request.now),
        "untrained": ends_soon((row.user for row in team), on),
        "waiting": Proposal.objects.filter(by=request.user, state=Proposal.State.DRAFT).first(),
    }
    return TemplateResponse(request, "cases/caseloads.html", context)


def _chips(choices: Choices, filters: Filters) -> list[dict[str, object]]:
    chips: list[dict[str, object]] = []
    for name, values in (
        ("bucket", choices.buckets),
        ("funder", choices.funders),
        ("language", choices.languages),
    ):
        current = getattr(filters, name)
        for code, label, number in values:
            wanted = filters._replace(**{name: "" if code == current else code})._asdict()
            url = "?" + urlencode({key: value for key, value in wanted.items() if value})
            chips.append({"label": label, "url": url, "count": number, "is_on": code == current})
    return chips
