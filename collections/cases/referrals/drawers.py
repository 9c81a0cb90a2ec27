"""The drawers of a referral: asked for beside a case, decided, written about, ended."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.edge import StaffRequest, day_of
from cases.facts import loans_now
from cases.models import Attachment
from cases.referrals import asking, deciding, ending, going, visits
from cases.referrals.agencies import agencies_on
from cases.referrals.errors import ReferralError, ReferralStaleError
from cases.referrals.forms import DRAWER_ID, DecideForm, EndForm, PapersForm, ReferForm, StageForm
from cases.referrals.kinds import AGENCY, KINDS, VISIT
from cases.referrals.models import Referral
from cases.referrals.obstacles import visit_answer
from cases.referrals.views import find_referral
from cases.views.common import find_case
from contacts.calls import RefusedError
from contacts.desk import way
from contacts.models import Channel
from contacts.words import sentence, zone_for
from staff.access import audience
from staff.once import once

CONFLICT, UNPROCESSABLE = 409, 422


@audience("cases.refer")
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """Which kind: each with what it is for and who decides."""
    case = find_case(request, pk)
    there = set(Referral.objects.unfinished().filter(case=case).values_list("kind", flat=True))
    kinds = [(kind, Referral.Kind(kind).label, KIND_WORDS[kind](), kind in there) for kind in KINDS]
    return TemplateResponse(request, "cases/referrals/choose.html", {"case": case, "kinds": kinds})


KIND_WORDS: dict[str, Callable[[], str]] = {
    VISIT: lambda: _(
        "Two people go and see the borrower. The gate is asked before it is approved and when they set out."
    ),
    AGENCY: lambda: _("An agency works the case for a time, and the house is silent meanwhile. A manager decides."),
    "mediation": lambda: _("A mediation body brings both to one table."),
    "lawsuit": lambda: _("The claim is brought before a court. A manager decides."),
}


@audience("cases.refer", post="cases.refer")
@once
def refer(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for it; somebody else decides."""
    if kind not in KINDS:
        raise Http404
    case, on = find_case(request, pk), local_day(request.now)
    behind = [row for row in loans_now(case.borrower_id, day_of(request)) if row.standing.days_past_due > 0]
    known = agencies_on(on) if kind == AGENCY else []
    form = ReferForm(request.POST or None, kind=kind, loans=behind, known=known, on=on)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                made = asking.ask(case=case, kind=kind, **form.cleaned_data, by=request.user, at=request.now, on=on)
            except ReferralError as error:
                _put(form, error)
            else:
                messages.success(request, _("%(number)s waits for somebody else's decision.") % {"number": made})
                return redirect("referral", made.pk)
    context = {"case": case, "form": form, "label": Referral.Kind(kind).label, "words": KIND_WORDS[kind]()}
    return TemplateResponse(request, "cases/referrals/refer.html", context, status=status)


def _put(form: forms.Form, error: ReferralError) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error))


def _act(
    request: StaffRequest,
    found: Referral,
    form: forms.Form,
    verb: Callable[[dict[str, Any]], object],
    *,
    done: str,
    title: str,
    lead: str,
    submit: str,
    **more: Any,
) -> HttpResponse:
    """Draw a drawer's form, or act on it and go back to the referral."""
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                verb(form.cleaned_data)
            except ReferralError as error:
                _put(form, error)
                status = CONFLICT if isinstance(error, ReferralStaleError) else UNPROCESSABLE
            else:
                messages.success(request, done)
                return redirect("referral", found.pk)
        found.refresh_from_db()
    context = {"referral": found, "form": form, "title": title, "lead": lead, "submit": submit, **more}
    return TemplateResponse(request, "cases/referrals/drawer.html", context, status=status)


def moving(request: StaffRequest) -> dict[str, Any]:
    """What every step is told by its edge; `seen` is the version that the form was drawn from."""
    text = request.POST.get("seen", "")
    seen = int(text) if text.isdecimal() and len(text) < 10 else None
    return {"by": request.user, "at": request.now, "on": local_day(request.now), "seen": seen}


@audience("cases.refer_decide", post="cases.refer_decide")
@once
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Approve or refuse; a visit shows what the gate says of its hour."""
    found = find_referral(request, pk)

    def act(cleaned: dict[str, Any]) -> None:
        approve = cleaned["verdict"] == "approve"
        deciding.decide(found, approve=approve, words=cleaned["words"], **moving(request))

    verdict = request.GET.get("verdict")
    return _act(
        request,
        found,
        DecideForm(request.POST or None, auto_id=DRAWER_ID, initial={"verdict": verdict}),
        act,
        done=_("It is decided."),
        title=_("Decide"),
        lead=found.words,
        submit=_("Decide"),
        why_not=deciding.why_not(found, request.user),
        way=_way(request, found),
    )


def _way(request: StaffRequest, found: Referral) -> Any:
    """What the gate says to a visit at its hour."""
    if found.kind != VISIT or found.visit_at is None:
        return None
    return way(visit_answer(found, found.visit_at), found.case.borrower, Channel.VISIT, found.visit_at)


@audience("cases.refer", post="cases.refer")
@once
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    found = find_referral(request, pk)
    return _act(
        request,
        found,
        forms.Form(request.POST or None),
        lambda cleaned: asking.withdraw(found, **moving(request)),
        done=_("The request is withdrawn."),
        title=_("Withdraw the request"),
        lead=_("Nobody has decided on it yet."),
        submit=_("Withdraw the request"),
    )


@audience("cases.refer", post="cases.refer")
@once
def note(request: StaffRequest, pk: int) -> HttpResponse:
    found = find_referral(request, pk)
    currency = currency_of(found)
    return _act(
        request,
        found,
        PapersForm(request.POST or None, currency=currency, files=files_of(found)),
        lambda cleaned: going.note(found, **_papers(cleaned, currency), **moving(request)),
        done=_("It is kept."),
        title=_("Note, paper or cost"),
        lead=_("A cost that was wrong is corrected by a second note, with a minus."),
        submit=_("Keep it"),
    )


@audience("cases.refer", post="cases.refer")
@once
def stage(request: StaffRequest, pk: int) -> HttpResponse:
    found, on = find_referral(request, pk), local_day(request.now)
    currency = currency_of(found)
    return _act(
        request,
        found,
        StageForm(request.POST or None, referral=found, on=on, currency=currency, files=files_of(found)),
        lambda cleaned: going.move(found, **_papers(cleaned, currency), **moving(request)),
        done=_("The stage is kept."),
        title=_("Next stage"),
        lead=_("Only what may follow is offered."),
        submit=_("Keep it"),
    )


@audience("contacts.contact", post="contacts.contact")
@once
def set_out(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask the gate in earnest, now; answered with a redirect either way, so that the verdict is kept."""
    found = find_referral(request, pk)

    def act(cleaned: dict[str, Any]) -> None:
        visits.set_out(found, **moving(request))

    try:
        return _act(
            request,
            found,
            forms.Form(request.POST or None),
            act,
            done=_("The visit is reserved in the contact log. Show your cards, and record the whole visit."),
            title=_("Set out"),
            lead=_("Two people, with cards and recorder. The gate is asked once more, and its answer is kept."),
            submit=_("We set out"),
            way=way(visit_answer(found, request.now), found.case.borrower, Channel.VISIT, request.now),
        )
    except RefusedError as refused:
        told = sentence(refused.answer, Channel.VISIT, request.now, zone_for(found.case.borrower))
        messages.warning(request, told)
        return redirect("referral", found.pk)


@audience("cases.refer", post="cases.refer")
@once
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what came of it, or call it back."""
    found = find_referral(request, pk)
    currency = currency_of(found)
    asks_when = found.kind == VISIT and visits.slot_of(found) is None
    form = EndForm(
        request.POST or None, results=ending.results_of(found), asks_when=asks_when, currency=currency,
        files=files_of(found), initial={"happened_at": found.visit_at},
    )  # fmt: skip
    return _act(
        request,
        found,
        form,
        lambda cleaned: ending.end(found, **_papers(cleaned, currency), **moving(request)),
        done=_("It has ended; the case is back on the desk."),
        title=_("What came of it"),
        lead=_("The case goes back to whoever has it in hand."),
        submit=_("End it"),
    )


def currency_of(found: Referral) -> str:
    """The currency of its first loan, in which costs are written."""
    return found.loans.order_by("pk").values_list("loan__currency", flat=True).first() or "CNY"


def files_of(found: Referral) -> QuerySet[Attachment]:
    """The files of the borrower's cases, the newest first."""
    return Attachment.objects.filter(case__borrower=found.case.borrower_id).order_by("-pk")


def _papers(cleaned: dict[str, Any], currency: str) -> dict[str, Any]:
    return cleaned | {"cost": cleaned.get("cost") or 0, "currency": currency}
