"""The worked figures of the field, V01 to V32, each once: what is counted, by whom it was published, and what comes out.

Amounts are major units as text. Where rounding shows, a figure gives both: unrounded as published, and the rows of a real
schedule, each rounded half-up with the last taking the rest. V16 and V17 were never given out.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

import pytest

from lending.allocation import PRESETS, AllocationBy, Component, Due, allocate
from lending.annual_cost import Flow, eu_apr, regulation_z_apr
from lending.daycount import DayCount, days_30_360
from lending.loan_facts import Conventions, InstalmentFact, LoanFacts, PenaltyBase, VersionFact
from lending.money import PPM, plain_amount
from lending.schedules import Every, Method, Row, Terms, Unit, build
from lending.schedules.daily import Repayment, daily_rows
from lending.schedules.level import annuity
from lending.schedules.quote import annual_cost
from lending.standing import Standing, standing
from lending.waivable import Parts, in_house_order

IDS = [f"V{n:02}" for n in range(1, 33) if n not in {16, 17}]
START = date(2026, 1, 15)
Found = Callable[[], tuple[str, ...]]


class Figure(NamedTuple):
    """A row of the table: `found` counts, `expected` is what must come out."""

    id: str
    what: str
    source: str
    expected: tuple[str, ...]
    found: Found


def yuan(amount: int) -> str:
    return plain_amount(amount, "CNY")


def cents(amount: Fraction) -> str:
    """An exact amount in minor units, rounded half-up to show it."""
    return yuan(int((Decimal(amount.numerator) / amount.denominator).quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def percent(rate: Decimal, digits: int = 2) -> str:
    return f"{rate * 100:.{digits}f}"


def rows(principal: int, rate: str, periods: int, **terms: object) -> tuple[Row, ...]:
    given = {"principal": principal, "annual_rate_ppm": int(Fraction(rate) * 10_000), "periods": periods}
    return build(Terms(**{"start_on": START, **given, **terms}))  # type: ignore[arg-type]  # terms by name


def exact(principal: int, rate: str, periods: int) -> Fraction:
    """The level instalment unrounded."""
    weight = Fraction(rate) / 1200
    price, value = annuity([weight.numerator] * periods, weight.denominator)
    return Fraction(principal * price, value)


def interest_of(schedule: tuple[Row, ...]) -> str:
    return yuan(sum(row.interest for row in schedule))


def unrounded(principal: int, rate: str, periods: int) -> tuple[str, str, str]:
    """Instalment, total and interest as published."""
    instalment = exact(principal, rate, periods)
    return cents(instalment), cents(instalment * periods), cents(instalment * periods - principal)


def rounded(principal: int, rate: str, periods: int, method: Method = Method.EQUAL_INSTALLMENT) -> tuple[str, str, str]:
    """First and last row and the interest of the schedule."""
    schedule = rows(principal, rate, periods, method=method)
    return yuan(schedule[0].total), yuan(schedule[-1].total), interest_of(schedule)


def first_row(principal: int, rate: str, periods: int) -> tuple[str, str, str]:
    row = rows(principal, rate, periods)[0]
    return yuan(row.interest), yuan(row.principal), yuan(row.balance)


def equal_principal(principal: int, rate: str, periods: int, fine: int) -> tuple[str, ...]:
    """First, step, last and interest unrounded; then first, second, last and interest of the rounded rows.

    Unrounded is a loan `fine` times as large, whose principal divides evenly: rounding no longer shows in the cents.
    """
    large = rows(principal * fine, rate, periods, method=Method.EQUAL_PRINCIPAL)
    figures = large[0].total, large[0].total - large[1].total, large[-1].total, sum(row.interest for row in large)
    real = rows(principal, rate, periods, method=Method.EQUAL_PRINCIPAL)
    first, last, interest = rounded(principal, rate, periods, Method.EQUAL_PRINCIPAL)
    return *(cents(Fraction(figure, fine)) for figure in figures), first, yuan(real[1].total), last, interest


def level(count: int, amount: int, first: int | Fraction = 1) -> list[Flow]:
    return [Flow(first + k, amount) for k in range(count)]


def reg_z(advance: int, payments: list[Flow], per_year: int, digits: int = 2) -> str:
    return percent(regulation_z_apr([Flow(0, advance)], payments, per_year), digits)


def european(payments: list[tuple[int, int]], digits: int) -> str:
    return percent(eu_apr([Flow(0, 50_000)], [Flow(Fraction(day, 365), paid) for day, paid in payments]), digits)


def v12() -> tuple[str, ...]:
    first = date(2026, 6, 1)
    days = [first + timedelta(days=n) for n in accumulate((30, 31, 31, 30, 31))]
    schedule = daily_rows(1_000_000, 350, first, [Repayment(day, 200_000) for day in days])
    return *(yuan(row.interest) for row in schedule), interest_of(schedule)


def late(instalment: tuple[int, int], days: int, **conventions: object) -> Standing:
    """An instalment of principal and interest so many days after its due day."""
    due_on, start_on = date(2025, 3, 10), date(2025, 1, 1)
    version = VersionFact(start_on, (InstalmentFact(1, due_on, *instalment),))
    given = Conventions("CNY")._replace(**conventions)  # type: ignore[arg-type]  # conventions by name
    return standing(LoanFacts("L1", instalment[0], start_on, (version,), (), given), due_on + timedelta(days=days))


def v21() -> tuple[str, ...]:
    return (yuan(late((200_000_00, 0), 30, penalty_rate_ppm=75_000).penalty),)


def v22() -> tuple[str, ...]:
    """Penalty on the principal, then compound interest on the interest."""
    found = []
    for rate_ppm, basis in ((360_000, 360), (360_000, 365), (312_000, 360)):
        state = late(
            (894_72, 240_00), 20,
            penalty_rate_ppm=rate_ppm, penalty_day_basis=basis, penalty_base=PenaltyBase.COMPOUND,
        )  # fmt: skip
        found += [yuan(state.penalty - state.compound), yuan(state.compound)]
    return tuple(found[:5])


def waterfall(preset: str) -> tuple[str, ...]:
    dues = [
        Due(None, Component.FEE, 50_00),
        Due(None, Component.PENALTY, 17_89),
        Due(None, Component.COMPOUND, 4_80),
        Due(1, Component.INTEREST, 240_00),
        Due(1, Component.PRINCIPAL, 894_72),
    ]
    parts = allocate(500_00, dues, PRESETS[preset], AllocationBy.INSTALMENT)
    return tuple(f"{part.component} {yuan(part.amount)}" for part in parts)


def v25() -> tuple[str, ...]:
    left = 6_356_01
    at_first = rows(left, "24", 12, principal_grace_periods=3)
    capitalised = left * Fraction(102, 100) ** 3
    return (
        yuan(rows(left, "24", 12)[0].total),
        yuan(rows(left, "15.6", 12)[0].total),
        *(yuan(at_first[n].total) for n in (0, 3)),
        cents(capitalised),
        yuan(rows(round(capitalised), "24", 6)[0].total),
    )


def v26() -> tuple[str, ...]:
    """Twelve times 575.48 at the original 2 % a month."""
    price, value = annuity([2] * 12, 100)
    present = round(Fraction(575_48 * value, price))
    return yuan(present), yuan(6_356_01 - present), percent(Decimal(6_356_01 - present) / 6_356_01)


def v27() -> tuple[str, ...]:
    owed = Parts(57_20, 254_24, 6_356_01)
    to_pay = (7 * owed.total + 5) // 10
    return yuan(owed.total), yuan(to_pay), *(yuan(part) for part in in_house_order(owed.total - to_pay, owed))


def flat_cost(period_rate_ppm: int) -> tuple[str, str]:
    terms = Terms(
        principal=10_000_00, annual_rate_ppm=12 * period_rate_ppm, periods=12, start_on=START, method=Method.FLAT
    )
    cost = annual_cost(terms, build(terms))
    return percent(cost.nominal), percent(cost.effective)


def v29() -> tuple[str, ...]:
    terms = Terms(principal=10_000_00, annual_rate_ppm=180_000, periods=12, start_on=START)
    cost = annual_cost(terms, build(terms), received=9_500_00)
    return yuan(build(terms)[0].total), percent(cost.nominal), percent(cost.effective)


def v30() -> tuple[str, ...]:
    stages = tuple(PPM * share // 100 for share in (10, 20, 30, 40))
    schedule = rows(60_000_00, "12", 12, method=Method.STAGED, staged_percentages=stages)
    return *(yuan(row.interest) for row in schedule[::3]), interest_of(schedule)


def interest_only(day_count: DayCount) -> str:
    return yuan(rows(20_000_00, "18", 6, method=Method.INTEREST_ONLY, day_count=day_count)[0].interest)


def bullet(day_count: DayCount) -> str:
    days = Every(180, Unit.DAYS)
    return interest_of(rows(8_000_00, "15.6", 1, method=Method.BULLET, frequency=days, day_count=day_count))


def v32() -> tuple[str, ...]:
    ends = date(2026, 2, 28), date(2026, 3, 31)
    counted = [days_30_360(date(2026, 1, 31), end) for end in ends]
    return *map(str, counted), str(late((100, 0), (date(2025, 6, 10) - date(2025, 3, 10)).days).days_past_due)


REG_Z = "12 CFR 1026, Appendix J (c)"
OURS = "worked by this project; recomputed by hand"

FIGURES = [
    Figure(
        "V01", "1,000,000 at 4.9 % over 360 months: instalment, total, interest; rows", "ccv168.com/baike/99999.html",
        ("5307.27", "1910616.19", "910616.19", "5307.27", "5305.19", "910615.12"),
        lambda: unrounded(100_000_000, "4.9", 360) + rounded(100_000_000, "4.9", 360),
    ),
    Figure(
        "V02", "1,000,000 at 5.9 % over 360 months: instalment, total, interest; rows", "ccv168.com/baike/99999.html",
        ("5931.37", "2135291.42", "1135291.42", "5931.37", "5926.39", "1135288.22"),
        lambda: unrounded(100_000_000, "5.9", 360) + rounded(100_000_000, "5.9", 360),
    ),
    Figure(
        "V03", "1,000,000 at 4.9 % over 240 months: instalment, 240 of them, first row; rows",
        "372181.com/wenda/229816.html",
        ("6544.44", "1570665.60", "4083.33", "2461.11", "997538.89", "6544.44", "6544.51", "570665.67"),
        lambda: (
            unrounded(100_000_000, "4.9", 240)[0], yuan(654_444 * 240),
            *first_row(100_000_000, "4.9", 240), *rounded(100_000_000, "4.9", 240),
        ),
    ),
    Figure(
        "V04", "700,000 at 4.9 % over 360 months: instalment, interest; rows", "372181.com/baike/61038.html",
        ("3715.09", "637431.34", "3715.09", "3712.68", "637429.99"),
        lambda: (*unrounded(70_000_000, "4.9", 360)[::2], *rounded(70_000_000, "4.9", 360)),
    ),
    Figure(
        "V05", "630,000 and 930,000 at 4.9 % over 360 months: instalments, total, first row; rows of both",
        "vdgb.cn/wenda/220578.html, aq8.net/1608563290028331787.html",
        (
            "3343.58", "1203688.20", "4935.76", "3797.50", "1138.26",
            "3343.58", "3342.27", "573687.49", "4935.76", "4934.41", "846872.25",
        ),
        lambda: (
            *unrounded(63_000_000, "4.9", 360)[:2], unrounded(93_000_000, "4.9", 360)[0],
            *first_row(93_000_000, "4.9", 360)[:2],
            *rounded(63_000_000, "4.9", 360), *rounded(93_000_000, "4.9", 360),
        ),
    ),
    Figure(
        "V06", "200,000 at 7.5 % over 180 months: instalment to the digits that a float holds; rows", "docs.scipy.org numpy.pmt",
        ("1854.0247200055", "1854.02", "1855.50", "133725.08"),
        lambda: (f"{float(exact(20_000_000, '7.5', 180) / 100):.10f}", *rounded(20_000_000, "7.5", 180)),
    ),
    Figure(
        "V07", "2,500 at 8.24 % over 12 months: interest; first row; rows", "numpy documentation of ipmt",
        ("112.98", "17.17", "200.58", "2299.42", "217.75", "217.72", "112.97"),
        lambda: (unrounded(250_000, "8.24", 12)[2], *first_row(250_000, "8.24", 12), *rounded(250_000, "8.24", 12)),
    ),
    Figure(
        "V08", "580,000 at 5.78 % over 300 months: instalment; rows", "lnmlw.com/Loanconsultation/coejvodnhq.html",
        ("3659.34", "3659.34", "3658.90", "517801.56"),
        lambda: (unrounded(58_000_000, "5.78", 300)[0], *rounded(58_000_000, "5.78", 300)),
    ),
    Figure(
        "V09", "equal principal, 1,000,000 at 5.9 % over 360 months", "ccv168.com/baike/99999.html",
        ("7694.44", "13.66", "2791.44", "887458.33", "7694.45", "7680.79", "2790.63", "887457.63"),
        lambda: equal_principal(100_000_000, "5.9", 360, 90),
    ),
    # Thirty rows end in exactly half a cent (157,500.00 x 4.9 % / 12 = 643.125). All round up here; with the monthly rate cut
    # to a decimal first five of them fall down, and the interest is the 464,336.35 that is also found.
    Figure(
        "V10", "equal principal, 630,000 at 4.9 % over 360 months", "vdgb.cn/wenda/220578.html",
        ("4322.50", "7.15", "1757.15", "464336.25", "4322.50", "4315.35", "1757.15", "464336.40"),
        lambda: equal_principal(63_000_000, "4.9", 360, 100),
    ),
    Figure(
        "V11", "equal principal, 160,000 at 6.55 % over 168 months", "lnmlw.com/Bankloan/ruwxcjugsn.html",
        ("1825.71", "5.20", "957.58", "73796.67", "1825.71", "1820.51", "957.74", "73796.73"),
        lambda: equal_principal(16_000_000, "6.55", 168, 168),
    ),
    Figure(
        "V12", "10,000 at 0.035 % a day, five times 2,000: interest to each day, and in all",
        "18959089220.com/eamyrbcrfbr.html; days ours",
        ("105.00", "86.80", "65.10", "42.00", "21.70", "320.60"), v12,
    ),
    Figure(
        "V13", "annual rate of 5,000 for 24 x 230 monthly", f"{REG_Z}(1)(i)", ("9.69", "9.6857"),
        lambda: (reg_z(500_000, level(24, 23_000), 12), reg_z(500_000, level(24, 23_000), 12, 4)),
    ),
    Figure(
        "V14", "annual rate with a broken first period, monthly and twice a month", f"{REG_Z}(1)(ii), (iii)",
        ("11.82", "10.34"),
        lambda: (
            reg_z(600_000, level(36, 20_000, 1 + Fraction(19, 30)), 12),
            reg_z(500_000, level(24, 21_917, Fraction(6, 15)), 24),
        ),
    ),
    Figure(
        "V15", "annual rate with a broken first period, quarterly and weekly", f"{REG_Z}(1)(iv), (v)", ("8.97", "14.96"),
        lambda: (
            reg_z(1_000_000, level(40, 38_500, 1 + Fraction(39, 90)), 4),
            reg_z(50_000, level(30, 1_760, 4 + Fraction(4, 7)), 52),
        ),
    ),
    Figure(
        "V18", "annual rate with an odd first, last, or first and last payment", f"{REG_Z}(2)(i), (3)(i), (4)(i)",
        ("10.08", "10.50", "10.90"),
        lambda: (
            reg_z(500_000, [Flow(1, 25_000), *level(23, 23_000, 2)], 12),
            reg_z(500_000, [*level(23, 23_000), Flow(24, 28_000)], 12),
            reg_z(500_000, [Flow(1, 25_000), *level(22, 23_000, 2), Flow(24, 28_000)], 12),
        ),
    ),
    Figure(
        "V19", "European rate of 500 for 510 after 5 days, for 2 x 270 after 31 and 61", "FSharp.Finance.Personal tests",
        ("324.436", "84.63"),
        lambda: (european([(5, 51_000)], 3), european([(31, 27_000), (61, 27_000)], 2)),
    ),
    Figure(
        "V20", "10,000 at 8.25 % over 6 months: instalment", "pub.dev curo example; value ours", ("1707.00",),
        lambda: unrounded(1_000_000, "8.25", 6)[:1],
    ),
    Figure(
        "V21", "penalty on 200,000 at 1.5 times 5 % over 360, 30 days", "scwest.cn/post/41354.html", ("1250.00",), v21,
    ),
    Figure(
        "V22", "894.72 and 240.00 of interest after 20 days: penalty and compound at 36 % over 360 and 365; 31.2 %", OURS,
        ("17.89", "4.80", "17.65", "4.73", "15.51"), v22,
    ),
    Figure(
        "V23", "500 in the order of loans, and of cards from 91 days", "Civil Code, 561; banks' card rules, 57; split ours",
        ("fee 50.00", "penalty 17.89", "compound 4.80", "interest 240.00", "principal 187.31", "principal 500.00"),
        lambda: waterfall("loan") + waterfall("card_from_91"),
    ),
    Figure(
        "V24", "12,000 at 24 % over 12 months: rows, and what is left after six", OURS,
        ("1134.72", "1134.67", "1616.59", "6356.01"),
        lambda: (*rounded(1_200_000, "24", 12), yuan(rows(1_200_000, "24", 12)[5].balance)),
    ),
    Figure(
        "V25", "6,356.01 re-amortised at 24 % and 15.6 %; interest only, then nine; capitalised, then six", OURS,
        ("601.02", "575.48", "127.12", "778.71", "6745.05", "1204.17"), v25,
    ),
    Figure(
        "V26", "present value of 12 x 575.48 at 2 % a month, the loss on 6,356.01 and its share", "IFRS 9 5.4.3; ours",
        ("6085.90", "270.11", "4.25"), v26,
    ),
    Figure(
        "V27", "settling for 70 %: owed, to pay, waived of penalty, interest and principal", "house order; ours",
        ("6667.45", "4667.22", "57.20", "254.24", "1688.79"), v27,
    ),
    Figure(
        "V28", "annual cost of a flat 0.6 % a month; the flat rate that costs 24 %", OURS,
        ("13.03", "13.84", "24.00"), lambda: (*flat_cost(6_000), flat_cost(11_226)[0]),
    ),
    Figure(
        "V29", "10,000 at 18 % of which 9,500 were received: instalment, annual cost", OURS,
        ("916.80", "28.00", "31.89"), v29,
    ),
    Figure(
        "V30", "60,000 at 12 % in stages of 10, 20, 30 and 40 %: interest a month of each, and in all", OURS,
        ("600.00", "540.00", "420.00", "240.00", "5400.00"), v30,
    ),
    Figure(
        "V31", "interest only on 20,000 at 18 %, a month and 31 days; a bullet of 8,000 at 15.6 % after 180 days", OURS,
        ("300.00", "305.75", "310.00", "615.45", "624.00"),
        lambda: (
            *(interest_only(each) for each in (DayCount.MONTH_12, DayCount.ACT_365, DayCount.ACT_360)),
            *(bullet(each) for each in (DayCount.ACT_365, DayCount.ACT_360)),
        ),
    ),
    Figure("V32", "30/360 from 31 January; days past due on 10 June of 10 March", OURS, ("28", "60", "92"), v32),
]  # fmt: skip


def test_every_figure_stands_in_the_table_once() -> None:
    assert [figure.id for figure in FIGURES] == IDS
    assert all(figure.what and figure.source for figure in FIGURES)


@pytest.mark.parametrize("figure", FIGURES, ids=[figure.id for figure in FIGURES])
def test_the_worked_figure_comes_out(figure: Figure) -> None:
    assert figure.found() == figure.expected
