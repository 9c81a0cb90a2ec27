"""Penalty on overdue principal, exact to the last day: one integer grows, and only its reading is rounded.

    N(D) = sum over the days d with due day <= d < D of overdue principal open on d x rate in parts per million
    P(D) = N(D) / (1,000,000 x day basis), rounded half-up, is the penalty accrued in all up to D

First day in, last day out: a payment of value day V lowers the principal from V on. What a day posts is P(D+1) - P(D), so
postings never drift from the whole. A close that works in SQL adds principal x rate a day in integers and agrees.
(Overdue principal x penalty rate x days / basis: People's Bank of China, notice 251 of 2003.)

Grace of g days: an instalment unsettled at the end of day due + g has run out of it. From then on it counts, starting with
that day when the grace excuses; else the days since the due day are charged with it.
"""

from collections.abc import Iterable

from lending.money import PPM, divide
from lending.open_rows import OpenRow


def accrued(numerator: int, day_basis: int) -> int:
    """P for N: minor units, rounded half-up."""
    return divide(numerator, PPM * day_basis)


def charge(rows: Iterable[OpenRow], start: int, end: int, grace_days: int, *, grace_excuses: bool) -> int:
    """Overdue principal times days for the days from `start` up to, not including, `end`; times the rate this adds to N.

    Rows stand in the order of their due days; no row falls due, leaves its grace or changes between the two days.
    Moves what a row that ran out of grace had held.
    """
    days, total = end - start, 0
    for row in rows:
        if row.due > start:
            break
        if row.settled is not None:
            continue
        product = row.open_principal * days
        if start - row.due >= grace_days:
            total += product + row.grace_held
            row.grace_held = 0
        elif not grace_excuses:
            row.grace_held += product
    return total
