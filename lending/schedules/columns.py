"""The figures of each repayment method: two ideas carry all seven.

Either the principal of each row is a known share of the loan and interest is charged on what is left (equal principal,
interest only, bullet, staged, flat), or the instalment is known and the principal is what interest leaves of it (equal
and fixed instalments). In both the last row takes what rounding left over.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat
from math import lcm

from lending.money import Rounding, bias, divide
from lending.schedules.level import annuities, level_instalment
from lending.schedules.reading import TermsError
from lending.schedules.terms import INSTALMENT_METHODS, Absorb, Method, Terms

Columns = tuple[list[int], list[int], list[int]]
"""The figures of a schedule: the principal, the interest and the balance of each row."""


def columns(terms: Terms, weights: Sequence[int], denominator: int) -> Columns:
    """The figures of these terms; `weights` over `denominator` are the interest of each period on one unit."""
    if terms.method not in INSTALMENT_METHODS:
        principal, interest, balance = _by_shares(terms, weights, denominator)
    elif terms.absorb is Absorb.REDERIVE and terms.method is Method.EQUAL_INSTALLMENT:
        principal, interest, balance = _rederived(terms, weights, denominator)
    else:
        principal, interest, balance = _by_instalment(terms, weights, denominator)
    principal[-1] += balance[-1]
    balance[-1] = 0
    return principal, interest, balance


def _by_instalment(terms: Terms, weights: Sequence[int], denominator: int) -> Columns:
    """Every instalment is the same; a row whose interest is more pays that interest and no principal."""
    grace, left = terms.principal_grace_periods, terms.principal
    instalments = [0] * grace + [_instalment(terms, weights, denominator)] * (len(weights) - grace)
    rounding, addend = terms.rounding, bias(denominator, terms.rounding)
    stops_when_repaid = terms.method is Method.FIXED_INSTALLMENT
    principal, interest, balance = [], [], []
    for weight, instalment in zip(weights, instalments, strict=True):
        charge = left * weight
        due = divide(charge, denominator, rounding) if addend is None else (charge + addend) // denominator
        part = instalment - due
        if not 0 <= part <= left:
            part = max(0, min(part, left))
        left -= part
        principal.append(part)
        interest.append(due)
        balance.append(left)
        if stops_when_repaid and not left:
            break
    return principal, interest, balance


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
    grace, multiple = terms.principal_grace_periods, terms.installment_multiple
    prices = [(0, 1)] * grace + annuities(weights[grace:], denominator)
    principal, interest, balance = [], [], []
    left = terms.principal
    for weight, (price, value) in zip(weights, prices, strict=True):
        due = divide(left * weight, denominator, terms.rounding)
        instalment = divide(left * price, value * multiple, terms.rounding) * multiple
        part = max(0, min(instalment - due, left))
        left -= part
        principal.append(part)
        interest.append(due)
        balance.append(left)
    return principal, interest, balance


def interest_on(balances: Iterable[int], weights: Sequence[int], denominator: int, rounding: Rounding) -> list[int]:
    """The interest of each period on its balance, rounded."""
    pairs = zip(balances, weights, strict=False)
    addend = bias(denominator, rounding)
    if addend is None:
        return [divide(balance * weight, denominator, rounding) for balance, weight in pairs]
    return [(balance * weight + addend) // denominator for balance, weight in pairs]


def _by_shares(terms: Terms, weights: Sequence[int], denominator: int) -> Columns:
    """Principal by shares; interest on what is left of it, for a flat rate on all of it."""
    whole, spread = terms.principal, shares(terms, len(weights))
    flat_interest = None
    if terms.method is Method.FLAT:
        flat_interest = interest_on(repeat(whole), weights, denominator, terms.rounding)
    principal = _spread(terms, spread, flat_interest)
    balance = [whole - repaid for repaid in accumulate(principal)]
    interest = flat_interest or interest_on((whole, *balance), weights, denominator, terms.rounding)
    return principal, interest, balance


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
