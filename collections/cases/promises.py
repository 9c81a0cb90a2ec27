"""Promises to pay: recorded by people, judged only by payments."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, prefetch_related_objects
from django.utils.translation import gettext as _

from cases import moves
from cases.facts import loans_now, owed
from cases.judging import Judged, Money, Sum, judged
from cases.models import Case, PaidClaim, Promise, PromisePart
from cases.promise_terms import PARTS_DAYS_MAX, PARTS_MAX, PROMISE_DAYS_MAX, RENEWALS_DAYS, RENEWALS_MAX
from cases.reckoning import reckon
from lending.models import Payment
from risk.observe import PROMISE_KEPT, observe
from staff.models import Role, User


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
    more: Sequence[Sum] = (),
) -> Promise:
    """Record what the borrower promised: one sum, or a first part and `more`; `replace` withdraws the promise that is open.

    PromiseRefusedError, moves.StaleError, moves.MoveError.
    """
    parts = [Sum(amount, due_on), *more]
    currency = _check(case, parts, on)
    _check_renewals(case, by, on, replace=replace)
    total, last = sum(part.amount for part in parts), parts[-1].due_on
    facts = {"amount": total, "currency": currency, "due_on": last.isoformat()}
    if more:
        facts["parts"] = len(parts)
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
        case=case, amount=total, currency=currency, due_on=last, made_on=on, made_at=at, taken_by=by,
        part_amount=amount if more else None, part_due_on=due_on if more else None,
    )  # fmt: skip
    if more:
        PromisePart.objects.bulk_create(
            PromisePart(promise=promise, number=number, amount=part.amount, due_on=part.due_on)
            for number, part in enumerate(parts, start=1)
        )
    reckon([case], on=on)
    return promise


def _check(case: Case, parts: Sequence[Sum], on: date) -> str:
    """The currency of the promise; PromiseRefusedError where a limit is passed."""
    now = owed(loans_now(case.borrower_id, on))
    days_max = PARTS_DAYS_MAX if len(parts) > 1 else PROMISE_DAYS_MAX
    if len(parts) > PARTS_MAX:
        raise PromiseRefusedError("amount", _("At most %(parts)s parts.") % {"parts": PARTS_MAX})
    for number, part in enumerate(parts, start=1):
        before = parts[number - 2].due_on if number > 1 else None
        if part.due_on < on:
            raise PromiseRefusedError(field_of("due_on", number), _("The day has passed."))
        if part.due_on > on + timedelta(days=days_max):
            message = _("At most %(days)s days ahead; what takes longer is a plan.") % {"days": days_max}
            raise PromiseRefusedError(field_of("due_on", number), message)
        if before is not None and part.due_on <= before:
            raise PromiseRefusedError(field_of("due_on", number), _("Each part comes later than the one before."))
        if part.amount <= 0:
            raise PromiseRefusedError(field_of("amount", number), _("A promise is of more than nothing."))
    if sum(part.amount for part in parts) > now.payoff:
        raise PromiseRefusedError(field_of("amount", len(parts)), _("This is more than everything owed."))
    return now.currency


def field_of(name: str, number: int) -> str:
    """The form's field for a part: the first is the promise's own."""
    return name if number == 1 else f"{name}_{number}"


def _check_renewals(case: Case, by: User, on: date, *, replace: bool) -> None:
    """An agent takes a promise after one that failed only so often; PromiseRefusedError."""
    failed = Promise.objects.filter(case=case, judged_on__gt=on - timedelta(days=RENEWALS_DAYS)).exclude(
        state=Promise.State.KEPT
    )
    if by.role == Role.AGENT and failed.count() + replace > RENEWALS_MAX:
        words = _(
            "%(times)s promises within %(days)s days were not kept or taken back. Propose a plan, or ask your supervisor."
        )
        raise PromiseRefusedError("amount", words % {"times": RENEWALS_MAX + 1, "days": RENEWALS_DAYS})


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
    found = _judged(promises, on, _claims(promises))
    moved = [promise for promise in promises if found[promise.pk].state or found[promise.pk].met > _met(promise)]
    moves.lock([promise.case_id for promise in moved])
    for promise in moved:
        _meet(promise, found[promise.pk], on=on, at=at)
        if (state := found[promise.pk].state) and _settle(promise, state, found[promise.pk].paid, on=on, at=at):
            counts[state] += 1
    return dict(counts)


def _met(promise: Promise) -> int:
    return sum(part.met_on is not None for part in parts_of(promise))


def parts_of(promise: Promise) -> list[PromisePart]:
    """Its parts in order; none where it is one sum."""
    return sorted(promise.parts.all(), key=lambda part: part.number) if promise.part_due_on else []


def _meet(promise: Promise, found: Judged, *, on: date, at: datetime) -> None:
    """Note the parts that were met: each is a promise kept, the last one with the whole; then the next one is due."""
    parts = parts_of(promise)
    for part in parts[: found.met]:
        if part.met_on is None and PromisePart.objects.filter(pk=part.pk, met_on=None).update(met_on=on):
            part.met_on = on
            if part is not parts[-1]:
                facts = {"amount": part.amount, "currency": promise.currency, "due_on": part.due_on.isoformat()}
                moves.apply(promise.case, "promise_part_met", by=None, at=at, on=on, facts=facts)
                observe(promise.case.borrower, PROMISE_KEPT, "part", on)
    if ahead := parts[found.met : found.met + 1]:
        promise.part_amount, promise.part_due_on = ahead[0].amount, ahead[0].due_on
        promise.save(update_fields=["part_amount", "part_due_on"])


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
    found = _judged([promise], on)[promise.pk]
    _meet(promise, found, on=on, at=at)
    state = found.state or (Promise.State.PART_KEPT if found.paid else None)
    if state:
        _settle(promise, state, found.paid, on=on, at=at)
    else:
        withdraw_promise(promise, by=None, at=at, on=on)


def _close(promise: Promise, state: Promise.State, paid: int, on: date) -> bool:
    waiting = Promise.objects.filter(pk=promise.pk, state=Promise.State.OPEN)
    promise.state, promise.paid, promise.judged_on = state, paid, on
    return waiting.update(state=state, paid=paid, judged_on=on) == 1


def _judged(promises: Sequence[Promise], on: date, claims: Mapping[int, date] | None = None) -> dict[int, Judged]:
    """Each of these promises by the payments so far: one query, and one for the parts of those that have any."""
    if not promises:
        return {}
    prefetch_related_objects([promise for promise in promises if promise.part_due_on], "parts")
    people = {promise.case.borrower_id for promise in promises}
    since = min(promise.made_on for promise in promises)
    rows = Payment.objects.filter(
        loan__borrower__in=people, value_on__gte=since, value_on__lte=on, reverses=None, reversed_by=None
    ).values_list("loan__borrower", "value_on", "posted_at", "amount", "currency")
    received: dict[int, list[Money]] = defaultdict(list)
    for borrower_id, value_on, posted_at, amount, currency in rows:
        received[borrower_id].append(Money(value_on, posted_at, amount, currency))
    return {
        promise.pk: judged(
            promise, received[promise.case.borrower_id], on, (claims or {}).get(promise.case_id),
            parts=[Sum(part.amount, part.due_on) for part in parts_of(promise)],
        )
        for promise in promises
    }  # fmt: skip


def _claims(promises: Sequence[Promise]) -> dict[int, date]:
    rows = PaidClaim.objects.filter(case__in={promise.case_id for promise in promises})
    return dict(rows.values("case").annotate(last=Max("until_on")).values_list("case", "last"))
