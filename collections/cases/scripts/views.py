"""The call scripts: all that are in force, one with its versions, and a new version for somebody else to publish."""

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.edge import StaffRequest
from cases.scripts.choosing import in_force
from cases.scripts.forms import NewScriptForm, ScriptForm, values_of
from cases.scripts.models import Script
from cases.scripts.publishing import put_forward_script, told_of
from lending.models import Change
from lending.views.changing import put_forward
from staff.access import audience
from staff.matrix import may
from staff.once import once


@audience("contacts.rules")
def scripts(request: StaffRequest) -> HttpResponse:
    """What is said on calls now, and what waits to be published."""
    context = {
        "scripts": in_force(local_day(request.now)),
        "waiting": Change.objects.filter(kind=Change.Kind.SCRIPT).waiting().select_related("maker").order_by("made_at"),
        "may_change": may(request.user.role, "contacts.rules_change"),
    }
    return TemplateResponse(request, "cases/scripts/list.html", context)


@audience("contacts.rules")
def script_page(request: StaffRequest, code: str) -> HttpResponse:
    """Every version of one script, the newest first."""
    rows = Script.objects.filter(code=code).select_related("change__maker", "change__checker")
    versions = list(rows.order_by("-valid_from"))
    if not versions:
        raise Http404
    may_change = may(request.user.role, "contacts.rules_change")
    return TemplateResponse(
        request, "cases/scripts/page.html", {"code": code, "versions": versions, "may_change": may_change}
    )


@audience("contacts.rules_change", post="contacts.rules_change")
@once
def script_change(request: StaffRequest, code: str) -> HttpResponse:
    newest = Script.objects.filter(code=code).order_by("-valid_from").first()
    if newest is None:
        raise Http404
    form = ScriptForm(request.POST or None, initial={**values_of(told_of(newest)), "from_on": local_day(request.now)})
    return _put_forward(request, form, code, _("New version of %(what)s") % {"what": code})


@audience("contacts.rules_change", post="contacts.rules_change")
@once
def script_new(request: StaffRequest) -> HttpResponse:
    form = NewScriptForm(request.POST or None, initial={"from_on": local_day(request.now)})
    return _put_forward(request, form, "", _("New call script"))


def _put_forward(request: StaffRequest, form: ScriptForm, code: str, heading: str) -> HttpResponse:
    def act() -> Change:
        cleaned = form.cleaned_data
        return put_forward_script(
            code or cleaned["code"], form.told(), from_on=cleaned["from_on"], words=cleaned["words"],
            by=request.user, at=request.now, on=local_day(request.now),
        )  # fmt: skip

    return put_forward(request, form, act, "cases/scripts/form.html", heading=heading, code=code)
