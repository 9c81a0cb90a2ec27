"""Next case: on through what is due, and from the pool where the team takes its cases there."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.assignment import AwayError, CapacityError
from cases.edge import StaffRequest, day_of
from cases.models import Case
from cases.moves import MoveError, StaleError
from cases.pulling import NotPullingError, next_case
from cases.rounds import next_of_round, pass_over
from cases.worklist import due_at
from staff.access import audience
from staff.once import once


@audience("cases.work", post="cases.work")
@once
def take_next(request: StaffRequest) -> HttpResponse:
    """What is in hand and due comes first; then, when it is asked for in earnest, the best of the pool."""
    return _take(request) if request.method == "POST" else _go_on(request)


def _go_on(request: StaffRequest) -> HttpResponse:
    """From the case `?from=` to the next of the round; back to My day at its end."""
    left = request.GET.get("from", "")
    if left.isdecimal() and len(left) <= 18:
        pass_over(request.session, int(left), request.now)
    found = next_of_round(request.session, request.user, request.now)
    if found is None:
        messages.info(request, _("You have been through everything that is due."))
        return redirect("my_day")
    return redirect("case_page", found)


def _take(request: StaffRequest) -> HttpResponse:
    own = due_at(Case.objects.visible_to(request.user).open().filter(owner=request.user), request.now)
    found = own.order_by("-priority", "pk").first()
    try:
        found = found or next_case(by=request.user, at=request.now, on=day_of(request))
    except (NotPullingError, CapacityError, AwayError, MoveError, StaleError) as refused:
        messages.warning(request, str(refused))
        return redirect("my_day")
    if found is None:
        messages.info(request, _("The pool holds nothing that you may take now."))
        return redirect("my_day")
    return redirect("case_page", found.pk)
