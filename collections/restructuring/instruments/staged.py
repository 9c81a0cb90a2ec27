"""Stepped and staged plans (阶梯还款): shares of the principal, or given amounts for some instalments and level ones after them."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import chain, repeat
from typing import NamedTuple

from lending.money import divide
from lending.schedules import Method
from restructuring.instruments.arrears import Arrears, treated
from restructuring.instruments.position import PlanRow, Position
from restructuring.instruments.reamortising import reamortised
from restructuring.instruments.rebuilding import rebuilt, weights_of
from restructuring.instruments.refusal import RefusedError


class Step(NamedTuple):
    """So many instalments of so much."""

    periods: int
    amount: int


class Staged(NamedTuple):
    """Either `shares` of the principal (parts per million) that divide `periods` evenly, or `steps` and level ones after them."""

    periods: int
    shares: tuple[int | Fraction, ...] = ()
    steps: tuple[Step, ...] = ()
    arrears: Arrears = Arrears()

    def apply(self, position: Position) -> Position:
        if bool(self.shares) == bool(self.steps):
            raise RefusedError("input", "percentages", "give percentages or steps, one of the two")
        if self.shares:
            return reamortised(position, self.periods, arrears=self.arrears, method=Method.STAGED, stages=self.shares)
        return self._stepped(position)

    def _stepped(self, position: Position) -> Position:
        """The given instalments first, then what they leave of the principal in level ones."""
        amounts = list(chain.from_iterable(repeat(step.amount, step.periods) for step in self.steps))
        if len(amounts) >= self.periods:
            raise RefusedError("nothing_amortises", "steps", "leave no instalment that repays the rest")
        current, principal = treated(position, self.arrears)
        due, spans = current.calendar.due(self.periods), current.calendar.spans(self.periods)
        first, left = _given(current, principal, amounts, due, spans)
        count = len(amounts)
        calendar = current.calendar._replace(
            passed=current.calendar.passed + count, asked=current.calendar.passed + count
        )
        rest = rebuilt(current._replace(calendar=calendar), left, self.periods - count, method=Method.EQUAL_INSTALLMENT)
        return rest._replace(calendar=current.calendar, rows=(*first, *rest.rows), spans=spans)


def _given(
    position: Position, left: int, amounts: Sequence[int], due: Sequence[date], spans: Sequence[Fraction]
) -> tuple[list[PlanRow], int]:
    """Rows of these amounts, and the principal that they leave; each must cover its interest and leave something."""
    weights, denominator = weights_of(spans, [position.rate_ppm] * len(spans))
    rows = []
    for amount, day, weight in zip(amounts, due, weights, strict=False):
        interest = divide(left * weight, denominator, position.terms.rounding)
        if amount < interest:
            raise RefusedError(
                "covers_interest", "steps", f"an instalment of {amount} does not cover its interest of {interest}"
            )
        if amount - interest >= left:
            raise RefusedError("nothing_amortises", "steps", "repay everything before the last instalment")
        left -= amount - interest
        rows.append(PlanRow(0, day, amount - interest, interest, left))
    return rows, left
