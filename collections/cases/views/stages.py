"""The stages and how they are worked: the plan in force and those before it, and putting another one forward."""

from django.http import HttpResponse
from django.template.response import TemplateResponse

from cases import stages
from cases.edge import StaffRequest, day_of
from cases.models import StagePlan
from cases.stage_forms import StagePlanForm
from cases.stage_publishing import exception_words, put_forward_plan
from lending.models import Change
from lending.views.changing import put_forward, who_and_when
from staff.access import audience
from staff.matrix import may
from staff.once import once


@audience("cases.rules")
def stage_plan(request: StaffRequest) -> HttpResponse:
    """What holds today, what waits, and from when each plan held."""
    on = day_of(request)
    plan = stages.plan_on(on)
    names = {each.code: stages.name_of(each) for each in plan.stages}
    context = {
        "stages": [(each, names[each.code], stages.words_of(each)) for each in plan.stages],
        "exceptions": [exception_words(each, names) for each in plan.exceptions],
        "plans": StagePlan.objects.select_related("change__maker", "change__checker").order_by("-valid_from"),
        "waiting": Change.objects.waiting().filter(kind=Change.Kind.STAGES).select_related("maker"),
        "may_change": may(request.user.role, "lending.terms"),
        "on": on,
    }
    return TemplateResponse(request, "cases/stages.html", context)


@audience("lending.terms", post="lending.terms")
@once
def stage_plan_change(request: StaffRequest) -> HttpResponse:
    """Another plan, from the newest one that is published."""
    newest = StagePlan.objects.order_by("-valid_from").values_list("content", flat=True).first()
    form = StagePlanForm(request.POST or None, plan=stages.plan_of(newest) if newest else stages.HOUSE)

    def act() -> Change:
        cleaned = form.cleaned_data
        return put_forward_plan(
            form.plan, from_on=cleaned["valid_from"], words=cleaned["words"], **who_and_when(request)
        )

    return put_forward(request, form, act, "cases/stage_form.html")
