"""Giving cases out: what it would do, then doing it, then taking it back."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.absences import note_absence
from cases.assignment import (
    BATCH_MAX,
    AwayError,
    CapacityError,
    Load,
    NothingToUndoError,
    loads_of,
    move_all,
    share_out,
    spread,
    undo,
)
from cases.caseloads import Filters, agents_of
from cases.edge import StaffRequest, day_of
from cases.forms import AbsenceForm, MoveAllForm
from cases.models import Case
from cases.moves import MoveError, StaleError
from cases.views.common import CONFLICT, UNPROCESSABLE
from staff.access import audience
from staff.models import User
from staff.once import once


class Proposal(NamedTuple):
    """Who would get what: the cases by agent id, each agent's load before and after, and how many stay where they are."""

    shares: dict[int, list[Case]]
    loads: list[Load]
    left: int

    @property
    def total(self) -> int:
        return sum(map(len, self.shares.values()))

    @property
    def is_possible(self) -> bool:
        return bool(self.total) and not any(load.is_over for load in self.loads)

    def lines(self) -> list[tuple[Load, int, str]]:
        """Per agent: the load, how many cases come, and the form's value "agent:case.version,…"."""
        return [
            (
                load,
                len(self.shares[load.agent.pk]),
                f"{load.agent.pk}:" + ",".join(f"{case.pk}.{case.version}" for case in self.shares[load.agent.pk]),
            )
            for load in self.loads
        ]


@audience(post="cases.assign")
def assign_preview(request: StaffRequest) -> HttpResponse:
    """Nothing moves yet: who would get how many, before and after."""
    cases = _selected(request)
    return _draw(request, _propose(request, cases))


@audience(post="cases.assign")
@once
def assign_apply(request: StaffRequest) -> HttpResponse:
    shares, seen = _read_shares(request)
    if not shares:
        return _draw(request, Proposal({}, [], 0), _("Choose at least one case."), UNPROCESSABLE)
    try:
        share_out(shares, by=request.user, at=request.now, on=day_of(request), seen=seen)
    except (StaleError, MoveError, CapacityError, AwayError) as refused:
        cases = [case for share in shares.values() for case in share]
        return _draw(request, _propose(request, cases), str(refused), CONFLICT)
    count = len(seen)
    messages.success(
        request, ngettext("%(count)s case was assigned.", "%(count)s cases were assigned.", count) % {"count": count}
    )
    return redirect("caseloads")


@audience(post="cases.assign")
@once
def assign_undo(request: StaffRequest) -> HttpResponse:
    try:
        count = undo(request.POST.get("batch", ""), by=request.user, at=request.now, on=day_of(request))
    except StaleError:
        messages.warning(request, _("Not undone: some of these cases have been worked since."))
    except (NothingToUndoError, MoveError) as refused:
        messages.warning(request, str(refused))
    else:
        words = ngettext("%(count)s case went back.", "%(count)s cases went back.", count)
        messages.success(request, words % {"count": count})
    return redirect("caseloads")


@audience("cases.assign", post="cases.assign")
@once
def move_person(request: StaffRequest, pk: int) -> HttpResponse:
    """Spread the cases of somebody who is away over colleagues with room."""
    person = get_object_or_404(agents_of(request.user), pk=pk)
    on = day_of(request)
    people = [user for user in agents_of(request.user).present_on(on) if user.pk != pk]  # type: ignore[attr-defined]
    colleagues = [load for load in loads_of(people) if load.room]
    form = MoveAllForm(
        request.POST or None, colleagues=colleagues, initial={"to": [load.agent.pk for load in colleagues]}
    )
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            to = [user for user in people if user.pk in form.cleaned_data["to"]]
            try:
                moved, left = move_all(person, to, by=request.user, at=request.now, on=on)
            except (StaleError, CapacityError, AwayError) as refused:
                form.add_error(None, str(refused))
                status = CONFLICT
            else:
                _tell_moved(request, person, moved, left)
                return redirect("caseloads")
    cases = Case.objects.open().filter(owner=person)
    context = {"person": person, "form": form, "count": cases.count(), "room": sum(load.room for load in colleagues)}
    return TemplateResponse(request, "cases/move_person.html", context, status=status)


def _tell_moved(request: StaffRequest, person: User, moved: int, left: int) -> None:
    words = ngettext("%(count)s case was moved from %(person)s.", "%(count)s cases were moved from %(person)s.", moved)
    messages.success(request, words % {"count": moved, "person": person})
    if left:
        words = ngettext("%(count)s case stays: no room.", "%(count)s cases stay: no room.", left)
        messages.warning(request, words % {"count": left})


@audience("staff.absence", post="staff.absence")
@once
def absence(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(agents_of(request.user), pk=pk)
    on = day_of(request)
    form = AbsenceForm(request.POST or None, initial={"from_on": on, "to_on": on})
    if request.method == "POST" and form.is_valid():
        note_absence(user=person, by=request.user, at=request.now, **form.cleaned_data)
        messages.success(request, _("The absence of %(person)s is noted.") % {"person": person})
        return redirect("caseloads")
    context = {"person": person, "form": form}
    return TemplateResponse(request, "cases/absence.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _selected(request: StaffRequest) -> list[Case]:
    """The ticked cases, or all that the filters match; at most a batch."""
    visible = Case.objects.visible_to(request.user).open()
    if request.POST.get("all"):
        cases = Filters.of(request.POST.dict()).apply(visible)
    else:
        ids = [int(text) for text in request.POST.getlist("selected") if text.isdecimal()][:BATCH_MAX]
        cases = visible.filter(pk__in=ids)
    return list(cases.order_by("-priority", "pk")[:BATCH_MAX])


def _propose(request: StaffRequest, cases: list[Case]) -> Proposal:
    """To one agent as asked, or spread over everybody who is here and has room."""
    present = list(agents_of(request.user).present_on(day_of(request)))  # type: ignore[attr-defined]
    to = next((user for user in present if str(user.pk) == request.POST.get("to", "")), None)
    shares = {to.pk: cases} if to and cases else spread(cases, present)
    people = [user for user in present if user.pk in shares]
    coming = {pk: sum(case.owner_id != pk for case in share) for pk, share in shares.items()}
    return Proposal(shares, loads_of(people, coming), len(cases) - sum(map(len, shares.values())))


def _read_shares(request: StaffRequest) -> tuple[dict[int, list[Case]], dict[int, int]]:
    """What was shown and agreed to: the cases by agent, and the versions that were seen; only cases in scope count."""
    plan: dict[int, int] = {}
    seen: dict[int, int] = {}
    for line in request.POST.getlist("share"):
        agent, _colon, items = line.partition(":")
        for item in items.split(","):
            case, _dot, version = item.partition(".")
            if agent.isdecimal() and case.isdecimal() and version.isdecimal() and len(seen) < BATCH_MAX:
                plan[int(case)], seen[int(case)] = int(agent), int(version)
    mine = set(agents_of(request.user).values_list("pk", flat=True))
    shares: dict[int, list[Case]] = {}
    for found in Case.objects.visible_to(request.user).filter(pk__in=plan).order_by("-priority", "pk"):
        if plan[found.pk] in mine:
            shares.setdefault(plan[found.pk], []).append(found)
    kept = {case.pk for share in shares.values() for case in share}
    return shares, {pk: version for pk, version in seen.items() if pk in kept}


def _draw(request: StaffRequest, proposal: Proposal, error: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"proposal": proposal, "error": error, "to": request.POST.get("to", "")}
    return TemplateResponse(request, "cases/assign.html", context, status=status)
