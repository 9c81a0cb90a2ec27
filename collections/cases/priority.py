"""What to do next with a case and how urgent it is: a pure function of facts and a day, in points that a person can add up.

`plan` says it for a day, `holds_until` for how long. The first rule that fits decides the next action; its points stand far above those for size and age, so a promise due today
comes before a callback whose time has come, that before a broken promise, and so on. The points are house rules.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import isqrt
from typing import Any, Final, NamedTuple

from cases.models import Case
from cases.moments import RETRY_HOURS, local_time, morning_of, retry_after

Action = Case.NextAction

BROKEN_DAYS_SHOWN = 14
CLAIM_DAYS_SHOWN = 7
FIRST_DAYS = 3
WILLING_FROM = 60
REVIEW = timedelta(days=7)
"""A hold is looked at again after so long, and again."""
WEEK = timedelta(days=7)
SILENT_WEEKS_MAX = 6
"""Weeks without contact that still add points."""
TALK_REST_DAYS = 3
"""After a talk that ended without a promise nobody calls again for so long, where the stage does not say."""
BUCKET_POINTS: Final = {"M1": 100, "M2": 160, "M3": 200, "M4": 140, "M5": 100, "M6": 60, "M7": 40}
"""Highest where most is lost by one month more: before the fourth."""


class PromiseFact(NamedTuple):
    amount: int
    currency: str
    due_on: date


class HoldFact(NamedTuple):
    """In force from `from_on` to `to_on`, both included; without `to_on` until it is lifted."""

    kind: str
    from_on: date
    to_on: date | None = None

    def is_in_force(self, on: date) -> bool:
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)

    def review_on(self, on: date) -> date:
        """The next day, `on` included, that is a whole number of reviews after the hold began; at the latest the day after its end."""
        reviews = max(1, -((self.from_on - on) // REVIEW))
        review_on = self.from_on + reviews * REVIEW
        return min(review_on, day_after(self.to_on)) if self.to_on else review_on


class CaseFacts(NamedTuple):
    """Everything the order of My day follows from, none of it another by tomorrow unless something happens.

    `overdue` is principal and interest past due, in minor units, without the penalty, which grows by cents each day.
    `holds` are those in force or still ahead, in the order of their days. Scores run from 0 (worst) to 100.
    `unanswered_at` is the moment of the last call when nobody answered it, `retry_hours` after how long its outcome has it tried again.
    """

    oldest_due_on: date | None
    bucket: str
    overdue: int
    currency: str
    callback_at: datetime | None = None
    promise: PromiseFact | None = None
    broken_on: date | None = None
    claim_until: date | None = None
    holds: tuple[HoldFact, ...] = ()
    ability: int | None = None
    willingness: int | None = None
    last_contact_on: date | None = None
    talked_on: date | None = None
    unanswered_at: datetime | None = None
    retry_hours: int = RETRY_HOURS
    can_be_reached: bool = True
    look_again_on: date | None = None
    returned_on: date | None = None
    rest_days: int = TALK_REST_DAYS


class Reason(NamedTuple):
    code: str
    points: int
    facts: dict[str, Any] = {}  # noqa: RUF012 - never changed


class Plan(NamedTuple):
    """The next action, not before `at` (None: now), and the reasons whose points sum to the priority."""

    action: str
    at: datetime | None
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        return sum(reason.points for reason in self.reasons)


def plan(facts: CaseFacts, on: date) -> Plan:
    """What to do next as of the business date `on`; reasons heaviest first."""
    action, at, decisive = _decisive(facts, on)
    others = sorted(_weights(facts, on), key=lambda reason: -reason.points)
    return Plan(action, at, (decisive, *others))


def holds_until(facts: CaseFacts, on: date, now: Plan | None = None) -> date | None:
    """The first day after `on` for which `plan` says something else of the same facts; None: never. `now` is the plan of `on`."""
    now = now or plan(facts, on)
    days = sorted({day for day in _turns(facts, on) if day > on})
    return next((day for day in days if plan(facts, day) != now), None)


def _turns(facts: CaseFacts, on: date) -> Iterator[date]:
    """The days on which a rule may fall out differently from the day before: for each rule that looks at the day, its next."""
    for hold in facts.holds:
        yield hold.from_on
        if hold.to_on:
            yield day_after(hold.to_on)
        yield day_after(hold.review_on(on))
    if facts.claim_until:
        yield day_after(facts.claim_until)
        yield facts.claim_until + timedelta(days=CLAIM_DAYS_SHOWN + 1)
    if facts.callback_at:
        yield local_time(facts.callback_at).date()
    if facts.promise:
        yield facts.promise.due_on
        yield day_after(facts.promise.due_on)
    if facts.broken_on:
        yield facts.broken_on + timedelta(days=BROKEN_DAYS_SHOWN + 1)
    if facts.returned_on:
        yield facts.returned_on + timedelta(days=BROKEN_DAYS_SHOWN + 1)
    if facts.talked_on and not facts.can_be_reached:
        yield facts.talked_on + timedelta(days=facts.rest_days)
    if facts.oldest_due_on:
        yield facts.oldest_due_on + timedelta(days=FIRST_DAYS + 1)
    if facts.last_contact_on:
        yield facts.last_contact_on + (max(0, (on - facts.last_contact_on) // WEEK) + 1) * WEEK


def day_after(day: date) -> date:
    """The day after, where there is one."""
    return day + timedelta(days=1) if day < date.max else day


def _decisive(facts: CaseFacts, on: date) -> tuple[str, datetime | None, Reason]:
    if hold := next((hold for hold in facts.holds if hold.is_in_force(on)), None):
        shown = {"kind": hold.kind, "to_on": hold.to_on.isoformat() if hold.to_on else ""}
        return Action.ON_HOLD, morning_of(hold.review_on(on)), Reason("on_hold", -10_000, shown)
    if facts.claim_until and on <= facts.claim_until:
        reason = Reason("says_paid", 0, {"until_on": facts.claim_until.isoformat()})
        return Action.CHECK_PAYMENT, morning_of(facts.claim_until + timedelta(days=1)), reason
    if facts.callback_at and not _promise_comes_first(facts, on):
        return Action.CALLBACK, facts.callback_at, Reason("callback", 9_000, {"at": facts.callback_at.isoformat()})
    if facts.promise:
        return _of_promise(facts.promise, facts, on)
    return _without_promise(facts, on)


def _promise_comes_first(facts: CaseFacts, on: date) -> bool:
    """A promise that fell due is not hidden behind a callback of a later day."""
    assert facts.callback_at is not None
    return bool(facts.promise and facts.promise.due_on <= on and local_time(facts.callback_at).date() > on)


def _of_promise(promise: PromiseFact, facts: CaseFacts, on: date) -> tuple[str, datetime | None, Reason]:
    shown = {"amount": promise.amount, "currency": promise.currency, "due_on": promise.due_on.isoformat()}
    if promise.due_on > on:
        return Action.AWAIT_PROMISE, morning_of(promise.due_on), Reason("promise_ahead", 0, shown)
    again_at = _reminded_again_at(promise, facts)
    if promise.due_on == on:
        return Action.REMIND_PROMISE, again_at, Reason("promise_today", 10_000, shown)
    return Action.CHASE_PROMISE, again_at, Reason("promise_late", 9_500, shown)


def _reminded_again_at(promise: PromiseFact, facts: CaseFacts) -> datetime | None:
    """Whoever was reminded of a promise that fell due is left alone until the next morning; an unanswered call is tried again."""
    moments = []
    if facts.unanswered_at and local_time(facts.unanswered_at).date() >= promise.due_on:
        moments.append(retry_after(facts.unanswered_at))
    if facts.talked_on and facts.talked_on >= promise.due_on:
        moments.append(morning_of(day_after(facts.talked_on)))
    return max(moments, default=None)


def _without_promise(facts: CaseFacts, on: date) -> tuple[str, datetime | None, Reason]:
    again_at = retry_after(facts.unanswered_at, facts.retry_hours) if facts.unanswered_at else None
    if found := _disappointed(facts, on):
        action, reason = found
        return action, again_at, reason
    rest_on = facts.talked_on + timedelta(days=facts.rest_days) if facts.talked_on else None
    if not facts.can_be_reached and (rest_on is None or rest_on <= on):
        return _without_number(facts.look_again_on)
    if again_at:
        return Action.CALL_AGAIN, again_at, Reason("no_answer", 3_000)
    if facts.last_contact_on is None:
        code = "first_days" if _pays_when_reminded(facts, on) else "never_called"
        return Action.FIRST_CALL, None, Reason(code, 4_000 if code == "first_days" else 3_500)
    return Action.CALL, morning_of(rest_on) if rest_on else None, Reason("in_arrears", 1_000)


def _without_number(again_on: date | None) -> tuple[str, datetime | None, Reason]:
    """Who just talked to us is not looked for; where nothing was found it rests until the day that was set."""
    if again_on is None:
        return Action.FIND_NUMBER, None, Reason("no_number", 500)
    return Action.FIND_NUMBER, morning_of(again_on), Reason("looked_for", 500, {"again_on": again_on.isoformat()})


def _disappointed(facts: CaseFacts, on: date) -> tuple[str, Reason] | None:
    """What was promised, said or cured lately and did not hold."""
    if (broken := facts.broken_on) and _is_news(broken, facts, on):
        return Action.CALL_BROKEN, Reason("promise_broken", 8_500, {"on": broken.isoformat()})
    if (
        (claim := facts.claim_until)
        and (facts.talked_on is None or facts.talked_on <= claim)
        and (on - claim).days <= CLAIM_DAYS_SHOWN
    ):
        return Action.CHECK_PAYMENT, Reason("claim_lapsed", 8_000, {"until_on": claim.isoformat()})
    if (back := facts.returned_on) and _is_news(back, facts, on):
        return Action.CALL, Reason("came_back", 7_500, {"on": back.isoformat()})
    return None


def _is_news(day: date, facts: CaseFacts, on: date) -> bool:
    """Whether it is not long ago and nobody has spoken to the borrower since."""
    return (on - day).days <= BROKEN_DAYS_SHOWN and (facts.talked_on is None or facts.talked_on < day)


def _pays_when_reminded(facts: CaseFacts, on: date) -> bool:
    days_past_due = (on - facts.oldest_due_on).days if facts.oldest_due_on else 0
    return days_past_due <= FIRST_DAYS and (facts.willingness or 0) >= WILLING_FROM


def _weights(facts: CaseFacts, on: date) -> list[Reason]:
    """Size, age and silence: at most a few hundred points together."""
    reasons = [
        Reason("bucket", BUCKET_POINTS.get(facts.bucket, 0), {"bucket": facts.bucket}),
        Reason("amount", min(100, isqrt(max(facts.overdue, 0) // 100)), {"currency": facts.currency}),
    ]
    if facts.ability is not None and facts.willingness is not None:
        shown = {"ability": facts.ability, "willingness": facts.willingness}
        reasons.append(Reason("likely_to_pay", (facts.ability + facts.willingness) // 4, shown))
    if facts.last_contact_on:
        weeks = min(SILENT_WEEKS_MAX, max(0, (on - facts.last_contact_on) // WEEK))
        reasons.append(Reason("silent", 10 * weeks, {"since": facts.last_contact_on.isoformat()}))
    return [reason for reason in reasons if reason.points]
