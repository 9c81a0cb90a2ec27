"""What this floor and those below tell on the timeline of a borrower: over all their cases, for it is one story."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk import TimelineItem, newest, register_timeline
from cases.edge import StaffRequest, day_of
from cases.models import Attachment, Case, CaseEvent, CaseNote
from cases.steps.choosing import outcome_name
from cases.tracing.means import means_name
from cases.words import event_in_words
from contacts.models import Channel, Contact, Hold
from lending.models import ContactPoint, Payment, ScheduleVersion
from lending.templatetags.money import in_currency
from staff.matrix import may
from staff.statements import Blank
from staff.templatetags.ui import day_words

PROMISE_EVENTS = [
    *("promise_recorded", "promise_withdrawn", "promise_part_met"),
    *("promise_kept", "promise_part_kept", "promise_broken"),
]
SAID_EVENTS = ["reason_recorded", "says_paid", "callback_set", "traced"]
TONES = {
    "promise_part_met": "good",
    "promise_kept": "good",
    "cured": "good",
    "watch_ended": "good",
    "returned": "bad",
    "promise_broken": "bad",
    "promise_recorded": "accent",
}
ICONS = {
    "says_paid": "payment",
    "callback_set": "call",
    "reason_recorded": "note",
    "traced": "search",
    "handed_over": "handover",
}
HOLDS_MAX = 600
"""Each may tell of two moments, so they are not cut by one."""


BY = ("by__display_name", "by__username")
"""Of whoever did it no more is read than the name: a part of the timeline looks at several hundred rows."""


def name_of(display_name: str | None, username: str | None) -> str:
    """As `str` of the person; "" for the system."""
    return display_name or username or ""


def _events(
    case: Case, request: StaffRequest, events: list[str] | None, kind: str, icon: str
) -> Iterator[TimelineItem]:
    rows = CaseEvent.objects.filter(case__borrower=case.borrower_id)
    rows = rows.filter(event__in=events) if events else rows.exclude(event__in=PROMISE_EVENTS + SAID_EVENTS)
    for at, event, facts, *by in newest(rows, request).values_list("at", "event", "facts", *BY):
        yield TimelineItem(
            at=at,
            kind=kind,
            icon=ICONS.get(event, icon),
            title=event_in_words(event, facts),
            detail=str(facts.get("note", "")),
            by=name_of(*by),
            tone=TONES.get(event, ""),
        )


def promises(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    return _events(case, request, PROMISE_EVENTS, "promise", "promise")


def said(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    return _events(case, request, SAID_EVENTS, "said", "note")


def numbers(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    """Numbers and addresses that somebody added by hand, masked; those of the loan tape are no news."""
    rows = ContactPoint.objects.filter(borrower=case.borrower_id, added_by__isnull=False).select_related("added_by")
    for row in newest(rows, request, "added_at"):
        title = _("%(kind)s added: %(point)s") % {"kind": row.get_kind_display(), "point": row}
        yield TimelineItem(row.added_at, "said", "call", title, means_name(row.source), str(row.added_by))


def moved(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    return _events(case, request, None, "case", "cases")


def notes(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    rows = CaseNote.objects.filter(case__borrower=case.borrower_id)
    for at, text, *by in newest(rows, request).values_list("at", "text", *BY):
        yield TimelineItem(at, "note", "note", _("Note"), text, name_of(*by))


def files(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    """Files that somebody put on a case; the link hands one out."""
    rows = Attachment.objects.filter(case__borrower=case.borrower_id).select_related("by")
    for row in newest(rows, request):
        title = _("File: %(name)s (%(size)s)") % {"name": row.name, "size": filesizeformat(row.size)}
        url = reverse("case_file", args=[case.pk, row.pk])
        yield TimelineItem(row.at, "note", "download", title, row.note, str(row.by), url)


def calls(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    """Calls and visits; messages are told by the floor that sends them."""
    rows = Contact.objects.filter(borrower=case.borrower_id, channel__in=[Channel.CALL, Channel.VISIT])
    told = newest(rows.exclude(state=Contact.State.RELEASED), request)
    may_review = may(request.user.role, "cases.quality_review")
    channels, outcomes = dict(Channel.choices), dict(Contact.Outcome.choices)
    for pk, at, channel, direction, result, code, seconds, note, by_id, *by in told.values_list(
        "pk", "at", "channel", "direction", "outcome", "code", "seconds", "note", "by", *BY
    ):
        way = _("incoming") if direction == Contact.Direction.IN else ""
        outcome = str(outcomes.get(result, result)) if result else _("not written down yet")
        outcome = outcome_name(code, outcome, day_of(request)) if code else outcome
        length = _("%(seconds)s seconds") % {"seconds": seconds} if seconds else ""
        title = " · ".join(part for part in [str(channels[channel]), way, outcome, length] if part)
        tone = "good" if result == Contact.Outcome.RIGHT_PARTY else ""
        url = reverse("review_pick", args=[pk]) if may_review and by_id not in {None, request.user.pk} else ""
        yield TimelineItem(at, "call", "call", title, note, name_of(*by), url, tone)


def payments(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    rows = Payment.objects.filter(loan__borrower=case.borrower_id).select_related("loan", "posted_by")
    for row in newest(rows, request, "posted_at"):
        words = (
            _("Paid %(amount)s on %(number)s") if row.amount > 0 else _("Payment reversed: %(amount)s on %(number)s")
        )
        if row.amount < 0 and row.channel == Payment.Channel.DEBIT:
            words = _("Direct debit returned by the bank: %(amount)s on %(number)s")
        title = words % {"amount": in_currency(row.amount, row.currency), "number": row.loan.number}
        detail = " · ".join(filter(None, [_("value date %(day)s") % {"day": day_words(row.value_on)}, row.note]))
        by, tone = str(row.posted_by or ""), "good" if row.amount > 0 else "bad"
        yield TimelineItem(row.posted_at, "payment", "payment", title, detail, by, tone=tone)


def schedules(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    """New schedules; the first is the loan itself."""
    rows = ScheduleVersion.objects.standing().filter(loan__borrower=case.borrower_id, number__gt=1)
    for row in newest(rows.select_related("loan", "made_by"), request, "made_at"):
        title = _("New schedule for %(number)s from %(day)s") % {
            "number": row.loan.number,
            "day": day_words(row.effective_on),
        }
        yield TimelineItem(row.made_at, "plan", "plan", title, by=str(row.made_by or ""), tone="accent")


def holds(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    rows = Hold.objects.filter(borrower=case.borrower_id).select_related("placed_by", "lifted_by")
    for row in rows.order_by(F("placed_at").desc(), "-pk")[:HOLDS_MAX]:
        kind = row.get_kind_display()
        if row.lifted_at:
            by = str(row.lifted_by or "")
            yield TimelineItem(row.lifted_at, "hold", "hold", _("Hold lifted: %(kind)s") % {"kind": kind}, by=by)
        title = _("Hold placed: %(kind)s") % {"kind": kind}
        yield TimelineItem(row.placed_at, "hold", "hold", title, row.reason, str(row.placed_by))


def _added_by_hand() -> QuerySet[Any, Any]:
    return ContactPoint.objects.filter(borrower=Blank("borrower"), added_by__isnull=False).values_list("pk")[:1]


def _noted() -> QuerySet[Any, Any]:
    return CaseNote.objects.filter(case__borrower=Blank("borrower")).values_list("pk")[:1]


def _attached() -> QuerySet[Any, Any]:
    return Attachment.objects.filter(case__borrower=Blank("borrower")).values_list("pk")[:1]


def _held() -> QuerySet[Any, Any]:
    return Hold.objects.filter(borrower=Blank("borrower")).values_list("pk")[:1]


def _rescheduled() -> QuerySet[Any, Any]:
    rows = ScheduleVersion.objects.standing().filter(loan__borrower=Blank("borrower"), number__gt=1)
    return rows.values_list("pk")[:1]


register_timeline("call", gettext_lazy("Calls"), calls)
register_timeline("promise", gettext_lazy("Promises"), promises)
register_timeline("payment", gettext_lazy("Payments"), payments)
register_timeline("said", gettext_lazy("What was said"), said)
register_timeline("said", gettext_lazy("What was said"), numbers, _added_by_hand)
register_timeline("note", gettext_lazy("Notes"), notes, _noted)
register_timeline("note", gettext_lazy("Notes"), files, _attached)
register_timeline("hold", gettext_lazy("Holds"), holds, _held)
register_timeline("plan", gettext_lazy("Plans"), schedules, _rescheduled)
register_timeline("case", gettext_lazy("Case"), moved)
