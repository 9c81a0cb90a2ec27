"""Giving cases out: what it would do, then doing it or throwing it away, then taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.absences import end_absence, note_absence
from cases.applying import NothingToUndoError, NotWaitingError, apply, undo
from cases.assignment import AwayError, CapacityError, loads_of
from cases.caseloads import Filters, agents_of
from cases.edge import StaffRequest, day_of
from cases.forms import AbsenceForm, MoveAllForm
from cases.models import Case, Proposal
from cases.moves import MoveError, StaleError
from cases.proposal_view import view_of
from cases.proposing import Question, propose, throw_away
from cases.views.common import CONFLICT, UNPROCESSABLE
from staff.access import audience
from staff.models import Absence
from staff.once import once

PICKED_MAX = 500
"""So many rows can be ticked on a page; filters have no such bound."""


@audience(post="cases.assign")
def assign_preview(request: StaffRequest) -> HttpResponse:
    """Nothing moves yet: the answer waits as this person's proposal."""
    question = _question(request)
    if question is None:
        return _draw(request, None, _("Choose at least one case."), UNPROCESSABLE)
    if not question.is_whole(request.user) or (request.POST.get("to") and not question.named):
        gone = _("Some of what you chose is not there any more, or not yours to give out. Nothing was proposed.")
        return _draw(request, None, gone, CONFLICT)
    return _answer(request, question)


@audience("cases.assign")
def proposal(request: StaffRequest, pk: int) -> HttpResponse:
    """Who would get what and why; `?agent=` names the cases of one person."""
    return _draw(request, get_object_or_404(Proposal, pk=pk, by=request.user))


@audience(post="cases.assign")
def proposal_apply(request: StaffRequest, pk: int) -> HttpResponse:
    """A proposal is decided once by itself, so the form needs no key, and what is asked anew after a refusal is kept."""
    kept = get_object_or_404(Proposal, pk=pk, by=request.user)
    if kept.state == Proposal.State.APPLIED:
        return redirect("caseloads")
    try:
        apply(pk, by=request.user, at=request.now, on=day_of(request))
    except NotWaitingError as refused:
        return _draw(request, kept, str(refused), CONFLICT)
    except (StaleError, MoveError, CapacityError, AwayError) as refused:
        return _answer(request, Question.of(kept.question), _refused(refused))
    words = ngettext("%(count)s case was assigned.", "%(count)s cases were assigned.", kept.count)
    messages.success(request, words % {"count": kept.count})
    return redirect("caseloads")


@audience(post="cases.assign")
def proposal_discard(request: StaffRequest, pk: int) -> HttpResponse:
    throw_away(by=request.user)
    messages.success(request, _("The proposal was thrown away; nothing has moved."))
    return redirect("caseloads")


@audience(post="cases.assign")
@once
def proposal_undo(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        count = undo(pk, by=request.user, at=request.now, on=day_of(request))
    except StaleError:
        messages.warning(request, _("Not undone: some of these cases have been worked since."))
    except (NothingToUndoError, MoveError) as refused:
        messages.warning(request, str(refused))
    else:
        words = ngettext("%(count)s case went back.", "%(count)s cases went back.", count)
        messages.success(request, words % {"count": count})
    return redirect("caseloads")


@audience("cases.assign", post="cases.assign")
def move_person(request: StaffRequest, pk: int) -> HttpResponse:
    """Propose the cases of somebody who is away to colleagues with room."""
    person = get_object_or_404(agents_of(request.user), pk=pk)
    people = [user for user in agents_of(request.user).present_on(day_of(request)) if user.pk != pk]  # type: ignore[attr-defined]
    colleagues = [load for load in loads_of(people) if load.room]
    initial = {"to": [load.agent.pk for load in colleagues]}
    form = MoveAllForm(request.POST or None, colleagues=colleagues, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _answer(request, Question(filters=Filters(owner=str(pk)), to=tuple(form.cleaned_data["to"])))
    count = Case.objects.open().filter(owner=person).count()
    context = {"person": person, "form": form, "count": count, "room": sum(load.room for load in colleagues)}
    status = UNPROCESSABLE if form.is_bound else 200
    return TemplateResponse(request, "cases/move_person.html", context, status=status)


@audience("staff.absence", post="staff.absence")
@once
def absence(request: StaffRequest, pk: int) -> HttpResponse:
    """Note the days; where they have begun and cases are in hand, handing them over comes next."""
    person = get_object_or_404(agents_of(request.user), pk=pk)
    on = day_of(request)
    form = AbsenceForm(request.POST or None, initial={"from_on": on, "to_on": on})
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data
        note_absence(user=person, by=request.user, at=request.now, **days)
        messages.success(request, _("The absence of %(person)s is noted.") % {"person": person})
        has_cases = Case.objects.visible_to(request.user).open().filter(owner=person).exists()
        if has_cases and days["from_on"] <= on <= days["to_on"]:
            return redirect("move_person", person.pk)
        return redirect("caseloads")
    ahead = Absence.objects.filter(user=person, to_on__gte=on).order_by("from_on")
    context = {"person": person, "form": form, "absences": ahead, "on": on}
    return TemplateResponse(request, "cases/absence.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@audience(post="staff.absence")
@once
def absence_end(request: StaffRequest, pk: int) -> HttpResponse:
    """Whoever is away is back today, or what was noted ahead does not come about."""
    person = get_object_or_404(agents_of(request.user), pk=pk)
    which = request.POST.get("absence", "")
    absence = Absence.objects.filter(pk=int(which) if which.isdecimal() else 0, user=person).first()
    if absence and end_absence(absence, by=request.user, at=request.now, on=day_of(request)):
        messages.success(request, _("%(person)s is here from today on.") % {"person": person})
    else:
        messages.warning(request, _("This absence was over already."))
    return redirect("caseloads")


def _question(request: StaffRequest) -> Question | None:
    """What the ticks or the filters ask for, and of whom."""
    to = request.POST.get("to", "")
    chosen = agents_of(request.user).filter(pk=int(to)).first() if to.isdecimal() else None
    question = Question(
        filters=Filters.of(request.POST.dict()),
        to=(chosen.pk,) if chosen else (),
        named=chosen is not None,
        take_back=request.POST.get("do") == "take_back",
    )
    if request.POST.get("all"):
        return question
    picked = tuple(int(text) for text in request.POST.getlist("selected") if text.isdecimal())[:PICKED_MAX]
    return question._replace(picked=picked) if picked else None


def _answer(request: StaffRequest, question: Question, error: str = "") -> HttpResponse:
    """The new proposal, on its own page; what moves nothing has no page and is told at once."""
    found = propose(question, by=request.user, at=request.now, on=day_of(request))
    if found and found.pk and not error:
        return redirect("proposal", found.pk)
    return _draw(request, found, error, CONFLICT if error else 200)


def _refused(error: Exception) -> str:
    if isinstance(error, StaleError):
        return _("Some of these cases have changed since. Nothing was assigned; this is the proposal as of now.")
    return str(error)


def _draw(request: StaffRequest, found: Proposal | None, error: str = "", status: int = 200) -> HttpResponse:
    drawn = view_of(found, request.user, request.GET.get("agent", ""), day_of(request)) if found else None
    context = {"proposal": found, "drawn": drawn, "error": error}
    return TemplateResponse(request, "cases/proposal.html", context, status=status)
