"""What this floor adds to the case page: the message action, and messages on the timeline."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.desk import Action, TimelineItem, newest, register_action, register_timeline
from cases.edge import StaffRequest
from cases.models import Case
from dunning.listing import Row, rows_of
from dunning.models import Reminder, Reply
from dunning.texts import shown
from staff.matrix import may
from staff.statements import Blank

TONES = {Reminder.State.FAILED: "bad", Reminder.State.UNKNOWN: "bad"}


def _reminded() -> QuerySet[Any, Any]:
    return Reminder.objects.filter(borrower=Blank("borrower")).values_list("pk")[:1]


def messages_told(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    """Messages of this borrower, whatever became of them; those that are only planned come when their time has come."""
    rows = Reminder.objects.filter(borrower=case.borrower_id, due_at__lte=request.now)
    told = rows.select_related("borrower", "funder", "planned_by").annotate(told_at=Coalesce("finished_at", "due_at"))
    recent = newest(told, request, "told_at")
    has_page = may(request.user.role, "dunning.read")
    for row in rows_of(list(recent), request.user):
        yield _item(row, reverse("reminder_page", args=[row.reminder.pk]) if has_page else "")


def _item(row: Row, url: str) -> TimelineItem:
    reminder = row.reminder
    state = reminder.get_state_display() + (f" ({row.reason})" if row.reason else "")
    return TimelineItem(
        at=reminder.finished_at or reminder.due_at,
        kind="message",
        icon="message",
        title=f"{row.step} · {state}",
        detail=row.text,
        by=str(reminder.planned_by or ""),
        url=url,
        tone=TONES.get(Reminder.State(reminder.state), ""),
    )


def _replies(borrower: Any) -> "QuerySet[Reply]":
    theirs = Reminder.objects.filter(borrower=borrower).values("message_id")
    return Reply.objects.filter(receipt__message_id__in=theirs)


def _answered() -> QuerySet[Any, Any]:
    return _replies(Blank("borrower")).values_list("pk")[:1]


def answers_told(case: Case, request: StaffRequest) -> Iterator[TimelineItem]:
    """What this borrower answered to messages."""
    rows = _replies(case.borrower_id).select_related("receipt")
    for answer in newest(rows, request, "receipt__received_at"):
        yield TimelineItem(
            at=answer.receipt.received_at,
            kind="message",
            icon="message",
            title=str(_("The borrower answered")),
            detail=shown(answer.text),
        )


register_timeline("message", _("Messages"), messages_told, _reminded)
register_timeline("message", _("Messages"), answers_told, _answered)
register_action(
    Action(
        code="message",
        label=_("Message"),
        key="m",
        url=lambda case: reverse("message_write", args=[case.pk]),
        order=30,
        capability="dunning.write",
        icon="message",
    )
)
