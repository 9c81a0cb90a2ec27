"""The drawers of the case page: promise, says has paid, callback, note, reason, hand over."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.assignment import Load, ask_hand_over, hand_over, loads_of
from cases.callbacks import set_callback
from cases.claims import PAUSE_WORKING_DAYS, says_paid
from cases.edge import StaffRequest, day_of
from cases.facts import loans_now, owed
from cases.forms import CallbackForm, HandOverForm, NoteForm, PaidClaimForm, PromiseForm, ReasonForm
from cases.models import Case, Promise
from cases.notes import add_note
from cases.promises import record_promise
from cases.reasons import record_reason
from cases.views.common import answer_form, find_case, seen_version
from lending.workdays import working_days_after
from staff.access import audience
from staff.models import User
from staff.once import once
from staff.templatetags.ui import day_words


def _moving(request: StaffRequest, case: Case) -> dict[str, Any]:
    """What every move is told by its edge."""
    return {
        "case": case,
        "by": request.user,
        "at": request.now,
        "on": day_of(request),
        "seen": seen_version(request),
    }


@audience("cases.work", post="cases.work")
@once
def promise(request: StaffRequest, pk: int) -> HttpResponse:
    case, on = find_case(request, pk), day_of(request)
    now = owed(loans_now(case.borrower_id, on))
    waiting = Promise.objects.filter(case=case, state=Promise.State.OPEN).first()
    form = PromiseForm(
        request.POST or None, currency=now.currency, on=on, overdue=now.overdue, has_open=waiting is not None
    )
    return answer_form(
        request,
        case,
        form,
        lambda cleaned: record_promise(**_moving(request, case), **cleaned),
        template="cases/promise.html",
        done=_("The promise is recorded."),
        owed=now,
        waiting=waiting,
    )


@audience("cases.work", post="cases.work")
@once
def paid_claim(request: StaffRequest, pk: int) -> HttpResponse:
    case = find_case(request, pk)
    until = working_days_after(day_of(request), PAUSE_WORKING_DAYS)
    return answer_form(
        request,
        case,
        PaidClaimForm(request.POST or None),
        lambda cleaned: says_paid(**_moving(request, case), **cleaned),
        done=_("Reminders pause until the money can have arrived."),
        title=_("Says has paid"),
        lead=_("Reminders pause until %(day)s, and a promise is not broken meanwhile.") % {"day": day_words(until)},
        submit=_("Take their word"),
    )


@audience("cases.work", post="cases.work")
@once
def callback(request: StaffRequest, pk: int) -> HttpResponse:
    case = find_case(request, pk)
    return answer_form(
        request,
        case,
        CallbackForm(request.POST or None, initial={"callback_at": _offered(request) or case.callback_at}),
        lambda cleaned: set_callback(**_moving(request, case), **cleaned),
        done=_("The case comes back at that time."),
        title=_("Callback"),
        lead=_("The case leaves your list until then and comes back first. Times are those of this office."),
        submit=_("Set the callback"),
    )


def _offered(request: StaffRequest) -> datetime | None:
    """The moment that the page before offered (`?at=`, unix seconds): when a call becomes lawful."""
    text = request.GET.get("at", "")
    return datetime.fromtimestamp(int(text), UTC) if text.isdecimal() and len(text) <= 11 else None


@audience("cases.work", post="cases.work")
@once
def note(request: StaffRequest, pk: int) -> HttpResponse:
    case = find_case(request, pk)
    return answer_form(
        request,
        case,
        NoteForm(request.POST or None),
        lambda cleaned: add_note(case=case, by=request.user, at=request.now, **cleaned),
        done=_("The note is kept."),
        title=_("Note"),
        lead=_("Write what a colleague needs to know. The borrower may ask to read it."),
        submit=_("Keep the note"),
    )


@audience("cases.work", post="cases.work")
@once
def reason(request: StaffRequest, pk: int) -> HttpResponse:
    case = find_case(request, pk)
    return answer_form(
        request,
        case,
        ReasonForm(request.POST or None, initial={"code": case.reason_behind}),
        lambda cleaned: record_reason(**_moving(request, case), **cleaned),
        done=_("The reason is recorded."),
        title=_("Reason for being behind"),
        lead=_("As the borrower says it today; earlier answers stay on the timeline."),
        submit=_("Record the reason"),
    )


@audience("cases.work", post="cases.work")
@once
def handover(request: StaffRequest, pk: int) -> HttpResponse:
    case = find_case(request, pk)
    colleagues = colleagues_with_room(request, case)
    people = {load.agent.pk: load.agent for load in colleagues}

    def act(cleaned: dict[str, Any]) -> None:
        to, words = people.get(cleaned["to"]), cleaned["note"]
        if to is None:
            ask_hand_over(**_moving(request, case), reason=words)
        else:
            hand_over(**_moving(request, case), to=to, reason=words)

    return answer_form(
        request,
        case,
        HandOverForm(request.POST or None, colleagues=colleagues),
        act,
        done=_("Done: the case is handed over, or the supervisor has been asked."),
        leads_to=lambda: _back_to(request, case),
        title=_("Hand over"),
        lead=_("A colleague with room takes it at once; otherwise your supervisor is asked."),
        submit=_("Hand over"),
    )


def _back_to(request: StaffRequest, case: Case) -> str:
    """The case, or one's list where the case has left one's hands."""
    stays = Case.objects.visible_to(request.user).filter(pk=case.pk).exists()
    return reverse("case_page", args=[case.pk]) if stays else reverse("my_day")


def colleagues_with_room(request: StaffRequest, case: Case) -> list[Load]:
    """Agents of the same teams who are here today and can carry one more."""
    people = User.objects.in_teams_of(request.user).agents().present_on(day_of(request))
    people = people.exclude(pk=case.owner_id or 0).order_by("display_name", "username")
    return [load for load in loads_of(list(people)) if load.room]
