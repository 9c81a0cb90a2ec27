"""The rates of the portfolio by month, read from what its nights wrote down: five queries, whatever is asked."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet, Sum

from lending.sql.reading import MonthOf
from risk import rates
from risk.models import Flow, Roll, Snapshot
from risk.rates import BEHIND, CURRENT, LAST, Loss, Moved, Step
from risk.snapshots import month_before

MONTHS = 12
VINTAGE_MONTHS = 24
"""Month ends read for rates and for vintages."""
Name = Flow.Name


class Asked(NamedTuple):
    """The figures as of a day, of everything or of one funder, one product."""

    on: date
    funder: str = ""
    product: str = ""

    @property
    def narrowed(self) -> dict[str, str]:
        """What rows must hold that carry funder and product by code."""
        return {name: value for name in ("funder", "product") if (value := getattr(self, name))}


class Month(NamedTuple):
    """The rates of one month, `on` the first day after it; None where there is nothing to divide by, or not yet.

    Of the month that still runs only what its days brought is known.
    """

    on: date
    entry: Fraction | None
    fpd: Fraction | None
    fpd7: Fraction | None
    fpd30: Fraction | None
    cured: Fraction | None
    recovered: Fraction | None


class People(NamedTuple):
    """The rates of a month that belong to borrowers, over all funders and products."""

    on: date
    kept: Fraction | None
    contacted: Fraction | None
    right_party: Fraction | None


class Rolled(NamedTuple):
    """The last month whose beginning and end are known: where each bucket's balance went, and what that would come to."""

    on: date
    matrix: dict[str, dict[str, Fraction]]
    chain: list[Step]
    losses: list[Loss]


class Cohort(NamedTuple):
    """The loans of a month: what was lent, and 30+ by months on book, None before the first month end written down."""

    began_in: date
    lent: int
    rates: list[Fraction | None]


class Figures(NamedTuple):
    """One currency."""

    months: list[Month]
    rolled: Rolled | None
    cohorts: list[Cohort]


class _Stock(NamedTuple):
    principal: dict[str, int]
    overdue: int


def figures(asked: Asked) -> dict[str, Figures]:
    """By currency."""
    ends = _ends(asked.on)
    stocks, moves, flows = _stocks(asked, ends[:-1]), _moves(asked, ends[:-1]), _flows(asked, ends)
    vintages = _vintages(asked, month_ends(asked.on, VINTAGE_MONTHS))
    return {
        currency: Figures(
            months=_months(asked, ends, stocks[currency], moves[currency], flows[currency]),
            rolled=_rolled(ends, stocks[currency], moves[currency], vintages[currency]),
            cohorts=_cohorts(vintages[currency]),
        )
        for currency in sorted({*stocks, *flows} - {""})
    }


def people(on: date) -> list[People]:
    """Promises and contacts by month."""
    ends = _ends(on)
    flows = _flows(Asked(on), ends)[""]
    return [_people(end, flows[end]) for end in ends[1:] if end in flows]


def month_ends(on: date, count: int) -> list[date]:
    """The last `count` month ends up to that day, each the first day of the month after."""
    months = on.year * 12 + on.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(months - count + 1, months + 1)]


def _ends(on: date) -> list[date]:
    """Those of the months shown, the one that still runs included, and of the month before them."""
    return [*month_ends(on, MONTHS + 1), (on.replace(day=1) + timedelta(days=31)).replace(day=1)]


def _stocks(asked: Asked, ends: list[date]) -> dict[str, dict[date, _Stock]]:
    rows = _summed(asked, Snapshot.objects.filter(on__in=ends), "bucket", "principal", "overdue")
    found: dict[str, dict[date, _Stock]] = defaultdict(dict)
    for on, currency, bucket, principal, overdue in rows:
        stock = found[currency].setdefault(on, _Stock({}, 0))
        stock.principal[bucket] = principal
        found[currency][on] = stock._replace(overdue=stock.overdue + overdue * (bucket in BEHIND))
    return found


def _moves(asked: Asked, ends: list[date]) -> dict[str, dict[date, list[Moved]]]:
    rows = _summed(asked, Roll.objects.filter(on__in=ends), "before", "bucket", "loans", "principal", "collected")
    found: dict[str, dict[date, list[Moved]]] = defaultdict(lambda: defaultdict(list))
    for on, currency, *moved in rows:
        found[currency][on].append(Moved(*moved))
    return found


def _summed(asked: Asked, rows: "QuerySet[Any]", *names: str) -> Iterable[tuple[Any, ...]]:
    """Sums of the numbers among `names` by day, currency and the codes among them."""
    codes = [name for name in names if name in ("before", "bucket")]
    sums = {f"{name}_sum": Sum(name) for name in names if name not in codes}
    grouped = rows.filter(**asked.narrowed).order_by().values_list("on", "currency", *codes)
    found: Iterable[tuple[Any, ...]] = grouped.annotate(**sums)
    return found


def _flows(asked: Asked, ends: list[date]) -> dict[str, dict[date, dict[str, int]]]:
    """By currency and month's end; what belongs to borrowers under no currency."""
    rows = Flow.objects.filter(on__gte=ends[0], on__lt=asked.on).order_by()
    if asked.narrowed:
        rows = rows.filter(**asked.narrowed)
    sums = rows.annotate(month=MonthOf(F("on"))).values_list("currency", "month", "name").annotate(Sum("amount"))
    found: dict[str, dict[date, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    ended = {month_before(end): end for end in ends[1:]}
    for currency, month, name, amount in sums:
        if month in ended:
            found[currency][ended[month]][name] = amount
    return found


def _vintages(asked: Asked, ends: list[date]) -> dict[str, list[tuple[date, date, int, int, int]]]:
    """By currency: month's end, cohort, lent, late, and the principal that is current."""
    rows = Snapshot.objects.filter(on__in=ends, **asked.narrowed).order_by().values_list("currency", "on", "cohort")
    sums = rows.annotate(
        given=Sum("lent"),
        late=Sum("principal", filter=Q(bucket__in=rates.LATE), default=0),
        current=Sum("principal", filter=Q(bucket=CURRENT), default=0),
    )
    found: dict[str, list[tuple[date, date, int, int, int]]] = defaultdict(list)
    for currency, *row in sums:
        found[currency].append((row[0], row[1], row[2], row[3], row[4]))
    return found


def _months(
    asked: Asked,
    ends: list[date],
    stocks: dict[date, _Stock],
    moves: dict[date, list[Moved]],
    flows: dict[date, dict[str, int]],
) -> list[Month]:
    """Those of which anything is known."""
    found = [_month(asked, on, stocks, moves[on], flows[on]) for on in ends[1:]]
    return [month for month in found if any(rate is not None for rate in month[1:])]


def _month(asked: Asked, on: date, stocks: dict[date, _Stock], moved: list[Moved], flow: dict[str, int]) -> Month:
    def unpaid(name: str, days: int) -> Fraction | None:
        is_known = on + timedelta(days=days) <= asked.on
        return rates.first_payment_default(flow[Name.FIRST_DUE], flow[name]) if is_known else None

    start = stocks.get(month_before(on))
    return Month(
        on=on,
        entry=rates.entry_rate(flow[Name.DUE], flow[Name.MISSED]),
        fpd=unpaid(Name.FIRST_MISSED, 0),
        fpd7=unpaid(Name.FIRST_MISSED_7, 7),
        fpd30=unpaid(Name.FIRST_MISSED_30, 30),
        cured=rates.cure_rate(moved),
        recovered=rates.recovery_rate(start.overdue, moved) if start and on in stocks else None,
    )


def _people(on: date, flow: dict[str, int]) -> People:
    right_party = flow[Name.RIGHT_PARTY]
    connected = right_party + flow[Name.OTHER_PARTY]
    attempts = connected + flow[Name.NUMBER_GONE] + flow[Name.NO_ANSWER]
    return People(
        on,
        rates.kept_rate(flow[Name.PROMISE_KEPT], flow[Name.PROMISE_BROKEN]),
        rates.contact_rate(connected, attempts),
        rates.right_party_rate(right_party, attempts),
    )


def _rolled(
    ends: list[date],
    stocks: dict[date, _Stock],
    moves: dict[date, list[Moved]],
    vintages: list[tuple[date, date, int, int, int]],
) -> Rolled | None:
    known = [end for end in ends[1:] if end in stocks and month_before(end) in stocks]
    if not known:
        return None
    on = known[-1]
    start, end = stocks[month_before(on)].principal, stocks[on].principal
    began = sum(current for day, cohort, _, _, current in vintages if day == on and cohort == month_before(on))
    came = sum(one.principal for one in moves[on] if one.bucket == CURRENT)
    moved = [*moves[on], Moved(CURRENT, CURRENT, 0, end.get(CURRENT, 0) - came - began)]
    stayed_last = sum(one.principal for one in moves[on] if one.before == one.bucket == LAST)
    chain = rates.roll_chain(start, end, stayed_last)
    return Rolled(on, rates.roll_matrix(start, moved), chain, rates.losses(end, chain))


def _cohorts(vintages: list[tuple[date, date, int, int, int]]) -> list[Cohort]:
    """Cohorts that have at least one month end, the newest first."""
    found: dict[date, dict[int, Fraction | None]] = defaultdict(dict)
    lent: dict[date, int] = {}
    for on, cohort, given, late, _ in sorted(vintages):
        if cohort < on:
            found[cohort][rates.months_on_book(cohort, on)] = rates.vintage(given, late)
            lent[cohort] = given
    return [
        Cohort(began_in, lent[began_in], [by_month.get(n) for n in range(max(by_month) + 1)])
        for began_in, by_month in sorted(found.items(), reverse=True)
    ]
