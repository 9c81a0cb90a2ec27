"""Caps on what credit may cost, as dated rules that warn: pure data and a comparison, never a decision.

A rule binds some kinds of lenders; where the kind is not known, all rules are told. Courts differ on whether penalty counts
within a cap, so a warning names the rule, whom it binds and its source; counsel judges. A rule applies to loans made while it
was in force.
Rates are parts per million a year.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from lending.annual_cost import Flow, NoRateError, irr, nominal
from lending.lenders import LenderKind
from lending.loan_facts import InstalmentFact
from lending.money import PPM, divide


class Measure(StrEnum):
    """What a cap speaks of: the yearly cost of the schedule; the yearly penalty rate; the penalty rate over the loan's own."""

    COST = "cost"
    PENALTY = "penalty"
    MARKUP = "markup"


class Cap(NamedTuple):
    """A rule for loans that these lenders made in [valid_from, valid_to): `limit_ppm`, or so many times the loan prime rate."""

    code: str
    measure: Measure
    binds: frozenset[LenderKind]
    limit_ppm: int | None
    times_lpr: int | None
    valid_from: date
    valid_to: date | None
    source: str


class Exceeded(NamedTuple):
    """A cap that this loan is above; `found_ppm` is what the loan has, `limit_ppm` what the rule allows."""

    cap: Cap
    limit_ppm: int
    found_ppm: int


_BANKS = frozenset({LenderKind.BANK, LenderKind.CONSUMER_FINANCE})
_PRIVATE = frozenset({LenderKind.PRIVATE})
_MICROLOAN = frozenset({LenderKind.MICROLOAN})

CAPS: Final = (
    Cap("CN-PEN", Measure.MARKUP, _BANKS, 500_000, None, date(2004, 1, 1), None, "中国人民银行 银发〔2003〕251号"),
    Cap("CN-CAP-PRIV", Measure.COST, _PRIVATE, None, 4, date(2020, 8, 20), None, "最高人民法院 民间借贷规定 第25条"),
    Cap("CN-CAP-PRIV-ALL", Measure.PENALTY, _PRIVATE, None, 4, date(2020, 8, 20), None, "最高人民法院 民间借贷规定 第28、29条"),
    Cap("CN-CAP-ASSIST", Measure.COST, _BANKS, 240_000, None, date(2025, 10, 1), None, "国家金融监督管理总局 金规〔2025〕9号"),
    Cap("CN-CAP-ASSIST-ALL", Measure.PENALTY, _BANKS, 240_000, None, date(2025, 10, 1), None, "国家金融监督管理总局 金规〔2025〕9号"),
    Cap("CN-CAP-MICRO", Measure.COST, _MICROLOAN, 240_000, None, date(2025, 12, 1), date(2028, 1, 1), "小额贷款公司综合融资成本管理 2025-12"),
    Cap("CN-CAP-MICRO", Measure.COST, _MICROLOAN, None, 4, date(2028, 1, 1), None, "小额贷款公司综合融资成本管理 2025-12"),
)  # fmt: skip

LPR: Final = (
    (date(2019, 8, 20), 42_500),
    (date(2019, 9, 20), 42_000),
    (date(2019, 11, 20), 41_500),
    (date(2020, 2, 20), 40_500),
    (date(2020, 4, 20), 38_500),
    (date(2021, 12, 20), 38_000),
    (date(2022, 1, 20), 37_000),
    (date(2022, 8, 22), 36_500),
    (date(2023, 6, 20), 35_500),
    (date(2023, 8, 21), 34_500),
    (date(2024, 7, 22), 33_500),
    (date(2024, 10, 21), 31_000),
    (date(2025, 5, 20), 30_000),
)
"""One-year loan prime rate from that day on (National Interbank Funding Center)."""

COST_STEP_PPM: Final = 1_000
"""A yearly cost is compared in tenths of a percent: rounded instalments move it in the hundredths."""


def warnings(
    *,
    start_on: date,
    rate_ppm: int,
    penalty_rate_ppm: int,
    cost_ppm: int | None,
    lender: str = LenderKind.UNKNOWN,
    caps: Iterable[Cap] = CAPS,
) -> list[Exceeded]:
    """The caps on this kind of lender, in force when the loan was made, that it is above.

    `cost_ppm` is None where no rate can be found.
    """
    markup = divide((penalty_rate_ppm - rate_ppm) * PPM, rate_ppm) if penalty_rate_ppm > rate_ppm > 0 else 0
    cost = None if cost_ppm is None else divide(cost_ppm, COST_STEP_PPM) * COST_STEP_PPM
    found = {Measure.COST: cost, Measure.PENALTY: penalty_rate_ppm, Measure.MARKUP: markup}
    told = []
    for cap in caps:
        if lender != LenderKind.UNKNOWN and lender not in cap.binds:
            continue
        if cap.valid_from <= start_on and (cap.valid_to is None or start_on < cap.valid_to):
            limit, value = limit_on(cap, start_on), found[cap.measure]
            if limit is not None and value is not None and value > limit:
                told.append(Exceeded(cap, limit, value))
    return told


def limit_on(cap: Cap, on: date) -> int | None:
    """What the cap allows to a loan made on that day."""
    if cap.times_lpr is None:
        return cap.limit_ppm
    lpr = [rate for since, rate in LPR if since <= on]
    return cap.times_lpr * lpr[-1] if lpr else None


def cost_of(principal: int, start_on: date, rows: Sequence[InstalmentFact]) -> int | None:
    """What the schedule costs a year: the rate a month that its payments solve, times twelve (PBOC notice 3 of 2021)."""
    payments = [Flow(months_between(start_on, row.due_on), row.principal + row.interest) for row in rows]
    try:
        rate = nominal(irr([Flow(0, principal)], [flow for flow in payments if flow.amount]), 12)
    except NoRateError:
        return None
    return max(0, int((rate * PPM).to_integral_value()))


def months_between(start: date, end: date) -> Fraction:
    """Months of thirty days; a due day cut off by the end of its month is a whole number of months away."""
    months = (end.year - start.year) * 12 + end.month - start.month
    is_cut_off = end.day < start.day and end.day == monthrange(end.year, end.month)[1]
    days = 0 if is_cut_off else min(end.day, 30) - min(start.day, 30)
    return months + Fraction(days, 30)
