"""The page on which a day is rehearsed; the report stands on the page of its job."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from cases.edge import StaffRequest
from dunning import rehearsing
from dunning.forms import RehearsalForm
from lending.days import business_date
from staff.access import audience
from staff.models import Job
from staff.once import once

EARLIER_MAX = 10


@audience("dunning.rehearse", post="dunning.rehearse")
@once
def rehearsal_page(request: StaffRequest) -> HttpResponse:
    """Choose a day, and look again at what was rehearsed before."""
    form = RehearsalForm(request.POST or None, business_date=business_date(request.now))
    if request.method == "POST" and form.is_valid():
        job = rehearsing.start(form.cleaned_data["day"], by=request.user, at=request.now)
        return redirect("job_page", job.pk)
    earlier = Job.objects.visible_to(request.user).filter(kind=rehearsing.KIND).select_related("started_by")
    context = {"form": form, "earlier": earlier.order_by("-pk")[:EARLIER_MAX]}
    return TemplateResponse(request, "dunning/rehearsal.html", context, status=422 if form.errors else 200)
