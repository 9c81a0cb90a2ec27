"""Where a step leads on the case page: to a drawer of the page, or to values in the form after a call."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils.http import urlencode
from django.utils.timezone import get_default_timezone

from cases.desk import Link, actions_of
from cases.facts import Owed
from cases.models import Case
from cases.steps.choosing import for_reason
from cases.steps.models import DRAWER_STEPS, NextStep, Step
from lending.money import plain_amount
from staff.models import User

PROMISE_DAYS = 3
"""In how many days a promise is offered to fall due, where nobody has said another day."""
RESTING = {
    Case.NextAction.ON_HOLD,
    Case.NextAction.AWAIT_PROMISE,
    Case.NextAction.REMIND_PROMISE,
    Case.NextAction.CHASE_PROMISE,
    Case.NextAction.CALLBACK,
    Case.NextAction.CHECK_PAYMENT,
}
"""While one of these comes next nothing is suggested: what was agreed comes first."""


def link_of(step: NextStep, case: Case, user: User) -> Link | None:
    """The action of the case page that this step is, where this person has it; a hold with its kind chosen."""
    if step.step not in DRAWER_STEPS | {Step.PROMISE}:
        return None
    found = next((each for each in actions_of(case, user) if each.code == step.step), None)
    if found and step.hold:
        sign = "&" if urlsplit(found.url).query else "?"
        found = found._replace(url=f"{found.url}{sign}{urlencode({'kind': step.hold})}")
    return found


def suggested(case: Case, user: User, on: date) -> Link | None:
    """What the reason for being behind suggests; None while something else comes first."""
    step = for_reason(case.reason_behind, on) if case.reason_behind and case.next_action not in RESTING else None
    return link_of(step, case, user) if step else None


def fills(step: NextStep, owed: Owed, *, at: datetime, on: date) -> dict[str, Any]:
    """The fields of the form after a call that this outcome fills in."""
    if step.step == Step.CALLBACK:
        moment = (at + timedelta(hours=step.hours)).astimezone(get_default_timezone())
        return {"callback_at": moment.strftime("%Y-%m-%dT%H:%M")}
    if step.step == Step.PROMISE:
        by = (on + timedelta(days=PROMISE_DAYS)).isoformat()
        return {"amount": plain_amount(owed.overdue, owed.currency) if owed.overdue else "", "due_on": by}
    return {"has_paid": True} if step.step == Step.SAYS_PAID else {}
