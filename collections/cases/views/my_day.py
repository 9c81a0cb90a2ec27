"""My day: what is due now, in order, with the reason in words."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from cases import stages
from cases.edge import StaffRequest, day_of
from cases.fitness import own_ends
from cases.models import Case
from cases.targets import reach_of
from cases.worklist import LATER_SHOWN, Counts, counts_of, currency_of, due_at, page_of, rows_of
from staff.access import audience
from staff.models import Role


@audience("cases.work")
def my_day(request: StaffRequest) -> HttpResponse:
    """One's own open cases; what may only be worked later stands below."""
    on, mine = day_of(request), Case.objects.visible_to(request.user).open().filter(owner=request.user)
    counts = counts_of(mine, request.now)
    stage, action = request.GET.get("stage", ""), request.GET.get("action", "")
    chosen = mine
    names = stages.choices(on)
    if stage in dict(names):
        chosen = chosen.filter(stage=stage)
    if action in Case.NextAction.values:
        chosen = chosen.filter(next_action=action)
    page = page_of(
        due_at(chosen, request.now), after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    later = list(
        chosen.filter(next_at__gt=request.now).select_related("borrower").order_by("next_at", "pk")[:LATER_SHOWN]
    )
    rows = rows_of([*page.cases, *later], user=request.user, on=on)
    context = {
        "rows": rows[: len(page.cases)],
        "later": rows[len(page.cases) :],
        "page": page,
        "currency": currency_of(rows),
        "counts": counts,
        "chips": _chips(counts, names, stage, action),
        "is_filtered": bool(stage or action),
        "ends": own_ends(request.user, on),
        "reaches": reach_of([request.user], on).get(request.user.pk, []),
        "pulls": request.user.role == Role.AGENT and request.user.team is not None and request.user.team.pulls,
    }
    return TemplateResponse(request, "cases/my_day.html", context)


def _chips(counts: Counts, names: list[tuple[str, str]], stage: str, action: str) -> list[dict[str, object]]:
    """Filters in the URL; a chip that is on leads to the list without it."""
    chips: list[dict[str, object]] = []
    for name, current, labels, numbers in (
        ("stage", stage, names, counts.stages),
        ("action", action, Case.NextAction.choices, counts.actions),
    ):
        others = {"stage": stage, "action": action} | {name: ""}
        for code, label in labels:
            if not numbers.get(code) and code != current:
                continue
            wanted = others | {name: "" if code == current else code}
            url = "?" + urlencode({key: value for key, value in wanted.items() if value})
            chips.append({"label": label, "url": url, "count": numbers.get(code, 0), "is_on": code == current})
    return chips
