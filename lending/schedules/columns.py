"""The figures of each repayment method: two ideas carry all seven.

Either the principal of each row is a known share of the loan and interest is charged on what is left (equal principal,
interest only, bullet, staged, flat), or the instalment is known and the principal is what interest leaves of it (equal
and fixed instalments). In both the last row takes what rounding left over.
"""

from collections.abc import Sequence
from math import lcm
from typing import NamedTuple

from lending.money import divide, dividing
from lending.schedules.level import annuities, level_instalment
from lending.schedules.reading import TermsError
from lending.schedules.terms import INSTALMENT_METHODS, Absorb, Method, Terms


class Columns(NamedTuple):
    """The figures of a schedule, a list for each column."""

    principal: list[int]
    interest: list[int]
    balance: list[int]


def columns(terms: Terms, weights: Sequence[int], denominator: int) -> Columns:
    """The figures of these terms; `weights` over `denominator` are the interest of each period on one unit."""
    if terms.method not in INSTALMENT_METHODS:
        figures = _by_shares(terms, weights, denominator)
    elif terms.absorb is Absorb.REDERIVE and terms.method is Method.EQUAL_INSTALLMENT:
        figures = _rederived(terms, weights, denominator)
    else:
        figures = _by_instalment(terms, weights, denominator)
    figures.principal[-1] += figures.balance[-1]
    figures.balance[-1] = 0
    return figures


def _by_instalment(terms: Terms, weights: Sequence[int], denominator: int) -> Columns:
    """Every instalment is the same; a row whose interest is more pays that interest and no principal."""
    charge = dividing(denominator, terms.rounding)
    instalment = _instalment(terms, weights, denominator)
    stops_when_repaid = terms.method is Method.FIXED_INSTALLMENT
    grace, left = terms.principal_grace_periods, terms.principal
    principal, interest, balance = [0] * grace, [charge(left * weight) for weight in weights[:grace]], [left] * grace
    for weight in weights[grace:]:
        due = charge(left * weight)
        part = instalment - due
        if not 0 <= part <= left:
            part = max(0, min(part, left))
        left -= part
        principal.append(part)
        interest.append(due)
        balance.append(left)
        if not left and stops_when_repaid:
            break
    return Columns(principal, interest, balance)


def _instalment(terms: Terms, weights: Sequence[int], denominator: int) -> int:
    """The instalment given or solved; TermsError when it does not even cover the first interest.

    A level instalment that is not rounded coarsely always does, save by days: it may lie just under the interest of a
    long month, which is no mistake.
    """
    grace, multiple, field = terms.principal_grace_periods, terms.installment_multiple, "fixed_installment"
    instalment = terms.fixed_installment
    if instalment is None:
        field = "installment_multiple"
        instalment = level_instalment(terms.principal, weights[grace:], denominator, terms.rounding, multiple)
        if multiple == 1:
            return instalment
    interest = divide(terms.principal * weights[grace], denominator, terms.rounding)
    if instalment <= interest:
        raise TermsError(field, f"an instalment of {instalment} repays nothing: the first interest is {interest}")
    return instalment


def _rederived(terms: Terms, weights: Sequence[int], denominator: int) -> Columns:
    """Every row's instalment is solved anew from the balance and the periods then left."""
    _instalment(terms, weights, denominator)
    charge = dividing(denominator, terms.rounding)
    grace, multiple = terms.principal_grace_periods, terms.installment_multiple
    prices = [(0, 1)] * grace + annuities(weights[grace:], denominator)
    figures, left = Columns([], [], []), terms.principal
    for weight, (price, value) in zip(weights, prices, strict=True):
        due = charge(left * weight)
        instalment = divide(left * price, value * multiple, terms.rounding) * multiple
        left = _append(figures, max(0, min(instalment - due, left)), due, left)
    return figures


def _by_shares(terms: Terms, weights: Sequence[int], denominator: int) -> Columns:
    """Principal by shares; interest on what is left of it, for a flat rate on all of it."""
    charge = dividing(denominator, terms.rounding)
    is_flat, is_rederived = terms.method is Method.FLAT, terms.absorb is Absorb.REDERIVE
    spread = shares(terms, len(weights))
    figures, left, shares_left = Columns([], [], []), terms.principal, sum(spread)
    whole, part_of = (left, shares_left), {}
    for share, weight in zip(spread, weights, strict=True):
        due = charge((terms.principal if is_flat else left) * weight)
        if is_rederived:
            whole, part_of = (left, shares_left), {}
        part = part_of.get(share)
        if part is None:
            part = part_of[share] = _part(terms, share, whole, due)
        shares_left -= share
        left = _append(figures, min(part, left), due, left)
    return figures


def _part(terms: Terms, share: int, whole: tuple[int, int], due: int) -> int:
    """The principal of a row; with a flat rate the whole instalment is what `installment_multiple` rounds."""
    amount, parts = whole
    multiple = terms.installment_multiple
    if multiple == 1 or not share or terms.method is not Method.FLAT:
        return divide(amount * share, parts, terms.rounding)
    part = divide(amount * share + due * parts, parts * multiple, terms.rounding) * multiple - due
    if part <= 0:
        raise TermsError("installment_multiple", f"an instalment of {part + due} does not cover the interest of {due}")
    return part


def shares(terms: Terms, count: int) -> list[int]:
    """How the principal is spread over `count` rows, as whole-numbered weights."""
    grace, stages = terms.principal_grace_periods, terms.staged_percentages
    if terms.method in {Method.INTEREST_ONLY, Method.BULLET}:
        return [0] * (count - 1) + [1]
    if terms.method is not Method.STAGED:
        return [0] * grace + [1] * (count - grace)
    scale = lcm(*(share.denominator for share in stages))
    gap = [0] * ((count - grace) // len(stages) - 1)
    return [0] * grace + [weight for share in stages for weight in (*gap, int(share * scale))]


def _append(figures: Columns, part: int, due: int, left: int) -> int:
    """Add a row; returns the balance after it."""
    left -= part
    figures.principal.append(part)
    figures.interest.append(due)
    figures.balance.append(left)
    return left
