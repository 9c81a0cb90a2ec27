"""Contract interest of days on which the law lets none accrue: what it takes off a row that those days lie in.

    frozen = sum over the frozen days [from, to) of the row's period of what has run by `to` less what has run by `from`

The period of a row is from the due day before it (the start of the loan for the first) to its own; what has run by a day is
that of the pay-off (`lending.running`). So a period frozen as a whole asks for no interest, and one frozen in parts for what
the pay-off would not have counted. It is never owed, also not later (United Kingdom, Debt Respite Scheme Regulations 2020,
regulation 7: interest, fees and charges of the days of the moratorium). Days are ordinals.
"""

from collections.abc import Sequence
from datetime import date

from lending.clock import Span
from lending.running import ByTheDay, earned


def frozen_interest(
    interest: int, lent: int, since: int, due: int, spans: Sequence[Span], by_the_day: ByTheDay | None
) -> int:
    """What the frozen days take off a row's `interest` in its period; `spans` overlap nowhere."""

    def run(day: int) -> int:
        began, ends, on = (date.fromordinal(each) for each in (since, due, day))
        return earned(interest, lent, began, ends, on, by_the_day)

    days = ((max(start, since), min(end, due)) for start, end in spans)
    return sum(run(last) - run(first) for first, last in days if first < last)
