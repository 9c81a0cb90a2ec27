"""Who borrowed what and how they paid until a day: drawn from one seed, the same for the same seed.

Half of the loans have a reminder due on the day after: a due day on that day or three days later, and nothing past due.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from random import Random
from typing import NamedTuple

from config.demo.catalogue import FLEXIBLE, FUNDERS, PRODUCTS, YEAR, ProductCard
from config.demo.names import Person, person
from lending.money import minor_digits
from lending.schedules import DayCount, Method, Terms, build
from lending.schedules.dates import add_months


class Story(Enum):
    """How a loan stands on the day, with its share among a hundred loans."""

    REMINDED = 38
    ON_TIME = 22
    LATE_DAYS = 12  # 1 to 30 days past due
    LATE_MONTHS = 9  # 31 to 90
    LATE_LONG = 8  # over 90
    PAID_OFF = 6
    CAUGHT_UP = 3
    NEW = 2


DAYS_LATE = {Story.LATE_DAYS: (1, 30), Story.LATE_MONTHS: (31, 90), Story.LATE_LONG: (91, 240)}
FLEXIBLE_STORIES, FLEXIBLE_SHARE = (Story.ON_TIME, Story.NEW), 0.12
SECOND_LOAN, THIRD_LOAN = 0.14, 0.03
MONTHS_BACK_MAX = 20


class Paid(NamedTuple):
    on: date
    amount: int


class LoanLife(NamedTuple):
    number: str
    funder: str
    product: str
    terms: Terms
    story: Story
    payments: list[Paid]


class Life(NamedTuple):
    person: Person
    loans: list[LoanLife]


def lives(loans: int, seed: int, day: date) -> Iterator[Life]:
    """Borrowers with `loans` loans in all, as of `day`."""
    chance = Random(seed)
    stories = list(Story)
    weights = [story.value for story in stories]
    number = written = 0
    while written < loans:
        number += 1
        somebody = person(number, chance)
        first = chance.choices(stories, weights)[0]
        kinds = [first] + [_like(first, chance) for share in (SECOND_LOAN, THIRD_LOAN) if chance.random() < share]
        kinds = kinds[: loans - written]
        funders = chance.sample(FUNDERS, len(kinds))
        taken = [
            _loan(f"L{written + index + 1:07d}", funder.code, kind, day, chance)
            for index, (funder, kind) in enumerate(zip(funders, kinds, strict=True))
        ]
        written += len(taken)
        yield Life(somebody, taken)


def _like(first: Story, chance: Random) -> Story:
    """A second loan: those behind on one are often behind on the other; those to be reminded are not."""
    if first in DAYS_LATE and chance.random() < 0.5:
        return first
    return Story.REMINDED if first is Story.REMINDED else Story.ON_TIME


def _loan(number: str, funder: str, story: Story, day: date, chance: Random) -> LoanLife:
    is_flexible = story in FLEXIBLE_STORIES and chance.random() < FLEXIBLE_SHARE
    card = FLEXIBLE if is_flexible else chance.choices(PRODUCTS, [card.weight for card in PRODUCTS])[0]
    periods = chance.choice(card.periods)
    due_on = _due_day(story, day, chance)
    before = _paid_before(story, periods, due_on, chance)
    terms = _terms(card, periods, add_months(due_on, -before), chance)
    return LoanLife(number, funder, card.code, terms, story, _payments(terms, story, before, day, chance))


def _due_day(story: Story, day: date, chance: Random) -> date:
    """The due day that the story turns on: the next one, or the oldest one that is not paid."""
    if story is Story.REMINDED:
        return day + timedelta(days=chance.choice([1, 4]))
    if story in DAYS_LATE:
        return day - timedelta(days=chance.randint(*DAYS_LATE[story]))
    if story is Story.PAID_OFF:
        return day - timedelta(days=chance.randint(5, 200))
    if story is Story.CAUGHT_UP:
        return day - timedelta(days=chance.randint(12, 25))
    return day + timedelta(days=chance.randint(6, 27))


def _paid_before(story: Story, periods: int, due_on: date, chance: Random) -> int:
    """How many instalments came before that day; only months that have that day, so that it is a due day."""
    if story is Story.PAID_OFF:
        return periods - 1 if add_months(due_on, 1 - periods).day == due_on.day else 0
    if story is Story.NEW:
        return 0
    possible = [n for n in range(min(periods, MONTHS_BACK_MAX)) if add_months(due_on, -n).day == due_on.day]
    return chance.choice(possible)


def _terms(card: ProductCard, periods: int, first_due_on: date, chance: Random) -> Terms:
    unit = 10 ** minor_digits(card.currency)
    low, high = card.principal
    principal = round(low * (high / low) ** chance.random(), -2) or low
    return Terms(
        principal=int(principal) * unit,
        currency=card.currency,
        annual_rate_ppm=chance.choice(card.percent) * YEAR,
        periods=periods,
        method=Method(card.method),
        day_count=DayCount(card.day_count),
        start_on=add_months(first_due_on, -1),
        first_due_on=first_due_on,
    )


def _payments(terms: Terms, story: Story, before: int, day: date, chance: Random) -> list[Paid]:
    rows = build(terms)
    settled = rows if story is Story.PAID_OFF else rows[:before]
    punctual = chance.random()
    payments = []
    for row in settled:
        late = chance.randint(1, 3) if chance.random() > 0.55 + 0.45 * punctual else -chance.randint(0, 2)
        paid_on = max(row.due_on + timedelta(days=late), terms.start_on + timedelta(days=1))
        payments.append(Paid(min(paid_on, day), row.total))
    oldest = rows[len(settled)] if len(settled) < len(rows) else None
    if story is Story.CAUGHT_UP and oldest:
        payments.append(Paid(day - timedelta(days=chance.randint(2, 6)), oldest.total + oldest.total // 20))
    elif story in DAYS_LATE and oldest and chance.random() < 0.22:
        payments.append(_part(oldest.due_on, oldest.total, day, chance))
    return payments


def _part(due_on: date, total: int, day: date, chance: Random) -> Paid:
    """A part of the oldest instalment, some time since it fell due."""
    days = max((day - due_on).days - 1, 0)
    return Paid(due_on + timedelta(days=chance.randint(0, days)), total * chance.randint(20, 70) // 100)
