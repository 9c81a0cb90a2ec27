"""Agencies as pages: the list, one of them with its score, its terms, what it is given; and placing cases with it in one step."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Exists, F, Max, OuterRef, Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.clock import local_day
from cases.complaints.views import PeriodForm
from cases.edge import StaffRequest, day_of
from cases.models import Case
from cases.referrals import agency_terms
from cases.referrals.agencies import agencies_on, agency_on, evaluate
from cases.referrals.asking import ask_batch
from cases.referrals.commission import Sum
from cases.referrals.deciding import decide_batch
from cases.referrals.errors import ReferralError
from cases.referrals.forms import DRAWER_ID, AgencyTermsForm, DecideForm, EvaluationForm, PlaceForm
from cases.referrals.handing_over import HEAD, ROWS_MAX, cells, count_of, hand_over, rows_of
from cases.referrals.kinds import AGENCY
from cases.referrals.models import Agency, AgencyTerms, Referral
from cases.referrals.scorecard import Score, score
from contacts.models import Contact, Hold
from lending.changes import propose
from lending.models import Change
from lending.templatetags.money import in_currency
from lending.views.changing import put_forward, who_and_when
from lending.views.files import as_file
from staff.access import audience
from staff.matrix import may
from staff.once import once

UNPROCESSABLE = 422
PERIOD_DAYS = 90
LINES_SHOWN = 100
LEFT_SHOWN = 5


@audience("cases.agencies")
def agencies(request: StaffRequest) -> HttpResponse:
    """Every agency: its contract, its evaluation, and whether cases may be placed with it."""
    known = agencies_on(local_day(request.now))
    context = {
        "rows": [(each, Referral.objects.placed().filter(agency=each.agency).count()) for each in known],
        "waiting": _waiting(),
        "may_change": may(request.user.role, "lending.terms"),
    }
    return TemplateResponse(request, "cases/referrals/agencies.html", context)


@audience("cases.agencies")
def agency_page(request: StaffRequest, code: str) -> HttpResponse:
    """One agency: its score in a period, what it earned, its terms with what each version changed, its evaluations."""
    agency, on = get_object_or_404(Agency, code=code), local_day(request.now)
    usual = {"first": on - timedelta(days=PERIOD_DAYS), "last": on}
    form = PeriodForm({name: request.GET.get(name) or day for name, day in usual.items()})
    period = form.cleaned_data if form.is_valid() else usual
    found = score(agency, period["first"], period["last"], on)
    role = request.user.role
    context = {
        "agency": agency,
        "known": agency_on(agency, on),
        "form": form,
        "score": found,
        "stats": _stats(found),
        "lines": found.lines[:LINES_SHOWN],
        "versions": _versions(agency),
        "evaluations": list(agency.evaluations.select_related("by").order_by("-on", "-pk")[:10]),
        "waiting": _waiting(code),
        "may_change": may(role, "lending.terms"),
        "may_evaluate": may(role, "cases.agency_evaluate"),
        "may_place": may(role, "cases.refer_decide"),
        "files": [reverse("agency_file", args=[code, kind]) for kind in ("csv", "xlsx")]
        if may(role, "cases.agency_export")
        else [],
    }
    return TemplateResponse(request, "cases/referrals/agency.html", context)


def _stats(found: Score) -> list[dict[str, Any]]:
    rates = " · ".join(f"{each.rate} %" for each in found.sums if each.rate is not None)
    figures: list[tuple[Any, Any]] = [
        (_("Cases placed"), found.placed),
        (_("Of them running"), found.running),
        (_("Placed"), _money(found.sums, "placed")),
        (_("Came in"), _money(found.sums, "recovered")),
        (_("Share that came in"), rates or None),
        (_("Commission"), _money(found.sums, "commission")),
        (_("Contacts"), found.contacts),
        (_("Contacts against a rule"), found.refused),
        (_("Complaints for a thousand contacts"), found.per_thousand),
    ]
    return [{"label": label, "value": "–" if value is None else value} for label, value in figures]


def _money(sums: Sequence[Sum], name: str) -> str | None:
    return " · ".join(in_currency(getattr(each, name), each.currency) for each in sums) or None


def _versions(agency: Agency) -> list[tuple[AgencyTerms, list[Any]]]:
    newest = list(agency.terms.order_by("-valid_from"))
    return [
        (version, agency_terms.compared(before, agency_terms.terms_of(version)))
        for version, before in zip(newest, [*newest[1:], None], strict=True)
    ]


def _waiting(code: str = "") -> list[Change]:
    found = Change.objects.waiting().filter(kind=Change.Kind.AGENCY).select_related("maker").order_by("made_at")
    return list(found.filter(subject=code) if code else found)


@audience("lending.terms", post="lending.terms")
@once
def agency_new(request: StaffRequest) -> HttpResponse:
    form = AgencyTermsForm(request.POST or None, version=None)
    return _put_forward(request, form, lambda: str(form.cleaned_data["code"]), None)


@audience("lending.terms", post="lending.terms")
@once
def agency_change(request: StaffRequest, code: str) -> HttpResponse:
    """A new version, from the newest one."""
    agency = get_object_or_404(Agency, code=code)
    form = AgencyTermsForm(request.POST or None, version=agency_terms.newest(code))
    return _put_forward(request, form, lambda: code, agency)


def _put_forward(request: StaffRequest, form: AgencyTermsForm, code: Any, agency: Agency | None) -> HttpResponse:
    def act() -> Change:
        cleaned = form.cleaned_data
        return propose(
            kind=Change.Kind.AGENCY, subject=code(), from_on=cleaned["valid_from"], content=form.content,
            words=cleaned["words"], **who_and_when(request),
        )  # fmt: skip

    return put_forward(request, form, act, "cases/referrals/agency_terms.html", agency=agency)


@audience("cases.agency_evaluate", post="cases.agency_evaluate")
@once
def agency_evaluate(request: StaffRequest, code: str) -> HttpResponse:
    agency, status = get_object_or_404(Agency, code=code), 200
    form = EvaluationForm(request.POST or None, auto_id=DRAWER_ID)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                evaluate(agency, **form.cleaned_data, by=request.user, at=request.now, on=local_day(request.now))
            except ReferralError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("The evaluation is kept."))
                return redirect("agency_page", code)
    context = {"agency": agency, "form": form, "title": _("Evaluate the agency"), "submit": _("Keep it")}
    return TemplateResponse(request, "cases/referrals/agency_drawer.html", context, status=status)


@audience("cases.refer_decide", post="cases.refer_decide")
@once
def agency_place(request: StaffRequest, code: str) -> HttpResponse:
    """Ask to place many cases in one step; somebody else decides on the batch."""
    agency, on, status = get_object_or_404(Agency, code=code), local_day(request.now), 200
    known = agency_on(agency, on)
    if known.why_not or known.terms is None:
        messages.warning(request, known.why_not)
        return redirect("agency_page", code)
    form = PlaceForm(request.POST or None, on=on, terms=known.terms)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            asked = dict(form.cleaned_data)
            cases = candidates(request, asked.pop("stage"), asked.pop("most"), on)
            batch, made, left = ask_batch(cases, agency=agency, **asked, by=request.user, at=request.now, on=on)
            if made:
                words = ngettext(
                    "%(cases)s case waits for a decision.", "%(cases)s cases wait for a decision.", len(made)
                )
                messages.success(request, words % {"cases": len(made)})
                _tell_left(request, left)
                return redirect(f"{reverse('referrals')}?which=waiting&batch={batch}")
            form.add_error(None, _("No case of that stage can be placed now."))
    context = {"agency": agency, "form": form, "title": _("Place cases"), "submit": _("Ask for it")}
    return TemplateResponse(request, "cases/referrals/agency_drawer.html", context, status=status)


def candidates(request: StaffRequest, stage: str, most: int, on: date) -> list[Case]:
    """Open cases of that stage that nobody speaks for elsewhere and no hold stops, those longest without a talk first."""
    there = Referral.objects.unfinished().filter(case=OuterRef("pk"), kind=AGENCY)
    held = Hold.objects.filter(Q(to_on=None) | Q(to_on__gte=on), borrower=OuterRef("borrower"), lifted_at=None)
    talked = Max("borrower__contacts__at", filter=Q(borrower__contacts__outcome=Contact.Outcome.RIGHT_PARTY))
    found = Case.objects.visible_to(request.user).open().filter(~Exists(there), ~Exists(held), stage=stage)
    ordered = found.annotate(talked=talked).order_by(F("talked").asc(nulls_first=True), "pk")
    return list(ordered.select_related("borrower")[:most])


def _tell_left(request: StaffRequest, left: Sequence[tuple[Any, str]]) -> None:
    for what, why in left[:LEFT_SHOWN]:
        messages.warning(request, _("Left out: %(what)s. %(why)s") % {"what": what, "why": why})


@audience("cases.refer_decide", post="cases.refer_decide")
@once
def batch_decide(request: StaffRequest, batch: str) -> HttpResponse:
    """Decide all that wait of what was placed in one step."""
    waiting = Referral.objects.visible_to(request.user).waiting().filter(batch=batch)
    found, status = list(waiting.select_related("case__borrower", "agency").order_by("pk")), 200
    form = DecideForm(request.POST or None, auto_id=DRAWER_ID)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            approve, words = form.cleaned_data["verdict"] == "approve", form.cleaned_data["words"]
            try:
                decided, left = decide_batch(
                    found, approve=approve, words=words, by=request.user, at=request.now, on=local_day(request.now)
                )
            except ReferralError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("%(cases)s decided.") % {"cases": decided})
                _tell_left(request, left)
                return redirect(f"{reverse('referrals')}?batch={batch}")
    context = {"batch": batch, "found": found, "form": form}
    return TemplateResponse(request, "cases/referrals/batch.html", context, status=status)


@audience("cases.agency_export")
def agency_file(request: StaffRequest, code: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """What the agency is given of the cases placed with it, as a file; who took it is on record."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    agency, on = get_object_or_404(Agency, code=code), day_of(request)
    batch = request.GET.get("batch", "")[:32]
    if count_of(agency, batch, ROWS_MAX) > ROWS_MAX:
        words = _("More than %(most)s loans are with this agency. Ask for one placement; nothing was exported.")
        return HttpResponse(words % {"most": f"{ROWS_MAX:,}"}, status=413, content_type="text/plain")
    found = hand_over(agency, batch, by=request.user, at=request.now)
    rows = (cells(row) for row in rows_of(found, on))
    return as_file(kind, rows, head=HEAD, name=f"placements-{code}-{on:%Y-%m-%d}")
