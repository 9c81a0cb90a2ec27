"""Paying back principal before its day: a pure function from facts, a day and an amount to the schedule that follows.

What has fallen due and its penalty come first, then interest to the day on all that is lent (Civil Code of China, article
677), then the fee that the product names, if any; the rest repays principal. Rows after the day bear the rate that they bore,
on the smaller balance: each keeps its share of a year where the loan's terms explain its interest, else the rate that it shows.

Invariants, asserted: the principal of the rows sums to the loan's; rows due up to the day stay as they are; what is paid now
and what was paid ahead is due on the day to the minor unit. Rows of the new part have numbers of their own, never used before,
so that money which had gone to a row that no longer is goes to what is asked for in its place.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from lending.daycount import BASIS, DayCount, numerator
from lending.loan_facts import InstalmentFact, LoanFacts
from lending.money import PPM, Rounding, divide
from lending.running import earned
from lending.schedules import Method
from lending.schedules.level import annuity
from lending.schedules.steps import Step
from lending.schedules.terms import INSTALMENT_METHODS
from lending.standing import InstalmentState, standing


class Keep(StrEnum):
    """What stays as it was: the instalment, so that the term is shorter; or the term, so that instalments are smaller."""

    INSTALMENT = "instalment"
    TERM = "term"


KNOWN_INSTALMENTS = INSTALMENT_METHODS | {Method.FLAT}
"""Methods whose instalment a borrower knows as one figure, which can stay; of the others the principal of each row stays."""


class Refusal(StrEnum):
    """Why an amount cannot be prepaid."""

    NOTHING_AHEAD = "nothing_ahead"
    WAIVED_AHEAD = "waived_ahead"
    TOO_LITTLE = "too_little"


class RefusedError(ValueError):
    """No prepayment; `least` is what must be exceeded where the amount is too little, in minor units."""

    def __init__(self, reason: Refusal, least: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.least = reason, least


class Agreed(NamedTuple):
    """What of a loan's terms its coming rows follow from; the fee is parts per million of the principal prepaid."""

    method: Method
    annual_rate_ppm: int
    day_count: DayCount
    step: Step
    rounding: Rounding = Rounding.HALF_UP
    fee_ppm: int = 0

    def weight(self, since: date, due_on: date) -> Fraction:
        """Interest of a regular period on one unit of principal."""
        if self.day_count is DayCount.MONTH_12:
            return Fraction(self.annual_rate_ppm * self.step.length, PPM * self.step.year)
        return Fraction(self.annual_rate_ppm * numerator(self.day_count, since, due_on), PPM * BASIS[self.day_count])


class Prepaid(NamedTuple):
    """Where the money goes and every row of the schedule that follows, in minor units.

    `due` had fallen due, penalty with it; `interest` is what is left to pay of it up to the day; `principal` is repaid before
    its day; `held` is more than the loan owes; what had been paid ahead counts with the amount. `interest_saved` is what the
    coming rows no longer ask for.
    """

    rows: tuple[InstalmentFact, ...]
    due: int
    interest: int
    fee: int
    principal: int
    held: int
    interest_saved: int
    is_full: bool


def prepay(facts: LoanFacts, agreed: Agreed, *, on: date, amount: int, keep: Keep) -> Prepaid:
    """What `amount` of value day `on` does as a prepayment; RefusedError when it would prepay nothing."""
    state = standing(facts, on)
    fallen_due = [row for row in state.instalments if row.due_on <= on]
    ahead = [row for row in state.instalments if row.due_on > on]
    if not ahead:
        raise RefusedError(Refusal.NOTHING_AHEAD)
    if any(row.waived_principal or row.waived_interest for row in ahead):
        raise RefusedError(Refusal.WAIVED_AHEAD)
    due = sum(row.open for row in fallen_due) + state.penalty + state.fee
    since = max((row.due_on for row in fallen_due), default=facts.start_on)
    lent = sum(row.principal for row in ahead)
    weights = _weights(ahead, agreed, since, lent)
    run = earned(ahead[0].interest, lent, since, ahead[0].due_on, on, facts.by_the_day)
    paid_interest = sum(row.paid_interest for row in ahead)
    paid_principal = sum(row.paid_principal for row in ahead)
    interest = max(0, run - ahead[0].paid_interest)
    free = amount + state.unapplied - due - interest
    principal, fee = _with_fee(free, lent - paid_principal, agreed.fee_ppm)
    if principal <= 0:
        raise RefusedError(Refusal.TOO_LITTLE, amount - free)
    repaid, left = paid_principal + principal, lent - paid_principal - principal
    first = 1 + max(row.n for version in facts.versions for row in version.rows)
    new = [InstalmentFact(first, on, repaid, paid_interest + interest + fee)]
    if left:
        new += _coming(ahead, agreed, weights, keep, (lent, left), (since, on), first + 1)
    rows = (*(InstalmentFact(row.n, row.due_on, row.principal, row.interest) for row in fallen_due), *new)
    assert sum(row.principal for row in rows) == sum(row.principal for row in state.instalments)
    saved = sum(row.interest for row in ahead) - sum(row.interest for row in new) + fee
    return Prepaid(rows, due, interest, fee, principal, free - principal - fee, saved, not left)


def _with_fee(free: int, most: int, fee_ppm: int) -> tuple[int, int]:
    """Principal repaid with so much money, and its fee; all of both is used, save what is more than the loan owes."""
    whole_fee = divide(most * fee_ppm, PPM)
    if free >= most + whole_fee:
        return most, whole_fee
    principal = min(free * PPM // (PPM + fee_ppm), most - 1)
    return principal, free - principal


def _weights(ahead: Sequence[InstalmentState], agreed: Agreed, since: date, balance: int) -> list[Fraction]:
    """Interest of each coming row on one unit of what is then lent."""
    weights = []
    for row in ahead:
        weight = agreed.weight(since, row.due_on)
        if _of(weight, balance, agreed.rounding) != row.interest:
            weight = Fraction(row.interest, balance) if balance else Fraction(0)
        weights.append(weight)
        balance -= row.principal
        since = row.due_on
    return weights


def _coming(
    ahead: Sequence[InstalmentState],
    agreed: Agreed,
    weights: Sequence[Fraction],
    keep: Keep,
    balance: tuple[int, int],
    days: tuple[date, date],
    first: int,
) -> list[InstalmentFact]:
    """The rows after the day; `balance` is what was lent of them and what is left, `days` where the running row began and now."""
    (lent, left), (since, on) = balance, days
    rest = Fraction((ahead[0].due_on - on).days, (ahead[0].due_on - since).days)
    parts = [row.principal for row in ahead]
    if agreed.method is Method.FLAT:
        rates = [Fraction(ahead[0].interest, lent) * rest, *(Fraction(row.interest, lent) for row in ahead[1:])]
        charges = [_of(rate, left, agreed.rounding) for rate in rates]
    else:
        rates = [weights[0] * rest, *weights[1:]]
        charges = []
    totals = [row.principal + row.interest for row in ahead]
    if keep is Keep.INSTALMENT and agreed.method in KNOWN_INSTALMENTS:
        figures = _by_instalment(totals, parts, rates, charges, left, agreed)
    elif agreed.method is Method.FIXED_INSTALLMENT:
        smaller = [divide(total * left, lent) for total in totals]
        figures = _by_instalment(smaller, parts, rates, charges, left, agreed)
    elif agreed.method is Method.EQUAL_INSTALLMENT:
        grace = next(index for index, part in enumerate(parts) if part)
        level = _level(rates[grace:], left, agreed.rounding)
        figures = _by_instalment([level] * len(parts), parts, rates, charges, left, agreed)
    else:
        shares = _kept(parts, left) if keep is Keep.INSTALMENT else _scaled(parts, lent, left)
        figures = _by_shares(shares, rates, charges, left, agreed)
    return [
        InstalmentFact(first + index, row.due_on, principal, charge)
        for index, (row, (principal, charge)) in enumerate(zip(ahead, figures, strict=False))
    ]


def _level(rates: Sequence[Fraction], left: int, rounding: Rounding) -> int:
    """The level instalment that repays what is left."""
    common = lcm(*(rate.denominator for rate in rates))
    price, value = annuity([int(rate * common) for rate in rates], common)
    return divide(left * price, value, rounding)


def _by_instalment(
    instalments: Sequence[int],
    former: Sequence[int],
    rates: Sequence[Fraction],
    charges: Sequence[int],
    left: int,
    agreed: Agreed,
) -> list[tuple[int, int]]:
    """Principal and interest of rows of these instalments until all is repaid; a row that repaid nothing still repays nothing."""
    figures = []
    for index, instalment in enumerate(instalments):
        charge = charges[index] if charges else _of(rates[index], left, agreed.rounding)
        part = min(left, max(0, instalment - charge)) if former[index] else 0
        if index == len(instalments) - 1:
            part = left
        figures.append((part, charge))
        left -= part
        if not left:
            break
    return figures


def _by_shares(
    shares: Sequence[int], rates: Sequence[Fraction], charges: Sequence[int], left: int, agreed: Agreed
) -> list[tuple[int, int]]:
    """Rows that repay these parts, with interest on what is left before each."""
    figures = []
    for index, share in enumerate(shares):
        figures.append((share, charges[index] if charges else _of(rates[index], left, agreed.rounding)))
        left -= share
    assert not left
    return figures


def _kept(parts: Sequence[int], left: int) -> list[int]:
    """The same parts from the next row on until all is repaid."""
    kept = []
    for part in parts:
        kept.append(min(part, left))
        left -= kept[-1]
        if not left:
            break
    return kept


def _scaled(parts: Sequence[int], lent: int, left: int) -> list[int]:
    """Every part smaller in the same proportion; the last takes what rounding leaves."""
    scaled: list[int] = []
    for part in parts[:-1]:
        scaled.append(min(divide(part * left, lent), left - sum(scaled)))
    return [*scaled, left - sum(scaled)]


def _of(rate: Fraction, balance: int, rounding: Rounding) -> int:
    return divide(rate.numerator * balance, rate.denominator, rounding)
