"""The case page: one borrower, everything owed, every contact, and what to do next."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.template.response import TemplateResponse

from cases import stages
from cases.desk import SLOTS, Link, actions_of, panels_of
from cases.edge import StaffRequest, day_of
from cases.facts import loans_now, owed
from cases.models import Case
from cases.panels import timeline_part
from cases.presence import note_presence, others_here
from cases.rare import there_for
from cases.ringing import callers_for
from cases.steps.choosing import outcome_on
from cases.steps.leading import link_of, suggested
from cases.views.common import find_case
from contacts.models import Channel, Contact
from contacts.names import display_name, shown_name
from staff.access import audience
from staff.models import Role, User
from staff.statements import Blank, statement

FAILURE_SHOWN = timedelta(minutes=2)
"""How long the page says that a call could not be placed."""


@audience("cases.read")
def case_page(request: StaffRequest, pk: int) -> HttpResponse:
    """The whole page; htmx is given the part of the timeline that it asks for."""
    case = find_case(request, pk)
    if request.htmx and not request.htmx.boosted and "before" in request.GET:
        return TemplateResponse(request, "cases/_timeline_part.html", timeline_part(request, case))
    request.there = there_for(case.borrower_id)
    request.loans_now = loans_now(case.borrower_id, day_of(request))
    request.borrower_name = _name(case, request.user)
    stage = stages.named(day_of(request)).get(case.stage)
    context = {
        "case": case,
        "stage": stages.name_of(stage) if stage else case.stage,
        "treatment": stages.words_of(stage) if stage else "",
        "name": request.borrower_name,
        "owed": owed(request.loans_now),
        **offered_actions(request, case),
        "others": others_here(case, user=request.user, at=request.now) if "presence" in request.there else [],
        "has_round": request.user.role == Role.AGENT,
        "last_call": last_call(request, case),
        **{slot: panels_of(slot, request, case) for slot in SLOTS},
    }
    return TemplateResponse(request, "cases/case_page.html", context)


def offered_actions(request: StaffRequest, case: Case) -> dict[str, Any]:
    """The actions, the one that the reason for being behind suggests before the others, and the drawer that a call just made leads to."""
    on, actions = day_of(request), actions_of(case, request.user)
    first = suggested(case, request.user, on)
    told = outcome_on(request.GET["then"], on) if "then" in request.GET else None
    then: Link | None = link_of(told, case, request.user) if told else None
    others = [each for each in actions if first is None or each.code != first.code]
    return {"actions": [first, *others] if first else actions, "suggested": first, "then": then}


def _name(case: Case, user: User) -> str:
    """As this person may read it: who has the case in hand is known here while it is open."""
    if case.state != Case.State.OPEN:
        return display_name(case.borrower, user)
    return shown_name(case.borrower.name, case.borrower.ref, in_full=case.owner_id == user.pk)


def _newest_call() -> QuerySet[Contact]:
    calls = Contact.objects.filter(borrower=Blank("borrower"), channel=Channel.CALL, by=Blank("by"))
    return calls.order_by("-pk")[:1]


def last_call(request: StaffRequest, case: Case) -> Contact | None:
    """This person's newest call on this case, where it still asks for something.

    One that nobody has written down: the page brings its form back. One that was not placed just now: the page says so.
    """
    calls: list[Contact] = statement(_newest_call).objects(borrower=case.borrower_id, by=request.user.pk)
    newest = calls[0] if calls else None
    if newest is None or newest.state == Contact.State.MADE:
        return None
    is_fresh = newest.at >= request.now - FAILURE_SHOWN
    return newest if newest.state == Contact.State.RESERVED or is_fresh else None


@audience(post="cases.read")
def presence(request: StaffRequest, pk: int) -> HttpResponse:
    """Say that one is here, and see who else is and who is calling; asked every half minute while the page is open."""
    case = find_case(request, pk)
    note_presence(case, user=request.user, at=request.now)
    others = others_here(case, user=request.user, at=request.now)
    context = {"case": case, "others": others, "callers": callers_for(request.user, request.now), "is_asked": True}
    return TemplateResponse(request, "cases/_presence.html", context)
