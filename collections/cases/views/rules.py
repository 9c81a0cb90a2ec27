"""How cases are dealt out and what people are to reach, as data that supervisors and managers set."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases import stages
from cases.caseloads import agents_of
from cases.edge import StaffRequest, day_of
from cases.models import AssignmentRule, Target
from cases.rule_forms import RuleForm, TargetForm
from cases.rule_setting import drop_rule, seen_of, set_rule, set_target
from cases.views.common import CONFLICT, UNPROCESSABLE
from staff.access import audience
from staff.matrix import may
from staff.once import once
from staff.seen import ChangedMeanwhileError

TARGETS_SHOWN = 100


@audience("cases.rules")
def assignment_rules(request: StaffRequest) -> HttpResponse:
    """Every rule in the order in which they are asked, and the newest targets."""
    rules = AssignmentRule.objects.select_related("funder", "product", "team").order_by("position", "pk")
    targets = Target.objects.select_related("team", "agent", "set_by").order_by("-from_on", "-pk")[:TARGETS_SHOWN]
    names = dict(stages.choices())
    rows = [(rule, names.get(rule.stage, "")) for rule in rules]
    context = {"rules": rows, "targets": targets, "may_set": may(request.user.role, "cases.rules_set")}
    return TemplateResponse(request, "cases/rules.html", context)


@audience("cases.rules_set", post="cases.rules_set")
@once
def rule_add(request: StaffRequest) -> HttpResponse:
    last = AssignmentRule.objects.order_by("-position").values_list("position", flat=True).first()
    return _edit(request, RuleForm(request.POST or None, initial={"position": (last or 0) + 10}), None)


@audience("cases.rules_set", post="cases.rules_set")
@once
def rule_change(request: StaffRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(AssignmentRule, pk=pk)
    return _edit(request, RuleForm(request.POST or None, initial=RuleForm.values_of(rule), rule=rule), rule)


@audience(post="cases.rules_set")
@once
def rule_drop(request: StaffRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(AssignmentRule, pk=pk)
    try:
        drop_rule(rule, seen=request.POST.get("seen", ""), by=request.user, at=request.now)
    except ChangedMeanwhileError as stale:
        return HttpResponse(str(stale), status=CONFLICT, content_type="text/plain; charset=utf-8")
    messages.success(request, _("The rule is dropped."))
    return redirect("assignment_rules")


@audience("cases.rules_set", post="cases.rules_set")
@once
def target_add(request: StaffRequest) -> HttpResponse:
    people = list(agents_of(request.user).select_related("team"))
    form = TargetForm(request.POST or None, people=people, initial={"from_on": day_of(request)})
    if request.method == "POST" and form.is_valid():
        set_target(by=request.user, at=request.now, **form.cleaned_data)
        messages.success(request, _("The target is set."))
        return redirect("assignment_rules")
    return _draw(request, form, _("Set a target"))


def _edit(request: StaffRequest, form: RuleForm, rule: AssignmentRule | None) -> HttpResponse:
    status = UNPROCESSABLE
    if request.method == "POST" and form.is_valid():
        try:
            set_rule(rule, seen=request.POST.get("seen", ""), by=request.user, at=request.now, **form.cleaned_data)
        except ChangedMeanwhileError as stale:
            form.add_error(None, str(stale))
            status, rule = CONFLICT, rule and AssignmentRule.objects.filter(pk=rule.pk).first()
        else:
            messages.success(request, _("The rule is kept. It counts from the next proposal on."))
            return redirect("assignment_rules")
    return _draw(request, form, _("Change a rule") if rule else _("Add a rule"), rule, status=status)


def _draw(
    request: StaffRequest, form: object, heading: str, rule: AssignmentRule | None = None, status: int = UNPROCESSABLE
) -> HttpResponse:
    """The form; a refused one says with what it was refused, and one that is drawn anew shows what stands now."""
    context = {"form": form, "heading": heading, "rule": rule, "seen": seen_of(rule) if rule else ""}
    status = status if request.method == "POST" else 200
    return TemplateResponse(request, "cases/rule_form.html", context, status=status)
