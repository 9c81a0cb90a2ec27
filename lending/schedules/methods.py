"""The rows of each repayment method: two ideas carry them all.

Either the principal of each row is a known share of the loan and interest is charged on what is left (equal principal,
interest only, bullet, staged, flat), or the instalment is known and the principal is what interest leaves of it (equal
and fixed instalments). In both the last row takes what rounding left over.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate, count, repeat
from math import lcm

from lending.money import Rounding, bias, divide
from lending.schedules.level import annuities, annuity
from lending.schedules.reading import TermsError
from lending.schedules.row import Row, new_row
from lending.schedules.terms import INSTALMENT_METHODS, Absorb, Method, Terms

_ALL_THAT_IS_LEFT = 1 << 62
"""An instalment that no balance with its interest reaches."""


def rows_of(terms: Terms, due: Sequence[date], weights: Sequence[int], denominator: int) -> list[Row]:
    """The rows of these terms; `weights` over `denominator` are the interest of each period on one unit."""
    if terms.method not in INSTALMENT_METHODS:
        return _by_shares(terms, due, weights, denominator)
    if terms.absorb is Absorb.REDERIVE and terms.method is Method.EQUAL_INSTALLMENT:
        return _rederived(terms, due, weights, denominator)
    return _by_instalment(terms, due, weights, denominator)


def _by_instalment(terms: Terms, due: Sequence[date], weights: Sequence[int], denominator: int) -> list[Row]:
    """Every instalment is the same; a row whose interest is more pays that interest and no principal.

    A fixed instalment has no rows after the one that repays the rest.
    """
    grace, left = terms.principal_grace_periods, terms.principal
    instalments = [_instalment(terms, weights, denominator)] * len(weights)
    if grace:
        instalments[:grace] = [0] * grace
    instalments[-1] = _ALL_THAT_IS_LEFT
    rounding, addend = terms.rounding, bias(denominator, terms.rounding)
    rows = []
    for n, day, weight, instalment in zip(count(1), due, weights, instalments, strict=False):
        if addend is None:
            interest = divide(left * weight, denominator, rounding)
        else:
            interest = (left * weight + addend) // denominator
        part = instalment - interest
        if part < 0 or part > left:
            part = 0 if part < 0 else left
        left -= part
        rows.append(new_row(Row, (n, day, part, interest, left)))
    if terms.fixed_installment is not None:
        return rows[: [row.balance for row in rows].index(0) + 1]
    return rows


def _instalment(terms: Terms, weights: Sequence[int], denominator: int) -> int:
    """The instalment given or solved; TermsError when it does not even cover the first interest.

    A level instalment that is not rounded coarsely always does, save by days: it may lie just under the interest of a
    long month, which is no mistake.
    """
    grace, multiple, field = terms.principal_grace_periods, terms.installment_multiple, "fixed_installment"
    instalment = terms.fixed_installment
    if instalment is None:
        field = "installment_multiple"
        price, value = annuity(weights[grace:], denominator)
        instalment = divide(terms.principal * price, value * multiple, terms.rounding) * multiple
        if multiple == 1:
            return instalment
    interest = divide(terms.principal * weights[grace], denominator, terms.rounding)
    if instalment <= interest:
        raise TermsError(field, f"an instalment of {instalment} repays nothing: the first interest is {interest}")
    return instalment


def _rederived(terms: Terms, due: Sequence[date], weights: Sequence[int], denominator: int) -> list[Row]:
    """Every row's instalment is solved anew from the balance and the periods then left."""
    _instalment(terms, weights, denominator)
    grace, multiple = terms.principal_grace_periods, terms.installment_multiple
    prices = [(0, 1)] * grace + annuities(weights[grace:], denominator)
    rows = []
    left = terms.principal
    for n, (day, weight, (price, value)) in enumerate(zip(due, weights, prices, strict=True), start=1):
        interest = divide(left * weight, denominator, terms.rounding)
        instalment = divide(left * price, value * multiple, terms.rounding) * multiple
        part = left if n == len(weights) else max(0, min(instalment - interest, left))
        left -= part
        rows.append(Row(n, day, part, interest, left))
    return rows


def interest_on(balances: Iterable[int], weights: Sequence[int], denominator: int, rounding: Rounding) -> list[int]:
    """The interest of each period on its balance, rounded."""
    pairs = zip(balances, weights, strict=False)
    addend = bias(denominator, rounding)
    if addend is None:
        return [divide(balance * weight, denominator, rounding) for balance, weight in pairs]
    return [(balance * weight + addend) // denominator for balance, weight in pairs]


def _by_shares(terms: Terms, due: Sequence[date], weights: Sequence[int], denominator: int) -> list[Row]:
    """Principal by shares; interest on what is left of it, for a flat rate on all of it; a bullet has only the last row."""
    if terms.method is Method.BULLET:
        due, weights = due[-1:], [sum(weights)]
    whole, spread = terms.principal, shares(terms, len(weights))
    flat_interest = None
    if terms.method is Method.FLAT:
        flat_interest = interest_on(repeat(whole), weights, denominator, terms.rounding)
    principal = _spread(terms, spread, flat_interest)
    principal[-1] += whole - sum(principal)
    balance = [whole - repaid for repaid in accumulate(principal)]
    interest = flat_interest or interest_on((whole, *balance), weights, denominator, terms.rounding)
    return list(map(new_row, repeat(Row), zip(count(1), due, principal, interest, balance, strict=False)))


def _spread(terms: Terms, spread: Sequence[int], flat_interest: Sequence[int] | None) -> list[int]:
    """The principal of each row, never more than is left; what rounding leaves over stays for the last row."""
    left, shares_left = terms.principal, sum(spread)
    whole = (left, shares_left)
    is_rederived = terms.absorb is Absorb.REDERIVE
    if not is_rederived and terms.installment_multiple == 1:
        part_of = {share: _part(terms, share, whole, 0) for share in set(spread)}
        parts = [part_of[share] for share in spread]
        if sum(parts[:-1]) <= left:
            return parts
    parts = []
    for share, due in zip(spread, flat_interest or repeat(0), strict=False):
        part = min(left, _part(terms, share, (left, shares_left) if is_rederived else whole, due))
        left -= part
        shares_left -= share
        parts.append(part)
    return parts


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


def shares(terms: Terms, rows: int) -> list[int]:
    """How the principal is spread over `rows` rows, as whole-numbered weights."""
    grace, stages = terms.principal_grace_periods, terms.staged_percentages
    if terms.method in {Method.INTEREST_ONLY, Method.BULLET, Method.DAILY}:
        return [0] * (rows - 1) + [1]
    if terms.method is not Method.STAGED:
        return [0] * grace + [1] * (rows - grace)
    scale = lcm(*(share.denominator for share in stages))
    gap = [0] * ((rows - grace) // len(stages) - 1)
    return [0] * grace + [weight for share in stages for weight in (*gap, int(share * scale))]
