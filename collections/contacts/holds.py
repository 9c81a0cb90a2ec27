"""Holds: reasons for which a borrower is left in peace. Which hold stops what is a table in `contacts.judging`."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from audit.clock import local_day
from audit.record import record
from contacts.hold_effects import effect_on
from contacts.models import Hold
from contacts.signals import contact_unwanted, hold_changed
from lending.models import Borrower, Loan, Pause
from lending.pausing import end_pauses_of, pause_loan
from lending.sql.reading import among
from staff.models import User

OF_THE_CONSOLE = frozenset({Hold.Kind.PLACED})
"""Holds that the console places and lifts with what they are for; nobody does either by hand."""


class HoldError(ValueError):
    """A hold that cannot be placed or lifted; `code` says why: is_open, is_lifted or ends_before_start."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def place_hold(
    *,
    borrower: Borrower,
    kind: str,
    reason: str,
    from_on: date,
    to_on: date | None,
    by: User,
    at: datetime,
    evidence: str = "",
) -> Hold:
    """Place a hold from `from_on` to `to_on`, both included (None: until it is lifted); one open hold of a kind.

    Penalty and interest rest on every loan that runs where the kind has them rest (`contacts.hold_effects`).
    """
    if to_on is not None and to_on < from_on:
        raise HoldError("ends_before_start")
    contact_unwanted.send(Hold, borrower=borrower)
    placed = Hold(
        borrower=borrower, kind=kind, reason=reason, evidence=evidence, from_on=from_on, to_on=to_on, placed_by=by,
        placed_at=at,
    )  # fmt: skip
    Hold.objects.filter(borrower=borrower, kind=kind, lifted_at=None, to_on__lt=from_on).update(
        lifted_at=at, lifted_by=by
    )
    try:
        with transaction.atomic():
            placed.save(force_insert=True)
    except IntegrityError:
        raise HoldError("is_open") from None
    record(
        "contacts.hold_placed",
        by=by,
        at=at,
        subject=borrower,
        hold=placed.pk,
        kind=kind,
        from_on=from_on.isoformat(),
        to_on=to_on.isoformat() if to_on else None,
    )
    effect = effect_on(kind, from_on)
    if effect.interest or effect.penalty:
        _pause(placed, Pause.Kind.INTEREST if effect.interest else Pause.Kind.PENALTY, by, at)
    hold_changed.send(Hold, borrower=borrower, at=at)
    return placed


@transaction.atomic
def lift_hold(hold: Hold, *, by: User | None, at: datetime) -> None:
    """Lift an open hold; who did and when stay on it. Interest and penalty accrue again from that day on.

    By nobody only what is `OF_THE_CONSOLE`: the database refuses the others.
    """
    if not Hold.objects.filter(pk=hold.pk, lifted_at=None).update(lifted_at=at, lifted_by=by):
        raise HoldError("is_lifted")
    record("contacts.hold_lifted", by=by, at=at, subject=hold.borrower, hold=hold.pk, kind=hold.kind)
    if by is not None:
        end_pauses_of(_source(hold), on=local_day(at), by=by, at=at)
    hold_changed.send(Hold, borrower=hold.borrower, at=at)


def _pause(hold: Hold, kind: str, by: User, at: datetime) -> None:
    """Stop what accrues on every loan that runs, for the days of the hold."""
    after = hold.to_on + timedelta(days=1) if hold.to_on else None
    loans = Loan.objects.filter(borrower=hold.borrower_id, status=Loan.Status.ACTIVE)
    for loan in loans.order_by("pk") if after is None else loans.filter(start_on__lt=after).order_by("pk"):
        pause_loan(
            loan=loan,
            kind=kind,
            from_on=max(hold.from_on, loan.start_on),
            to_on=after,
            reason=hold.reason[:200],
            source=_source(hold),
            by=by,
            at=at,
        )


def cover_loans(borrower: Borrower, *, by: User, at: datetime) -> None:
    """Have the open holds that stop what accrues reach the loans that came to the borrower since."""
    for hold in Hold.objects.filter(borrower=borrower, lifted_at=None).order_by("pk"):
        effect = effect_on(hold.kind, hold.from_on)
        if effect.interest or effect.penalty:
            _pause(hold, Pause.Kind.INTEREST if effect.interest else Pause.Kind.PENALTY, by, at)


def _source(hold: Hold) -> str:
    return f"contacts.hold:{hold.pk}"


def active_holds(borrower_ids: Collection[int], on: date) -> dict[int, list[Hold]]:
    """The holds in force on that day by borrower; a borrower without any is left out."""
    return _by_borrower(_not_over(borrower_ids, on).filter(from_on__lte=on).select_related("placed_by"))


def holds_ahead(borrower_ids: Collection[int], on: date) -> dict[int, list[Hold]]:
    """The holds in force on that day or some later one, those of earlier days first."""
    return _by_borrower(_not_over(borrower_ids, on))


def _not_over(borrower_ids: Collection[int], on: date) -> QuerySet[Hold]:
    return Hold.objects.filter(among("borrower", borrower_ids), Q(to_on=None) | Q(to_on__gte=on), lifted_at=None)


def _by_borrower(holds: QuerySet[Hold]) -> dict[int, list[Hold]]:
    found: dict[int, list[Hold]] = {}
    for hold in holds.order_by("from_on", "pk"):
        found.setdefault(hold.borrower_id, []).append(hold)
    return found
