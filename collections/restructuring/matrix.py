"""The approval matrix: which role may decide which plan up to what. Dated data that two people publish; the house's own until then.

Every amount is minor units of the loan's own currency. A role may have two limits for one kind of plan: the wider one asks for two
approvers. Waivers of penalty, interest and principal have limits of their own (`lending.waiver_limits`); what a plan itself gives up
is interest, and counts as the present value that it loses at the original rate.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from restructuring.models import ApprovalMatrix, PlanRequest
from staff.models import Role

LEVELS: Final = (Role.SUPERVISOR, Role.MANAGER)
"""Those who may decide, the lower first: what waits too long goes to the next."""

EXTENSION, DEFERRAL = PlanRequest.Instrument.EXTENSION, PlanRequest.Instrument.DEFERRAL
RESTRUCTURE = PlanRequest.Instrument.RESTRUCTURE


class Limit(NamedTuple):
    """How far a role decides one kind of plan, alone or as one of two `approvers`.

    `days_max` is by how many days the loan's end moves over its life and `per_loan_max` counts plans of the kind over it, this one
    included; `amount_max` bounds principal and `given_up_max` interest given up of one decision; `day_max` and `month_max` bound the
    principal of all that one approver approves in a day and in a calendar month.
    """

    role: str
    instrument: str
    approvers: int
    days_max: int
    per_loan_max: int
    amount_max: int
    given_up_max: int
    day_max: int
    month_max: int


class Matrix(NamedTuple):
    """All limits; a plan is to be decided within `decide_days`, then it goes to the next level."""

    limits: tuple[Limit, ...]
    decide_days: int = 2

    def of(self, instrument: str) -> list[Limit]:
        """The limits for one kind of plan, the lower level and the fewer approvers first."""
        own = [limit for limit in self.limits if limit.instrument == instrument]
        return sorted(own, key=lambda limit: (LEVELS.index(Role(limit.role)), limit.approvers))


HOUSE: Final = Matrix(
    (
        Limit(Role.SUPERVISOR, EXTENSION, 1, 30, 1, 2_000_000, 0, 20_000_000, 200_000_000),
        Limit(Role.SUPERVISOR, DEFERRAL, 1, 30, 1, 2_000_000, 0, 20_000_000, 200_000_000),
        Limit(Role.SUPERVISOR, RESTRUCTURE, 1, 180, 1, 2_000_000, 10_000, 20_000_000, 200_000_000),
        Limit(Role.MANAGER, EXTENSION, 1, 180, 2, 100_000_000, 0, 1_000_000_000, 10_000_000_000),
        Limit(Role.MANAGER, DEFERRAL, 1, 180, 2, 100_000_000, 0, 1_000_000_000, 10_000_000_000),
        Limit(Role.MANAGER, RESTRUCTURE, 1, 1_830, 2, 100_000_000, 500_000, 1_000_000_000, 10_000_000_000),
        Limit(Role.MANAGER, RESTRUCTURE, 2, 1_830, 3, 500_000_000, 10_000_000, 1_000_000_000, 10_000_000_000),
    )
)
"""House rule, not law: who plans and who may give up interest; the funder and counsel may want tighter limits."""


def matrix_of(content: Mapping[str, Any]) -> Matrix:
    """A published content as values; KeyError, TypeError, ValueError where it is none."""
    return Matrix(tuple(Limit(**each) for each in content["limits"]), int(content["decide_days"]))


def content_of(matrix: Matrix) -> dict[str, Any]:
    rows = [limit._asdict() | {"role": str(limit.role), "instrument": str(limit.instrument)} for limit in matrix.limits]
    return {"limits": rows, "decide_days": matrix.decide_days}


def matrix_on(on: date) -> Matrix:
    """The matrix in force on that day."""
    newest = ApprovalMatrix.objects.filter(valid_from__lte=on).order_by("-valid_from").values_list("content", flat=True)
    content = newest.first()
    return matrix_of(content) if content else HOUSE
