"""Contact rules for managers: one rule with its versions, a new version, another country's rules, and undoing a change."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import local_day
from contacts import replaying
from contacts.edge import StaffRequest
from contacts.models import ContactRule
from contacts.presets import OFFERED, rows_of
from contacts.publishing import compared, former, put_forward_rules
from contacts.rule_forms import AdoptForm, FromForm, RuleForm
from contacts.rulebook import ends_on, rule_rows, shown_rule
from contacts.versions import Told, told_of
from lending.changes import ChangeError
from lending.models import Change
from staff.access import audience
from staff.matrix import may
from staff.once import once

UNPROCESSABLE = 422
HOUSE = "HOUSE"
ADDED = (ContactRule.Kind.WINDOW, ContactRule.Kind.HOLIDAY, ContactRule.Kind.CAP, ContactRule.Kind.CONTENT)
"""The kinds of house rules that a manager may add."""


@audience("contacts.rules")
def contact_rules(request: StaffRequest) -> HttpResponse:
    """Every rule with its source, standing and days, those in force first."""
    on = local_day(request.now)
    known = set(ContactRule.objects.values_list("rule_set", flat=True))
    context = {
        "rules": rule_rows(on),
        "on": on,
        "waiting": _changes().filter(state=Change.State.WAITING),
        "may_change": may(request.user.role, "contacts.rules_change"),
        "offered": [(code, words) for code, (words, _rules, _zones) in OFFERED.items() if code not in known],
        "kinds": [(kind.value, kind.label) for kind in ADDED],
    }
    return TemplateResponse(request, "contacts/rules.html", context)


@audience("contacts.rules")
def rule_page(request: StaffRequest, rule_set: str, code: str) -> HttpResponse:
    """One rule: what it says and where it is written, and every version with what it changed."""
    rows = _versions(rule_set, code)
    on = local_day(request.now)
    newest = list(reversed(rows))
    shown = [
        (shown_rule(row, on, ends_on(row, rows)), compared(before, row))
        for row, before in zip(newest, [*newest[1:], None], strict=True)
    ]
    context = {
        "rule": shown[0][0],
        "versions": shown,
        "waiting": _changes().filter(state=Change.State.WAITING, subject=_subject(rule_set, code)),
        "may_change": may(request.user.role, "contacts.rules_change"),
    }
    return TemplateResponse(request, "contacts/rule.html", context)


@audience("contacts.rules_change", post="contacts.rules_change")
@once
def rule_change(request: StaffRequest, rule_set: str, code: str) -> HttpResponse:
    """A new version of a rule: from the newest one, or from the former version that `from` names."""
    rows = _versions(rule_set, code)
    wanted = [row for row in rows if row.valid_from.isoformat() == request.GET.get("from")]
    row = wanted[0] if wanted else rows[-1]
    form = RuleForm(request.POST or None, told=told_of(row))
    about = shown_rule(rows[-1], local_day(request.now), None)
    return _put_forward(
        request, form, lambda: [form.changed()], _subject(rule_set, code), heading=code, rule=about, kind=row.kind
    )


@audience("contacts.rules_change", post="contacts.rules_change")
@once
def rule_withdraw(request: StaffRequest, rule_set: str, code: str) -> HttpResponse:
    """End a rule from a day on, without another in its place."""
    row = _versions(rule_set, code)[-1]
    form = FromForm(request.POST or None)
    about = shown_rule(row, local_day(request.now), None)
    return _put_forward(
        request, form, lambda: [told_of(row, is_withdrawn=True)], _subject(rule_set, code),
        heading=_("Withdraw %(rule)s") % {"rule": code}, rule=about,
    )  # fmt: skip


@audience("contacts.rules_change", post="contacts.rules_change")
@once
def rule_new(request: StaffRequest, kind: str) -> HttpResponse:
    """A house rule that is not there yet."""
    if kind not in ADDED:
        raise Http404
    number = (
        1 + ContactRule.objects.filter(rule_set=HOUSE, code__startswith="HOUSE-OWN-").values("code").distinct().count()
    )
    blank = ContactRule(
        rule_set=HOUSE, code=f"HOUSE-OWN-{number}", kind=kind, standing=ContactRule.Standing.HOUSE,
        unit=ContactRule.Unit.ATTEMPT if kind == ContactRule.Kind.CAP else "", max_count=3 if kind == "cap" else None,
    )  # fmt: skip
    form = RuleForm(request.POST or None, told=told_of(blank))
    heading = _("New house rule: %(kind)s") % {"kind": ContactRule.Kind(kind).label}
    return _put_forward(
        request, form, lambda: [form.changed()], _subject(HOUSE, blank.code), heading=heading, kind=kind
    )


@audience("contacts.rules_change", post="contacts.rules_change")
@once
def rules_adopt(request: StaffRequest, rule_set: str) -> HttpResponse:
    """Put the rules of another country forward as a whole."""
    if rule_set not in OFFERED:
        raise Http404
    words, presets, zones = OFFERED[rule_set]
    form = AdoptForm(request.POST or None)
    rows = {row.code: row for row in rows_of(presets)}

    def told() -> list[Told]:
        here = {"zones": sorted(zones)} if form.cleaned_data["here_only"] else {}
        return [told_of(row, details={**row.details, **here}) for row in rows.values()]

    shown = [shown_rule(row, local_day(request.now), None) for row in rows.values()]
    return _put_forward(request, form, told, rule_set, heading=str(words), rules=shown)


@audience("contacts.rules_change", post="contacts.rules_change")
@once
def rules_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Put forward again what stood before a published change."""
    change = get_object_or_404(_changes(), pk=pk, state=Change.State.APPROVED)
    form = FromForm(request.POST or None)
    heading = _("Undo the change of %(what)s") % {"what": change.subject}
    return _put_forward(request, form, lambda: former(change), change.subject, heading=heading)


def _put_forward(
    request: StaffRequest, form: FromForm, told: Callable[[], list[Told]], subject: str, **context: Any
) -> HttpResponse:
    """Draw the form, or put the change forward, start its replay and go to its page; refused keeps what was typed."""
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                change = put_forward_rules(
                    told(), subject=subject, from_on=form.cleaned_data["from_on"], words=form.cleaned_data["words"],
                    by=request.user, at=request.now, on=_today(request),
                )  # fmt: skip
            except ChangeError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                replaying.start(change, by=request.user, at=request.now)
                messages.success(
                    request, _("The change waits for somebody else's decision. The last month is replayed.")
                )
                return redirect("change_page", change.pk)
    return TemplateResponse(request, "contacts/rule_form.html", {"form": form, **context}, status=status)


def _today(request: StaffRequest) -> date:
    return max(local_day(request.now), date.fromordinal(request.business_date.toordinal()))


def _versions(rule_set: str, code: str) -> list[ContactRule]:
    rows = list(
        ContactRule.objects.filter(rule_set=rule_set, code=code).select_related("change").order_by("valid_from")
    )
    if not rows:
        raise Http404
    return rows


def _subject(rule_set: str, code: str) -> str:
    return f"{rule_set}/{code}"


def _changes() -> Any:
    return Change.objects.filter(kind=Change.Kind.CONTACT_RULES).select_related("maker").order_by("made_at")
