"""Making the coming rows anew: for another number of instalments, another principal, another rate.

The rows themselves are made where every schedule is made (`lending.schedules.methods`), on the loan's own calendar. What had
run but was not asked for yet is put to the first new row. Rows that a settlement agreed on bear no interest; the penalty and the
interest of earlier days in them stay owed: with their rows, or in the first row where rows are made anew.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any

from lending.money import PPM, divide
from lending.schedules import Absorb, Method, Terms, TermsError
from lending.schedules.methods import interest_on, rows_of
from lending.waivable import Parts
from restructuring.instruments.position import Carried, PlanRow, Position
from restructuring.instruments.refusal import RefusedError

LEVEL = frozenset({Method.EQUAL_INSTALLMENT, Method.FIXED_INSTALLMENT})
"""Methods that a changed loan repays in level instalments."""
_FIELDS = {"staged_percentages": "percentages"}
"""What instruments call a field of terms by another name."""


def weights_of(spans: Sequence[Fraction], rates: Sequence[int | Fraction]) -> tuple[list[int], int]:
    """Interest of each period on one unit of principal: numerators over one denominator."""
    exact = [span * rate / PPM for span, rate in zip(spans, rates, strict=True)]
    common = lcm(*(weight.denominator for weight in exact)) if exact else 1
    return [weight.numerator * (common // weight.denominator) for weight in exact], common


def rebuilt(
    position: Position,
    principal: int,
    periods: int,
    *,
    method: Method,
    rate_ppm: int | Fraction | None = None,
    grace: int = 0,
    stages: tuple[int | Fraction, ...] = (),
) -> Position:
    """The position with `principal` repaid in `periods` instalments from the next due day on, whatever rows stood there."""
    if periods < 1:
        raise RefusedError("nothing_ahead", "periods", "leaves no instalment to pay in")
    rate = position.rate_ppm if rate_ppm is None else rate_ppm
    position = _with_agreed_carried(position)
    due, spans = position.calendar.due(periods), position.calendar.spans(periods)
    if not principal:
        return _with_rows(position, (), (), rate, method)
    terms = _checked(
        principal=principal,
        annual_rate_ppm=0,
        periods=periods,
        start_on=position.calendar.since,
        method=method,
        rounding=position.terms.rounding,
        installment_multiple=position.terms.installment_multiple,
        absorb=position.terms.absorb,
        principal_grace_periods=grace,
        staged_percentages=stages,
    )
    made = tabled(terms, due, spans, [rate] * periods)
    spans = (sum(spans, Fraction(0)),) if method is Method.BULLET else spans
    return _with_rows(position, made, spans, rate, method)


def _checked(**terms: Any) -> Terms:
    try:
        return Terms(**terms)
    except TermsError as error:
        raise RefusedError("input", _FIELDS.get(str(error.field), error.field), error.message) from error


def tabled(
    terms: Terms, due: Sequence[date], spans: Sequence[Fraction], rates: Sequence[int | Fraction]
) -> tuple[PlanRow, ...]:
    """Rows of these terms on these days; each period bears its own rate."""
    try:
        rows = rows_of(terms, due, *weights_of(spans, rates))
    except TermsError as error:
        raise RefusedError.from_terms(error) from error
    return tuple(PlanRow(n, day, principal, interest, balance) for n, day, principal, interest, balance in rows)


def resized(
    position: Position,
    principal: int,
    *,
    rates: Sequence[int | Fraction] | None = None,
    rate_ppm: int | Fraction | None = None,
) -> Position:
    """The coming rows on their days, for another principal or at other rates (one for each row).

    Loans of level instalments are solved anew; of the others each row keeps its share of the principal, and of flat loans its
    share of the interest, too.
    """
    now = position.rate_ppm
    if _is_agreed(position):
        rate = now if rate_ppm is None else rate_ppm
        return _with_rows(position, _agreed_rows(position, principal), position.spans, rate, position.method)
    rates = [now] * len(position.rows) if rates is None else rates
    rows = _resized_rows(position, principal, rates) if principal else ()
    spans = position.spans if principal else ()
    return _with_rows(position, rows, spans, now if rate_ppm is None else rate_ppm, position.method)


def _resized_rows(position: Position, principal: int, rates: Sequence[int | Fraction]) -> tuple[PlanRow, ...]:
    due = [row.due_on for row in position.rows]
    if position.method in LEVEL:
        terms = _checked(
            principal=principal,
            annual_rate_ppm=0,
            periods=len(due),
            start_on=position.calendar.since,
            rounding=position.terms.rounding,
            installment_multiple=position.terms.installment_multiple,
            absorb=Absorb.REDERIVE if len(set(rates)) > 1 else position.terms.absorb,
            principal_grace_periods=next(index for index, row in enumerate(position.rows) if row.principal),
        )
        return tabled(terms, due, position.spans, rates)
    lent = position.coming
    parts = [divide(row.principal * principal, lent) for row in position.rows[:-1]]
    parts.append(principal - sum(parts))
    if parts[-1] < 0:
        raise RefusedError("too_small", None, "is too little for rows of their own")
    balances = [principal - sum(parts[:index]) for index in range(len(parts))]
    if position.method is Method.FLAT:
        interest = [
            _flat(row.interest, position.rate_ppm, rate, principal, lent)
            for row, rate in zip(position.rows, rates, strict=True)
        ]
    else:
        interest = interest_on(balances, *weights_of(position.spans, rates), position.terms.rounding)
    return tuple(
        PlanRow(n, day, part, charge, balance - part)
        for n, (day, part, charge, balance) in enumerate(zip(due, parts, interest, balances, strict=True), start=1)
    )


def _is_agreed(position: Position) -> bool:
    """Whether no interest runs on the coming rows, because a settlement made them."""
    return bool(position.rows) and not any(position.spans)


def _agreed_rows(position: Position, principal: int) -> tuple[PlanRow, ...]:
    """The rows of a settlement for another principal, each with its share of it and all else that it asked for."""
    lent = position.coming
    parts = [divide(row.principal * principal, lent) if lent else 0 for row in position.rows[:-1]]
    parts.append(principal - sum(parts))
    if parts[-1] < 0:
        raise RefusedError("too_small", None, "is too little for rows of their own")
    left = [principal - sum(parts[: n + 1]) for n in range(len(parts))]
    return tuple(
        row._replace(principal=part, balance=balance)
        for row, part, balance in zip(position.rows, parts, left, strict=True)
    )


def _with_agreed_carried(position: Position) -> Position:
    """What the rows of a settlement ask for beside principal, put to the first of the rows that take their place."""
    if not _is_agreed(position):
        return position
    first = position.carried.first
    penalty = first.penalty + sum(row.penalty for row in position.rows)
    interest = first.interest + sum(row.interest for row in position.rows)
    rows = tuple(row._replace(interest=0, penalty=0) for row in position.rows)
    carried = position.carried._replace(first=Parts(penalty, interest, first.principal))
    return position._replace(rows=rows, carried=carried)


def _flat(interest: int, rate: int | Fraction, new_rate: int | Fraction, principal: int, lent: int) -> int:
    """Interest of a flat row, in proportion to the rate and to the principal."""
    share = Fraction(interest * principal, lent) * (Fraction(new_rate) / rate if rate else 0)
    return divide(share.numerator, share.denominator)


def _with_rows(
    position: Position, rows: tuple[PlanRow, ...], spans: tuple[Fraction, ...], rate: int | Fraction, method: Method
) -> Position:
    assert all(earlier.due_on < later.due_on for earlier, later in pairwise(rows))
    first = position.carried.first
    carried = position.carried._replace(first=Parts(first.penalty, first.interest + position.accrued, first.principal))
    return position._replace(rows=rows, spans=spans, rate_ppm=rate, method=method, accrued=0, carried=carried)


def without_past_due(position: Position, carried: Carried) -> Position:
    """The position with nothing past due; whoever asks has put its principal into rows and its interest and penalty elsewhere."""
    return position._replace(past_due=(), carried=carried)
