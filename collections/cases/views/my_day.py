"""My day: what is due now, in order, with the reason in words."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from cases import stages
from cases.columns import COLUMNS, Drawing, case_rows
from cases.edge import StaffRequest, day_of
from cases.fitness import own_ends
from cases.models import Case
from cases.own_day import Day, own_day
from cases.rounds import begin_round
from cases.targets import reach_of
from cases.worklist import one_currency
from staff.access import audience
from staff.models import Role

NOW = [COLUMNS[name] for name in ("why", "action", "overdue", "bucket", "contact")]
LATER = [COLUMNS[name] for name in ("why", "action", "next", "overdue", "bucket", "contact")]


@audience("cases.work")
def my_day(request: StaffRequest) -> HttpResponse:
    """One's own open cases; what may only be worked later stands below."""
    on, asked = day_of(request), request.GET
    begin_round(request.session)
    stage, action = asked.get("stage", ""), asked.get("action", "")
    names = stages.choices(on)
    stage, action = stage if stage in dict(names) else "", action if action in Case.NextAction.values else ""
    day = own_day(
        request.user,
        at=request.now,
        on=on,
        stage=stage,
        action=action,
        after=asked.get("after", ""),
        before=asked.get("before", ""),
    )
    currency = one_currency(line.currency for line in [*day.now, *day.later] if line.currency)
    drawing = Drawing(request.user, on, currency, with_penalty=True)
    context = {
        "rows": day.now,
        "drawn": case_rows(day.now, NOW, drawing),
        "later": day.later,
        "drawn_later": case_rows(day.later, LATER, drawing),
        "day": day,
        "currency": currency,
        "chips": _chips(day, names, stage, action),
        "is_filtered": bool(stage or action),
        "ends": own_ends(request.user, on),
        "reaches": reach_of([request.user], on).get(request.user.pk, []),
        "pulls": request.user.role == Role.AGENT and request.user.team is not None and request.user.team.pulls,
    }
    return TemplateResponse(request, "cases/my_day.html", context)


def _chips(day: Day, names: list[tuple[str, str]], stage: str, action: str) -> list[dict[str, object]]:
    """Filters in the URL; a chip that is on leads to the list without it."""
    chips: list[dict[str, object]] = []
    for name, current, labels, numbers in (
        ("stage", stage, names, day.stages),
        ("action", action, Case.NextAction.choices, day.actions),
    ):
        others = {"stage": stage, "action": action} | {name: ""}
        for code, label in labels:
            if not numbers.get(code) and code != current:
                continue
            wanted = others | {name: "" if code == current else code}
            url = "?" + urlencode({key: value for key, value in wanted.items() if value})
            chips.append({"label": label, "url": url, "count": numbers.get(code, 0), "is_on": code == current})
    return chips
