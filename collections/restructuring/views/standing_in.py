"""Naming who decides within one's limits while one is away, and taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest, day_of
from restructuring.limit_forms import StandInForm
from restructuring.models import StandIn
from restructuring.standing_in import StandInError, name_stand_in, take_back_stand_in
from restructuring.views.common import UNPROCESSABLE
from staff.access import audience
from staff.once import once


@audience("restructuring.decide", post="restructuring.decide")
@once
def stand_in(request: StaffRequest) -> HttpResponse:
    form, status = StandInForm(request.POST or None, asking=request.user), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                made = name_stand_in(**form.cleaned_data, by=request.user, at=request.now, on=day_of(request))
                messages.success(request, _("%(person)s stands in for you.") % {"person": made.person})
                return redirect("approvals")
            except StandInError as error:
                form.add_error(error.field, str(error))
    return TemplateResponse(request, "restructuring/stand_in.html", {"form": form}, status=status)


@audience("restructuring.decide", post="restructuring.decide")
@once
def stand_in_end(request: StaffRequest, pk: int) -> HttpResponse:
    """Only whoever is stood in for; another's is not found."""
    made = get_object_or_404(StandIn.objects.select_related("person", "absence"), pk=pk, absence__user=request.user)
    if request.method == "POST":
        try:
            take_back_stand_in(stand_in=made, by=request.user, at=request.now, on=day_of(request))
            messages.success(request, _("%(person)s no longer stands in for you.") % {"person": made.person})
        except StandInError as error:
            messages.warning(request, str(error))
        return redirect("approvals")
    return TemplateResponse(request, "restructuring/stand_in_end.html", {"stand_in": made})
