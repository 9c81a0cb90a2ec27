"""Waivers as screens show them: open, given up and left by component; what waits; what was given up of a loan."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from lending import consents
from lending.facts import standing_of, standings_of
from lending.models import Loan, Waiver, WaiverLimit, WaiverRequest, WriteOff
from lending.recovery import recovered_of
from lending.standing import Standing
from lending.waivable import COMPONENTS, Parts, open_parts, waived_parts
from lending.waiver_limits import limits_on, who_may, why_not
from lending.waiving import needs_of
from staff.models import User

ROWS_MAX = 100


class Line(NamedTuple):
    """A component: what is open, what of it is given up, what remains."""

    words: str
    open: int
    waived: int
    left: int


class Decision(NamedTuple):
    """What is open now, why this person may not approve (empty when they may), the roles that may, what creditors ask."""

    open_now: Parts
    why_not: str
    roles: list[str]
    needs: list[consents.Need]


class WaitingRow(NamedTuple):
    """A request that waits, and why this person may not approve it."""

    request: WaiverRequest
    why_not: str


class GivenUp(NamedTuple):
    """What was given up of a loan up to a day: what each waiver has come to, the write-off, and the money since."""

    waiting: WaiverRequest | None
    waivers: list[Waiver]
    waived: Parts
    write_off: WriteOff | None
    recovered: int


def lines_of(open_now: Parts, parts: Parts | None) -> list[Line]:
    """The components in house order, and their sum; nothing is given up where `parts` is None."""
    given = parts or Parts()
    left = open_now.less(given)
    return [
        Line(str(Waiver.Component(name).label), getattr(open_now, name), getattr(given, name), getattr(left, name))
        for name in COMPONENTS
    ] + [Line("", open_now.total, given.total, left.total)]


def decision_of(request: WaiverRequest, person: User, on: date) -> Decision:
    state = standing_of(request.loan, on)
    decided = _decision(request, state, person, limits_on(on))
    needs = needs_of(request, state)
    return decided._replace(why_not=decided.why_not or consents.missing(needs), needs=needs)


def waiting_rows(requests: QuerySet[WaiverRequest], person: User, on: date) -> list[WaitingRow]:
    """The oldest requests, in a constant number of queries."""
    listed = list(requests.select_related("loan__borrower", "maker").order_by("made_at", "pk")[:ROWS_MAX])
    states, limits = standings_of([request.loan for request in listed], on), limits_on(on)
    return [
        WaitingRow(request, _decision(request, states[request.loan_id], person, limits).why_not) for request in listed
    ]


def given_up_of(loan: Loan, state: Standing) -> GivenUp:
    """What was given up of the loan as of its standing's day."""
    waiting = WaiverRequest.objects.waiting().filter(loan=loan).select_related("maker").first()
    waivers = Waiver.objects.filter(loan=loan, on__lte=state.on).select_related("maker", "checker", "request")
    write_off = WriteOff.objects.filter(loan=loan, on__lte=state.on).select_related("maker", "checker").first()
    recovered = recovered_of([loan], state.on) if write_off else 0
    return GivenUp(waiting, list(waivers.order_by("on", "pk")), waived_parts(state), write_off, recovered)


def _decision(request: WaiverRequest, state: Standing, person: User, limits: Sequence[WaiverLimit]) -> Decision:
    open_now, given = open_parts(state), waived_parts(state)
    reason = why_not(request, person, open_now=open_now, given=given, limits=limits)
    return Decision(open_now, reason, [str(role.label) for role in who_may(request, open_now, given, limits)], [])
