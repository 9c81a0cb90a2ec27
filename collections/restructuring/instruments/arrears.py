"""What becomes of interest and penalty past due when rows are made anew: a treatment for each component.

They are put to the first new instalment, spread evenly, put to the last, capitalised, or waived. Penalty is never capitalised:
it would bear interest as if it had been lent (after the Reserve Bank of India's rule of 2024 on penal charges; here a house
rule). Principal past due is principal: it goes into the new rows.
"""

from enum import StrEnum
from typing import NamedTuple

from lending.waivable import Parts
from restructuring.instruments.position import Position
from restructuring.instruments.rebuilding import without_past_due
from restructuring.instruments.refusal import RefusedError


class Treatment(StrEnum):
    FIRST = "first"
    SPREAD = "spread"
    LAST = "last"
    CAPITALISE = "capitalise"
    WAIVE = "waive"


class Arrears(NamedTuple):
    """How each component is treated."""

    interest: Treatment = Treatment.FIRST
    penalty: Treatment = Treatment.FIRST


def treated(position: Position, how: Arrears) -> tuple[Position, int]:
    """The position with nothing past due any more, and the principal that its new rows must repay.

    What is carried already stays carried; coming rows still stand as they were.
    """
    if how.penalty is Treatment.CAPITALISE:
        raise RefusedError("penalty_not_capitalised", "arrears", "penalty does not become principal: waive or carry it")
    behind, principal = position.arrears, position.outstanding
    carried, waived = position.carried, position.waived
    for treatment, parts in (
        (how.interest, Parts(interest=behind.interest)),
        (how.penalty, Parts(penalty=behind.penalty)),
    ):
        match treatment:
            case Treatment.CAPITALISE:
                principal += parts.interest
            case Treatment.WAIVE:
                waived = added(waived, parts)
            case _:
                carried = carried._replace(**{treatment.value: added(getattr(carried, treatment.value), parts)})
    capitalised = position.capitalised + principal - position.outstanding
    return without_past_due(position, carried)._replace(waived=waived, capitalised=capitalised), principal


def added(one: Parts, other: Parts) -> Parts:
    """The sum of two amounts, component by component."""
    return Parts(*(mine + more for mine, more in zip(one, other, strict=True)))
