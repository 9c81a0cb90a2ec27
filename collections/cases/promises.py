"""Promises to pay: recorded by people, judged only by payments."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases import moves
from cases.facts import loans_now, owed
from cases.judging import Money, paid_towards, verdict
from cases.models import Case, PaidClaim, Promise
from cases.reckoning import reckon
from lending.models import Payment
from risk.observe import observe
from staff.models import User

PROMISE_DAYS_MAX = 14
"""House rule: a promise further ahead is a plan, and is asked for as one."""


class PromiseRefusedError(ValueError):
    """What is wrong with a promise, and with which field of it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def record_promise(
    *,
    case: Case,
    amount: int,
    due_on: date,
    by: User,
    at: datetime,
    on: date,
    seen: int | None = None,
    replace: bool = False,
) -> Promise:
    """Record what the borrower promised; `replace` withdraws the promise that is open.

    PromiseRefusedError, moves.StaleError, moves.MoveError.
    """
    currency = _check(case, amount, due_on, on)
    facts = {"amount": amount, "currency": currency, "due_on": due_on.isoformat()}
    moves.apply(case, "promise_recorded", by=by, at=at, on=on, seen=seen, facts=facts)
    waiting = Promise.objects.filter(case=case, state=Promise.State.OPEN).first()
    if waiting and not replace:
        raise PromiseRefusedError(
            "amount", _("There is an open promise. Withdraw it first, or say that this one replaces it.")
        )
    if waiting:
        waiting.case = case
        withdraw_promise(waiting, by=by, at=at, on=on)
    promise = Promise.objects.create(
        case=case, amount=amount, currency=currency, due_on=due_on, made_on=on, made_at=at, taken_by=by
    )
    reckon([case], on=on)
    return promise


def _check(case: Case, amount: int, due_on: date, on: date) -> str:
    """The currency of the promise; PromiseRefusedError where a limit is passed."""
    total = owed(loans_now(case.borrower_id, on))
    if due_on < on:
        raise PromiseRefusedError("due_on", _("The day has passed."))
    if due_on > on + timedelta(days=PROMISE_DAYS_MAX):
        message = _("At most %(days)s days ahead; what takes longer is a plan.") % {"days": PROMISE_DAYS_MAX}
        raise PromiseRefusedError("due_on", message)
    if amount <= 0:
        raise PromiseRefusedError("amount", _("A promise is of more than nothing."))
    if amount > total.payoff:
        raise PromiseRefusedError("amount", _("This is more than everything owed."))
    return total.currency


@transaction.atomic
def withdraw_promise(promise: Promise, *, by: User | None, at: datetime, on: date, seen: int | None = None) -> None:
    """Take an open promise out of judgement, because another one or the end of the arrears took its place."""
    facts = {"amount": promise.amount, "currency": promise.currency, "due_on": promise.due_on.isoformat()}
    moves.apply(promise.case, "promise_withdrawn", by=by, at=at, on=on, seen=seen, facts=facts)
    _close(promise, Promise.State.WITHDRAWN, promise.paid, on)
    if by is not None:
        reckon([promise.case], on=on)


@transaction.atomic
def judge(promises: Sequence[Promise], *, on: date, at: datetime) -> dict[str, int]:
    """Judge these open promises (with their cases) by the payments so far; how many became what."""
    counts: dict[str, int] = defaultdict(int)
    paid, claims = _paid(promises, on), _claims(promises)
    judged = [
        (promise, state)
        for promise in promises
        if (state := verdict(promise, paid[promise.pk], on, claims.get(promise.case_id)))
    ]
    moves.lock([promise.case_id for promise, _state in judged])
    for promise, state in judged:
        if _settle(promise, state, paid[promise.pk], on=on, at=at):
            counts[state] += 1
    return dict(counts)


def _settle(promise: Promise, state: Promise.State, paid: int, *, on: date, at: datetime) -> bool:
    """Write a judgement by compare-and-set on the open promise; False when somebody else was first."""
    if not _close(promise, state, paid, on):
        return False
    facts = {"amount": promise.amount, "currency": promise.currency, "due_on": promise.due_on.isoformat(), "paid": paid}
    moves.apply(promise.case, f"promise_{state}", by=None, at=at, on=on, facts=facts)
    observe(promise.case.borrower, f"promise_{state}", "", on)  # the risk floor's PROMISE_KEPT and PROMISE_BROKEN
    return True


def end_with_case(promise: Promise, *, on: date, at: datetime) -> None:
    """The arrears are over: what came in settles the promise, and one that nothing was paid for is withdrawn."""
    paid = _paid([promise], on)[promise.pk]
    state = verdict(promise, paid, on) or (Promise.State.PART_KEPT if paid else None)
    if state:
        _settle(promise, state, paid, on=on, at=at)
    else:
        withdraw_promise(promise, by=None, at=at, on=on)


def _close(promise: Promise, state: Promise.State, paid: int, on: date) -> bool:
    waiting = Promise.objects.filter(pk=promise.pk, state=Promise.State.OPEN)
    promise.state, promise.paid, promise.judged_on = state, paid, on
    return waiting.update(state=state, paid=paid, judged_on=on) == 1


def _paid(promises: Sequence[Promise], on: date) -> dict[int, int]:
    """What was paid towards each promise: one query."""
    if not promises:
        return {}
    people = {promise.case.borrower_id for promise in promises}
    since = min(promise.made_on for promise in promises)
    rows = Payment.objects.filter(
        loan__borrower__in=people, value_on__gte=since, value_on__lte=on, reverses=None, reversed_by=None
    ).values_list("loan__borrower", "value_on", "posted_at", "amount", "currency")
    received: dict[int, list[Money]] = defaultdict(list)
    for borrower_id, value_on, posted_at, amount, currency in rows:
        received[borrower_id].append(Money(value_on, posted_at, amount, currency))
    return {promise.pk: paid_towards(promise, received[promise.case.borrower_id], on) for promise in promises}


def _claims(promises: Sequence[Promise]) -> dict[int, date]:
    rows = PaidClaim.objects.filter(case__in={promise.case_id for promise in promises})
    return dict(rows.values("case").annotate(last=Max("until_on")).values_list("case", "last"))
