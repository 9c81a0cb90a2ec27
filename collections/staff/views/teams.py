"""Teams as a tree, and whether they pull or own their cases."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from staff.access import audience
from staff.forms import TeamForm
from staff.models import Team
from staff.once import once
from staff.seen import CONFLICT, ChangedMeanwhileError, print_of
from staff.teams import TreeError, add_team, change_team, facts_of, tree
from staff.views.people import UNPROCESSABLE, actor


@audience("staff.see")
def teams(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "staff/teams.html", {"nodes": tree()})


@audience("staff.manage", post="staff.manage")
@once
def team_add(request: HttpRequest) -> HttpResponse:
    return _edit(request, TeamForm(request.POST or None), None)


@audience("staff.manage", post="staff.manage")
@once
def team_change(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    initial = {"name": team.name, "parent": team.parent_id, "pulls": team.pulls}
    return _edit(request, TeamForm(request.POST or None, initial=initial, team=team), team)


def _edit(request: HttpRequest, form: TeamForm, team: Team | None) -> HttpResponse:
    status = UNPROCESSABLE
    if request.method == "POST" and form.is_valid():
        who = {"by": actor(request), "at": request.now}  # type: ignore[attr-defined]
        try:
            if team:
                change_team(team, seen=request.POST.get("seen", ""), **form.cleaned_data, **who)
            else:
                add_team(**form.cleaned_data, **who)
        except TreeError as refused:
            form.add_error("parent", str(refused))
        except ChangedMeanwhileError as stale:
            form.add_error(None, str(stale))
            status = CONFLICT
        else:
            messages.success(request, _("The team is kept."))
            return redirect("teams")
    heading = _("Change %(name)s") % {"name": form.initial["name"]} if team else _("Add a team")
    seen = print_of(facts_of(Team.objects.get(pk=team.pk))) if team else ""
    context = {"form": form, "heading": heading, "back": "teams", "seen": seen}
    return TemplateResponse(request, "staff/person_form.html", context, status=status if form.is_bound else 200)
