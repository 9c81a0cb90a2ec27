"""Direct debits asked for by people, one at a time: never without consent, never above what is due, and not too often."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending import providers
from lending.codes import DEBIT, new_code
from lending.debit_rules import DebitFacts, Obstacle, local_moment, obstacle, stopped_by
from lending.debit_words import obstacle_words
from lending.facts import standing_of
from lending.models import OPEN_DEBITS, Debit, Loan, Mandate
from lending.pay_links import due_today
from lending.tasks import ring
from staff.models import User

State = Debit.State


class DebitError(ValueError):
    """A debit that may not be asked for or ended, in words."""


class DebitKeyError(DebitError):
    """The key stands for another debit."""


@transaction.atomic
def ask_debit(*, loan: Loan, mandate: Mandate, amount: int, on: date, at: datetime, by: User, code: str = "") -> Debit:
    """Ask for an amount from the mandate's account, to be sent at once; DebitError with what stands in the way.

    With a code that is known, the debit of that code, as it is now.
    """
    if not providers.is_offered():
        raise DebitError(_("No payment provider is set up."))
    if code and (known := Debit.objects.filter(code=code).first()):
        if (known.mandate_id, known.amount) != (mandate.pk, amount):
            raise DebitKeyError(_("This key has asked for another debit."))
        return known
    assert mandate.borrower_id == loan.borrower_id
    debit = Debit(
        loan=loan,
        mandate=mandate,
        code=code or new_code(DEBIT),
        amount=amount,
        currency=loan.currency,
        local_day=(local_moment(at, loan.borrower.time_zone) or at).date(),
        asked_by=by,
        asked_at=at,
    )
    if found := what_stops(debit, on=on, at=at):
        raise DebitError(obstacle_words(found, loan.borrower_id, on))
    try:
        with transaction.atomic():
            debit.save(force_insert=True)
    except IntegrityError:
        raise DebitError(obstacle_words(Obstacle.OPEN_DEBIT, loan.borrower_id, on)) from None
    note("asked", debit, at=at, by=by)
    transaction.on_commit(ring, robust=True)
    return debit


def what_stops(debit: Debit, *, on: date, at: datetime) -> Obstacle | None:
    """What stands in the way now of a debit that is to be asked for, or is about to be sent."""
    loan = debit.loan
    mandate = Mandate.objects.get(pk=debit.mandate_id)
    here = local_moment(at, loan.borrower.time_zone)
    others = Debit.objects.filter(loan=loan).exclude(pk=debit.pk).exclude(state=State.CANCELLED)
    this_month = others.filter(
        local_day__year=debit.local_day.year, local_day__month=debit.local_day.month
    ).values_list("state", "local_day")
    tries = list(this_month)
    return obstacle(
        DebitFacts(
            amount=debit.amount,
            due=due_today(standing_of(loan, on)),
            has_mandate=mandate.revoked_at is None and mandate.from_on <= debit.local_day,
            clock=here.time() if here else None,
            is_stopped=bool(stopped_by(loan.borrower_id, on)),
            has_open=others.filter(state__in=OPEN_DEBITS).exists(),
            tried_today=any(day == debit.local_day for _state, day in tries),
            tries=len(tries),
            tries_max=mandate.tries_a_month_max,
        )
    )


@transaction.atomic
def close_debit(debit: Debit, *, at: datetime, by: User) -> Debit:
    """Take back what has not been sent, or say of an unknown one that no money came, or of one that was returned and whose
    payment stands that the difference is settled; DebitError for any other.

    Money that comes all the same is posted and changes that.
    """
    open_one = Debit.objects.filter(pk=debit.pk)
    ended = {"lease_until": None, "ended_by": by, "ended_at": at}
    unsent = open_one.filter(state=State.DUE, is_doubtful=False)
    if unsent.update(state=State.CANCELLED, reason="by_hand", **ended):
        what = "cancelled"
    elif open_one.filter(state=State.UNKNOWN).update(state=State.FAILED, reason="by_hand", **ended):
        what = "settled"
    elif open_one.for_people().update(ended_by=by, ended_at=at):
        what = "return_settled"
    else:
        raise DebitError(_("This debit is on its way or has ended; there is nothing to close."))
    debit.refresh_from_db()
    note(what, debit, at=at, by=by)
    return debit


def note(what: str, debit: Debit, *, at: datetime, by: User | None) -> None:
    """The audit entry of a step; its `reason` where it has one."""
    record(
        f"lending.debit_{what}",
        by=by,
        at=at,
        subject=debit,
        loan=debit.loan.number,
        code=debit.code,
        amount=debit.amount,
        currency=debit.currency,
        reason=debit.reason,
    )
