"""Everything outstanding is repaid anew over instalments from the next due day on: what several instruments share."""

from fractions import Fraction

from lending.schedules import Method
from restructuring.instruments.arrears import Arrears, treated
from restructuring.instruments.position import Position
from restructuring.instruments.rebuilding import rebuilt
from restructuring.instruments.refusal import RefusedError

AMORTISING = frozenset({Method.EQUAL_INSTALLMENT, Method.EQUAL_PRINCIPAL, Method.FLAT})
"""Methods that repay some principal in every instalment; a loan of another method is re-amortised in level instalments."""


def amortising(method: Method) -> Method:
    return method if method in AMORTISING else Method.EQUAL_INSTALLMENT


def reamortised(
    position: Position,
    periods: int,
    *,
    arrears: Arrears,
    method: Method,
    rate_ppm: int | Fraction | None = None,
    grace: int = 0,
    stages: tuple[int | Fraction, ...] = (),
) -> Position:
    """The position with all principal in `periods` new instalments, and what is past due treated as asked for."""
    if grace >= periods:
        raise RefusedError("nothing_amortises", "periods", "leaves no instalment that repays principal")
    current, principal = treated(position, arrears)
    return rebuilt(current, principal, periods, method=method, rate_ppm=rate_ppm, grace=grace, stages=stages)


def lower_rate(position: Position, rate_ppm: int | Fraction | None) -> int | Fraction:
    """The rate asked for, which no plan raises."""
    if rate_ppm is None:
        return position.rate_ppm
    if rate_ppm > position.rate_ppm:
        raise RefusedError("rate_not_raised", "annual_rate", "is above the rate that the loan bears now")
    return rate_ppm
