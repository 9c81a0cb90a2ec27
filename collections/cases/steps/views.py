"""The outcomes of a call and the reasons for being behind, each with the step that it brings, and a new version for somebody else to publish."""

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.edge import StaffRequest
from cases.steps.choosing import in_force, name_of
from cases.steps.forms import NewOutcomeForm, OutcomeStepForm, ReasonStepForm
from cases.steps.models import NextStep, Of
from cases.steps.publishing import put_forward_step, step_words, told_of
from lending.models import Change
from lending.views.changing import put_forward
from staff.access import audience
from staff.matrix import may
from staff.once import once


def _shown(row: NextStep) -> dict[str, object]:
    return {"row": row, "name": name_of(row), "step": step_words(row.step, row.hours, row.hold)}


@audience("contacts.rules")
def next_steps(request: StaffRequest) -> HttpResponse:
    """What comes next now, and what waits to be published."""
    rows = in_force(local_day(request.now))
    waiting = Change.objects.filter(kind=Change.Kind.NEXT_STEP).waiting().select_related("maker").order_by("made_at")
    context = {
        "outcomes": [_shown(row) for row in rows if row.of == Of.OUTCOME],
        "reasons": [_shown(row) for row in rows if row.of == Of.REASON],
        "waiting": waiting,
        "may_change": may(request.user.role, "contacts.rules_change"),
    }
    return TemplateResponse(request, "cases/steps/list.html", context)


@audience("contacts.rules")
def next_step(request: StaffRequest, of: str, code: str) -> HttpResponse:
    """Every version of one, the newest first."""
    rows = NextStep.objects.filter(of=of, code=code).select_related("change__maker", "change__checker")
    versions = [_shown(row) for row in rows.order_by("-valid_from")]
    if not versions:
        raise Http404
    may_change = may(request.user.role, "contacts.rules_change")
    context = {"of": of, "code": code, "heading": versions[0]["name"], "versions": versions, "may_change": may_change}
    return TemplateResponse(request, "cases/steps/page.html", context)


@audience("contacts.rules_change", post="contacts.rules_change")
@once
def next_step_change(request: StaffRequest, of: str, code: str) -> HttpResponse:
    newest = NextStep.objects.filter(of=of, code=code).order_by("-valid_from").first()
    if newest is None:
        raise Http404
    initial = told_of(newest) | {"is_withdrawn": False}
    of_form = OutcomeStepForm if of == Of.OUTCOME else ReasonStepForm
    form = of_form(request.POST or None, initial=initial)
    return _put_forward(request, form, of, code, _("New version of %(what)s") % {"what": name_of(newest)}, newest.place)


@audience("contacts.rules_change", post="contacts.rules_change")
@once
def outcome_new(request: StaffRequest) -> HttpResponse:
    form = NewOutcomeForm(request.POST or None, initial={"place": 100})
    return _put_forward(request, form, Of.OUTCOME, "", _("New outcome of a call"), 100)


def _put_forward(
    request: StaffRequest, form: ReasonStepForm, of: str, code: str, heading: str, place: int
) -> HttpResponse:
    def act() -> Change:
        cleaned = form.cleaned_data
        return put_forward_step(
            of, code or cleaned["code"], {"place": place} | form.told(), from_on=cleaned["from_on"],
            words=cleaned["words"], by=request.user, at=request.now, on=local_day(request.now),
        )  # fmt: skip

    return put_forward(request, form, act, "cases/steps/form.html", heading=heading, code=code)
