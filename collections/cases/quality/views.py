"""Quality: what waits for a reviewer, one review, and what the reviews say."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.models import Case
from cases.quality.checklist import ANSWERS, CHECKLIST
from cases.quality.forms import ReplyForm, ReviewForm
from cases.quality.models import Review, ReviewQuerySet
from cases.quality.numbers import numbers
from cases.quality.reviewing import ReviewError, answer_review, pick, write_review
from contacts.edge import StaffRequest
from contacts.models import Contact
from lending.pages import name_for
from staff.access import audience
from staff.matrix import may
from staff.once import once

CONFLICT, UNPROCESSABLE = 409, 422
ROWS_MAX = 200
NUMBERS_DAYS = 90


def find_review(request: StaffRequest, pk: int) -> Review:
    seen = Review.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("contact__borrower", "contact__point", "agent", "reviewer"), pk=pk)


@audience("cases.quality")
def reviews(request: StaffRequest) -> HttpResponse:
    """What waits, the oldest first; written ones, the newest first; an agent's own."""
    which = request.GET.get("which", "")
    seen = Review.objects.visible_to(request.user).select_related("contact__borrower", "agent", "reviewer")
    is_agent = not may(request.user.role, "cases.quality_read")
    rows = _chosen(seen, "written" if is_agent and not which else which)[: ROWS_MAX + 1]
    context = {
        "rows": rows[:ROWS_MAX],
        "has_more": len(rows) > ROWS_MAX,
        "chips": _chips(which, is_agent),
        "is_agent": is_agent,
    }
    return TemplateResponse(request, "cases/quality/list.html", context)


def _chosen(seen: ReviewQuerySet, which: str) -> ReviewQuerySet:
    written = seen.filter(state=Review.State.WRITTEN).order_by("-written_at", "-pk")
    match which:
        case "written":
            return written
        case "unanswered":
            return written.filter(replied_at=None)
        case "contested":
            return written.filter(agrees=False)
        case _:
            return seen.waiting().order_by("picked_on", "pk")


def _chips(which: str, is_agent: bool) -> list[dict[str, Any]]:
    names = [("unanswered", _("Not answered yet")), ("contested", _("Seen differently"))]
    if not is_agent:
        names.insert(0, ("written", _("Written")))
    url = reverse("reviews")
    return [
        {"label": label, "url": url if code == which else f"{url}?which={code}", "is_on": code == which, "count": None}
        for code, label in names
    ]


@audience("cases.quality", post="cases.quality_review")
@once
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """One contact and the checklist; written, it shows what was found and the answer to it."""
    found, status = find_review(request, pk), 200
    form = ReviewForm(request.POST or None)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            told = {"answers": form.answers(), "coaching": form.cleaned_data["coaching"]}
            try:
                write_review(found, **told, by=request.user, at=request.now)
            except ReviewError as error:
                form.add_error(error.field, str(error))
                status = UNPROCESSABLE if error.field else CONFLICT
            else:
                messages.success(request, _("The review is written; whoever it is about can read and answer it."))
                return redirect("reviews")
    is_mine = found.agent_id == request.user.pk
    waits = found.state == Review.State.WAITING
    case = Case.objects.visible_to(request.user).filter(borrower=found.contact.borrower_id).order_by("-pk").first()
    context = {
        "review": found,
        "contact": found.contact,
        "name": name_for(found.contact.borrower, request.user),
        "case": case,
        "form": form if waits and may(request.user.role, "cases.quality_review") and not is_mine else None,
        "answers": _answered(found),
        "may_reply": is_mine and found.state == Review.State.WRITTEN and found.replied_at is None,
    }
    return TemplateResponse(request, "cases/quality/review.html", context, status=status)


def _answered(found: Review) -> list[tuple[Any, str, Any]]:
    words = dict(ANSWERS)
    return [
        (item.words, found.answers[item.code], words[found.answers[item.code]])
        for item in CHECKLIST
        if item.code in found.answers
    ]


@audience("cases.quality_reply", post="cases.quality_reply")
@once
def reply(request: StaffRequest, pk: int) -> HttpResponse:
    """The answer of whoever the review is about."""
    found, status, form = find_review(request, pk), 200, ReplyForm(request.POST or None)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                answer_review(found, **form.cleaned_data, by=request.user, at=request.now)
            except ReviewError as error:
                form.add_error(error.field, str(error))
                status = UNPROCESSABLE if error.field else CONFLICT
            else:
                messages.success(request, _("Your answer is kept with the review."))
                return redirect("review", found.pk)
    return TemplateResponse(request, "cases/quality/reply.html", {"review": found, "form": form}, status=status)


@audience("cases.quality_review", post="cases.quality_review")
@once
def review_pick(request: StaffRequest, pk: int) -> HttpResponse:
    """Have a contact reviewed that no rule has picked; one that was picked leads to its review."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("by", "borrower"), pk=pk)
    known = Review.objects.visible_to(request.user).filter(contact=contact).first()
    if known:
        return redirect("review", known.pk)
    form, status = forms.Form(request.POST or None), 200
    if request.method == "POST":
        try:
            made = pick(contact, on=local_day(request.now), by=request.user, at=request.now)
        except ReviewError as error:
            form.add_error(None, str(error))
            status = UNPROCESSABLE
        else:
            return redirect("review", made.pk)
    return TemplateResponse(request, "cases/quality/pick.html", {"contact": contact, "form": form}, status=status)


@audience("cases.quality_read")
def review_numbers(request: StaffRequest) -> HttpResponse:
    """What the reviews of the last quarter say, by agent and by item."""
    since = local_day(request.now) - timedelta(days=NUMBERS_DAYS)
    agents, items = numbers(Review.objects.visible_to(request.user), since)
    return TemplateResponse(
        request, "cases/quality/numbers.html", {"agents": agents, "items": items, "days": NUMBERS_DAYS}
    )
