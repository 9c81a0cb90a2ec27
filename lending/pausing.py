"""Pausing a loan's clock or its penalty, from any day to any day, and ending a pause early.

A pause is a fact like a payment: entered late it replays what followed, and the differences are appended. Whoever stands
above the book names itself as the `source` and can so end what it began.
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending.horizon import hold_loans
from lending.models import Loan, Pause, PauseEnd
from lending.settling import settle_reached
from lending.signals import pause_changed
from staff.models import User


class PauseError(ValueError):
    """A pause that cannot be, in words for whoever asks; `field` is the one to look at."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def pause_loan(
    *,
    loan: Loan,
    kind: str,
    from_on: date,
    to_on: date | None,
    reason: str,
    by: User | None,
    at: datetime,
    source: str = "",
) -> Pause:
    """Leave out the days [from_on, to_on); None: until it is ended. The same source pauses a loan once. PauseError."""
    if from_on < loan.start_on:
        words = _("The loan starts on %(day)s.") % {"day": loan.start_on.isoformat()}
        raise PauseError("from_on", words)
    if to_on is not None and to_on <= from_on:
        raise PauseError("to_on", _("A pause ends after it begins."))
    hold_loans([loan.pk])
    same = Pause.objects.filter(loan=loan, kind=kind, source=source) if source else Pause.objects.none()
    if made := same.first():
        return made
    made = Pause.objects.create(
        loan=loan, kind=kind, from_on=from_on, to_on=to_on, reason=reason, source=source, made_by=by, made_at=at
    )
    days = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat() if to_on else None}
    about = {"loan": loan.number, "kind": str(kind), "reason": reason, "source": source}
    record("lending.pause_made", by=by, at=at, subject=made, **about, **days)
    settle_reached([loan.pk])
    pause_changed.send(Pause, loan=loan, at=at)
    return made


@transaction.atomic
def end_pause(pause: Pause, *, to_on: date, by: User | None, at: datetime) -> PauseEnd:
    """Let the days from `to_on` on count again; its first day: it never was. PauseError."""
    if to_on < pause.from_on:
        raise PauseError("to_on", _("The pause begins on %(day)s.") % {"day": pause.from_on.isoformat()})
    if pause.to_on is not None and to_on >= pause.to_on:
        raise PauseError("to_on", _("The pause ends on %(day)s by itself.") % {"day": pause.to_on.isoformat()})
    hold_loans([pause.loan_id])
    try:
        with transaction.atomic():
            ended = PauseEnd.objects.create(pause=pause, to_on=to_on, made_by=by, made_at=at)
    except IntegrityError:
        raise PauseError("to_on", _("Somebody has ended this pause before.")) from None
    about = {"loan": pause.loan.number, "kind": str(pause.kind), "to_on": to_on.isoformat()}
    record("lending.pause_ended", by=by, at=at, subject=pause, **about)
    settle_reached([pause.loan_id])
    pause_changed.send(Pause, loan=pause.loan, at=at)
    return ended


def end_pauses_of(source: str, *, on: date, by: User | None, at: datetime) -> None:
    """End on `on` whatever that source began and has not ended; what had not begun then never was."""
    for pause in Pause.objects.filter(source=source, end=None).select_related("loan"):
        day = max(on, pause.from_on)
        if pause.to_on is None or day < pause.to_on:
            end_pause(pause, to_on=day, by=by, at=at)
