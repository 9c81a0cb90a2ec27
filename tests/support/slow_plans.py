"""Plans reckoned the slow way, apart from the console: `Fraction` for every figure, one row after the other, by the book's words.

A loan of 12,000.00 over twelve months from 5 January 2026 at 2 % a month unless said otherwise. Time counts months after 5 July
2026, when its sixth instalment fell due: instalment 7 falls due at 1. A row is (time, principal, interest, penalty).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

LENT, MONTHS, RATE = 1_200_000, 12, Fraction(1, 50)
PAID_BY_ZERO = 6


class Slow(NamedTuple):
    at: int
    principal: int
    interest: int
    penalty: int = 0

    @property
    def total(self) -> int:
        return self.principal + self.interest + self.penalty


Rows = list[Slow]


def half_up(amount: Fraction) -> int:
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def day_at(months: int) -> date:
    """The fifth of the month so many after July 2026."""
    year, month = divmod(2026 * 12 + 6 + months, 12)
    return date(year, month + 1, 5)


def annuity(principal: int, rate: Fraction, periods: int) -> int:
    """A = P r / (1 - (1 + r)^-n), rounded half-up to the cent."""
    return half_up(Fraction(principal, periods) if not rate else principal * rate / (1 - (1 + rate) ** -periods))


def level(principal: int, periods: int, rate: Fraction = RATE, first: int = 1, grace: int = 0) -> Rows:
    """Level instalments after so many of interest alone; interest rounded a row, the last row takes the rest."""
    instalment, rows = annuity(principal, rate, periods - grace), []
    for n in range(periods):
        interest = half_up(principal * rate)
        part = 0 if n < grace else instalment - interest
        part = principal if n == periods - 1 else part
        rows.append(Slow(first + n, part, interest))
        principal -= part
    return rows


def solved_anew(principal: int, rates: Sequence[Fraction], first: int = 1) -> Rows:
    """Each instalment solved from what is left and the rates still to come: A x sum of discounts = what is left."""
    rows = []
    for n, rate in enumerate(rates):
        worth, discount = Fraction(0), Fraction(1)
        for later in rates[n:]:
            discount /= 1 + later
            worth += discount
        interest = half_up(principal * rate)
        part = principal if n == len(rates) - 1 else half_up(principal / worth) - interest
        rows.append(Slow(first + n, part, interest))
        principal -= part
    return rows


def by_parts(parts: Sequence[int], rate: Fraction = RATE, first: int = 1) -> Rows:
    """Known parts of principal, interest on what is left before each."""
    left, rows = sum(parts), []
    for n, part in enumerate(parts):
        rows.append(Slow(first + n, part, half_up(left * rate)))
        left -= part
    return rows


def evenly(principal: int, periods: int) -> list[int]:
    """Equal parts rounded half-up, the last taking the rest."""
    part = half_up(Fraction(principal, periods))
    return [*[part] * (periods - 1), principal - part * (periods - 1)]


def shared(amount: int, over: int) -> list[int]:
    """Equal shares of whole cents; the first ones take the odd cents."""
    return [amount // over + (n < amount % over) for n in range(over)]


def flat(principal: int, periods: int, first: int = 1) -> Rows:
    """Equal parts, interest always on all of the principal."""
    return [Slow(first + n, part, half_up(principal * RATE)) for n, part in enumerate(evenly(principal, periods))]


def more(rows: Rows, where: int, interest: int = 0, penalty: int = 0) -> Rows:
    """The rows with more interest and penalty at one of them."""
    changed = list(rows)
    row = changed[where]
    changed[where] = row._replace(interest=row.interest + interest, penalty=row.penalty + penalty)
    return changed


def spread(rows: Rows, interest: int) -> Rows:
    shares = shared(interest, len(rows))
    return [row._replace(interest=row.interest + share) for row, share in zip(rows, shares, strict=True)]


def later(rows: Rows, months: int) -> Rows:
    return [row._replace(at=row.at + months) for row in rows]


def merged(one: Rows, other: Rows) -> Rows:
    """Rows of the same month as one."""
    at: dict[int, Slow] = {}
    for row in (*one, *other):
        had = at.get(row.at, Slow(row.at, 0, 0))
        at[row.at] = Slow(row.at, had.principal + row.principal, had.interest + row.interest, had.penalty + row.penalty)
    return [at[key] for key in sorted(at)]


def whole_loan() -> Rows:
    """The loan as made: time -5 is its first instalment."""
    return level(LENT, MONTHS, first=1 - PAID_BY_ZERO)


def left_after(paid: int) -> int:
    return LENT - sum(row.principal for row in whole_loan()[:paid])


def interest_of(rows: Sequence[Slow]) -> int:
    return sum(row.interest for row in rows)


def grown(principal: int, months: int) -> int:
    """Principal with the interest of these months capitalised, each month rounded."""
    for _ in range(months):
        principal += half_up(principal * RATE)
    return principal


def worth_of(rows: Sequence[tuple[date, int]], rate: Fraction = RATE) -> Fraction:
    """On 5 July: whole months compound, the days of a part are simple interest, what lies behind counts in full."""
    worth = Fraction(0)
    for day, total in rows:
        months = 0
        while day_at(months + 1) <= day:
            months += 1
        begun = day_at(months)
        part = Fraction((day - begun).days, (day_at(months + 1) - begun).days) if day > begun else 0
        worth += total / ((1 + rate) ** months * (1 + rate * part))
    return worth


def dated(rows: Rows) -> list[tuple[date, int]]:
    return [(day_at(row.at), row.total) for row in rows if row.total]


def shifted(rows: Rows, days: int) -> list[tuple[date, int]]:
    return [(day_at(row.at) + timedelta(days=days), row.total) for row in rows]


def rate_of(rows: Rows) -> Fraction:
    """The rate a month at which these payments are worth the loan, halved down to 2^-70."""
    low, high = Fraction(0), Fraction(1)
    for _ in range(70):
        middle = (low + high) / 2
        worth = sum(row.total / (1 + middle) ** row.at for row in rows)
        low, high = (middle, high) if worth > LENT else (low, middle)
    return low
