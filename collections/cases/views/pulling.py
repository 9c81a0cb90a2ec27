"""Next case, where the team takes its cases from the pool."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.assignment import AwayError, CapacityError
from cases.edge import StaffRequest, day_of
from cases.models import Case
from cases.moves import MoveError, StaleError
from cases.pulling import NotPullingError, next_case
from cases.worklist import due_at
from staff.access import audience
from staff.once import once


@audience(post="cases.work")
@once
def take_next(request: StaffRequest) -> HttpResponse:
    """What is in hand and due comes first; then the best of the pool."""
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
