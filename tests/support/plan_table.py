"""Worked reschedules: what is asked for, how its figures are reached, and the slow reckoning that reaches them.

Sources: the Civil Code of China (articles 543, 575, 677, 678), IFRS 9 5.4.3, the figures V24 to V27 of `test_worked_figures`;
what they leave open is house rule, said in docs/quote_plan.md. The loan is that of `slow_plans`. Asked on 5 July with six
instalments paid (`NOW`) there are no arrears; on 20 July with four (`BEHIND`) instalments 5 and 6 are past due.
"""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import slow_plans as slow
from slow_plans import RATE, Rows, Slow

Dated = list[tuple[date, int]]
Reckoned = Callable[[], Rows] | Callable[[], Dated]
TERMS: dict[str, Any] = {"principal": 1_200_000, "annual_rate": "24", "periods": 12, "start_on": "2026-01-05"}
NOW = {"paid_through": 6, "on": "2026-07-05"}
BEHIND = {"paid_through": 4, "on": "2026-07-20"}
LEFT, LEFT_BEHIND = slow.left_after(6), slow.left_after(4)
AHEAD, LATE = slow.whole_loan()[6:], slow.whole_loan()[4:6]
LATE_INTEREST = slow.interest_of(LATE)
LATE_PRINCIPAL = sum(row.principal for row in LATE)
LOW, SIX = Fraction(1, 100), Fraction(6, 1200)
HALF = Fraction(13, 1000)


class Case(NamedTuple):
    """`figures`: how many rows, the first and the last total, and the loss; found by the slow reckoning, written down here."""

    id: str
    how: str
    instruments: list[dict[str, Any]]
    slow: Reckoned
    figures: tuple[int, int, int, int]
    asked: Mapping[str, Any] = NOW
    terms: Mapping[str, Any] = {}
    old: Callable[[], Rows] = lambda: AHEAD
    rate: Callable[[], Fraction] = lambda: RATE
    owed: Mapping[str, int] = {}
    beside: Callable[[], Fraction] = Fraction

    def new(self) -> Dated:
        """Days and totals of the slow reckoning."""
        rows = self.slow()
        return [
            row if len(row) == 2 else (slow.day_at(row[0]), row.total) for row in rows if len(row) == 2 or row.total
        ]

    def loss(self) -> int:
        """Present value of the old rows (`beside`: of other loans) less that of the new."""
        rate = self.rate()
        return slow.half_up(
            slow.worth_of(slow.dated(self.old()), rate) + self.beside() - slow.worth_of(self.new(), rate)
        )

    @property
    def document(self) -> dict[str, Any]:
        owed = {"owed": dict(self.owed)} if self.owed else {}
        return {"terms": {**TERMS, **self.terms}, **self.asked, "instruments": self.instruments, **owed}


def one(kind: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"kind": kind, **fields}]


def behind(name: str, how: str, instruments: list[dict[str, Any]], rows: Reckoned, figures: Any, **more: Any) -> Case:
    owed = more.get("owed", {})
    beside = Slow(0, 0, owed.get("interest", 0), owed.get("penalty", 0))
    return Case(name, how, instruments, rows, figures, BEHIND, old=lambda: [beside, *LATE, *AHEAD], **more)


def reaged(months: int) -> Rows:
    """The coming rows, and beside them the principal past due in equal parts with interest on what is left of it."""
    return slow.merged(AHEAD, slow.by_parts(slow.evenly(LATE_PRINCIPAL, months)))


def other(method: str) -> dict[str, Any]:
    return {"method": method}


EQUAL = slow.by_parts([100_000] * 12, first=-5)[6:]
ONLY = [Slow(n, 0, 24_000) for n in range(1, 6)] + [Slow(6, 1_200_000, 24_000)]
STAGES = {"method": "staged", "staged_percentages": ["10", "20", "30", "40"]}
STAGED_PARTS = [0, 0, 360_000, 0, 0, 480_000]
FLAT = slow.flat(1_200_000, 12, first=-5)[6:]
BULLET = [Slow(6, 1_200_000, 288_000)]
FIXED = {"method": "fixed_installment", "fixed_installment": 150_000}


def fixed_left() -> int:
    left = 1_200_000
    for _ in range(6):
        left -= 150_000 - slow.half_up(left * RATE)
    return left


def fixed_rows() -> Rows:
    rows: Rows = []
    left = fixed_left()
    while left:
        interest = slow.half_up(left * RATE)
        part = min(left, 150_000 - interest)
        rows.append(Slow(len(rows) + 1, part, interest))
        left -= part
    return rows


def stepped() -> Rows:
    rows: Rows = []
    left = LEFT
    for n in range(1, 4):
        interest = slow.half_up(left * RATE)
        rows.append(Slow(n, 50_000 - interest, interest))
        left -= 50_000 - interest
    return rows + slow.level(left, 5, first=4)


def consolidated() -> Rows:
    cheap = sum(row.principal for row in slow.level(1_200_000, 12, LOW)[6:])
    average = (LEFT * RATE + cheap * LOW) / (LEFT + cheap)
    return slow.level(LEFT + cheap, 12, average)


CASES = [
    Case("nothing", "no instrument: the old rows, no loss", [], lambda: AHEAD, (6, 113472, 113467, 0)),
    Case("V25 re-amortise", "6,356.01 at 2 % over 12", one("reamortise", periods=12), lambda: slow.level(LEFT, 12), (12, 60102, 60105, 0)),
    Case("V25, V26 re-amortise lower", "6,356.01 at 1.3 % over 12, worth less at 2 %",
         one("reamortise", periods=12, annual_rate="15.6"), lambda: slow.level(LEFT, 12, HALF), (12, 57548, 57554, 27007)),
    Case("V25 interest only", "2 % of 6,356.01 three times, then level over 9", one("interest_only", periods=3, then=9),
         lambda: slow.level(LEFT, 12, grace=3), (12, 12712, 77871, 0)),
    Case("V25 deferral capitalised", "6,356.01 grows three months, then level over 6",
         one("deferral", periods=3, interest="capitalise"), lambda: slow.later(slow.level(slow.grown(LEFT, 3), 6), 3), (6, 120417, 120414, 0)),
    Case("interest only, end stays", "two of interest, four that amortise", one("interest_only", periods=2),
         lambda: slow.level(LEFT, 6, grace=2), (6, 12712, 166924, 0)),
    Case("deferral, interest runs", "two months later; two months' interest with the first", one("deferral", periods=2),
         lambda: slow.more(slow.later(AHEAD, 2), 0, 2 * slow.half_up(LEFT * RATE)), (6, 138896, 113467, 724)),
    Case("deferral, frozen", "two months later, nothing more", one("deferral", periods=2, interest="frozen"),
         lambda: slow.later(AHEAD, 2), (6, 113472, 113467, 24681)),
    Case("deferral, tail", "two months later; two months' interest with the last", one("deferral", periods=2, interest="tail"),
         lambda: slow.more(slow.later(AHEAD, 2), -1, 2 * slow.half_up(LEFT * RATE)), (6, 113472, 138891, 2982)),
    Case("deferral by days, frozen", "every due date 20 days later", one("deferral", days=20, interest="frozen"),
         lambda: slow.shifted(AHEAD, 20), (6, 113472, 113467, 8186)),
    Case("extension by a month", "a month later, its interest with the first", one("extension", periods=1),
         lambda: slow.more(slow.later(AHEAD, 1), 0, slow.half_up(LEFT * RATE)), (6, 126184, 113467, 244)),
    Case("extension by 30 days", "30 of 360 days of 24 % with the first", one("extension", days=30),
         lambda: slow.shifted(slow.more(AHEAD, 0, slow.half_up(LEFT * Fraction(24 * 30, 36_000))), 30), (6, 126184, 113467, -25)),
    Case("rate", "level at 1 %, end stays", one("rate", annual_rate="12"), lambda: slow.level(LEFT, 6, LOW), (6, 109672, 109671, 21282)),
    Case("rate for a while", "1 % three times, then 2 %; each row solved anew", one("rate", annual_rate="12", periods=3),
         lambda: slow.solved_anew(LEFT, [LOW] * 3 + [RATE] * 3), (6, 110731, 110731, 15350)),
    Case("term", "level over 12", one("term", periods=12), lambda: slow.level(LEFT, 12), (12, 60102, 60105, 0)),
    Case("staged", "10, 20, 30, 40 % of principal", one("staged", periods=4, percentages=["10", "20", "30", "40"]),
         lambda: slow.by_parts([63_560, 127_120, 190_680, LEFT - 381_360]), (4, 76272, 259326, 0)),
    Case("stepped", "three times 500.00, the rest level over 5", one("staged", periods=8, steps=[{"periods": 3, "amount": 50_000}]),
         stepped, (8, 50000, 110639, 0)),
    Case("waiver of interest to come", "100.00 less with the first row", one("waiver", interest=10_000),
         lambda: slow.more(AHEAD, 0, -10_000), (6, 103472, 113467, 9804)),
    Case("waiver of principal", "1,000.00 less, level over 6", one("waiver", principal=100_000),
         lambda: slow.level(LEFT - 100_000, 6), (6, 95619, 95617, 100000)),
    Case("V27 settlement", "6,667.45 owed, 4,667.22 settles it at once", one("settlement", amount=466_722),
         lambda: [Slow(0, 466_722, 0)], (1, 466722, 466722, 200023), old=lambda: [Slow(0, 0, 25_424, 5_720), *AHEAD], owed={"interest": 25_424, "penalty": 5_720}),
    Case("settlement in three", "4,500.00 in three: today and two due days", one("settlement", amount=450_000, payments=3),
         lambda: [Slow(n, 150_000, 0) for n in range(3)], (3, 150000, 150000, 194367)),
    Case("instalment plan", "6,356.01 over 24 without interest", one("instalment_plan", periods=24),
         lambda: slow.level(LEFT, 24, Fraction(0)), (24, 26483, 26492, 134698)),
    Case("instalment plan with interest", "6,356.01 over 60 at 0.5 %", one("instalment_plan", periods=60, annual_rate="6"),
         lambda: slow.level(LEFT, 60, SIX), (60, 12288, 12283, 208461)),
    Case("rate, then deferral", "level at 1 %, a month later with 1 % more",
         [*one("rate", annual_rate="12"), *one("deferral", periods=1)],
         lambda: slow.more(slow.later(slow.level(LEFT, 6, LOW), 1), 0, slow.half_up(LEFT * LOW)), (6, 116028, 109671, 27218)),
    Case("deferral, then longer term", "a month later, then level over 9 with the month's interest",
         [*one("deferral", periods=1), *one("term", periods=9)],
         lambda: slow.more(slow.later(slow.level(LEFT, 9), 1), 0, slow.half_up(LEFT * RATE)), (9, 90583, 77871, 244)),
    Case("consolidation", "twice 6,356.01 over 12",
         one("consolidation", periods=12, loans=[{"terms": TERMS, "paid_through": 6}]), lambda: slow.level(2 * LEFT, 12), (12, 120204, 120208, 1),
         old=lambda: slow.merged(AHEAD, AHEAD)),
    Case("consolidation at the average", "6,356.01 at 24 % and 6,183.87 at 12 %: weighted by principal",
         one("consolidation", periods=12, loans=[{"terms": {**TERMS, "annual_rate": "12"}, "paid_through": 6}]),
         consolidated, (12, 114972, 114968, 37639), beside=lambda: slow.worth_of(slow.dated(slow.level(1_200_000, 12, LOW, first=-5)[6:]), LOW)),
    behind("re-age, interest first", "past due in three parts beside the rows; its interest with the first",
           one("reage", periods=3), lambda: slow.more(reaged(3), 0, LATE_INTEREST), (6, 213908, 113467, 614)),
    behind("re-age, interest spread", "its interest over all six rows", one("reage", periods=3, arrears="spread"),
           lambda: slow.spread(reaged(3), LATE_INTEREST), (6, 187814, 118685, 2080)),
    behind("re-age, interest waived", "its interest given up", one("reage", periods=3, arrears="waive"), lambda: reaged(3), (6, 182595, 113467, 31313)),
    behind("re-age beyond the end", "past due in nine parts, three after the end", one("reage", periods=9, arrears="last"),
           lambda: slow.more(reaged(9), -1, LATE_INTEREST), (9, 139122, 53483, 5112)),
    behind("re-amortise, interest first", "all principal over 8", one("reamortise", periods=8),
           lambda: slow.more(slow.level(LEFT_BEHIND, 8), 0, LATE_INTEREST), (8, 144784, 113474, 614)),
    behind("re-amortise, spread", "past-due interest in equal cents", one("reamortise", periods=8, arrears="spread"),
           lambda: slow.spread(slow.level(LEFT_BEHIND, 8), LATE_INTEREST), (8, 117386, 117388, 2640)),
    behind("re-amortise, last", "past-due interest at the end", one("reamortise", periods=8, arrears="last"),
           lambda: slow.more(slow.level(LEFT_BEHIND, 8), -1, LATE_INTEREST), (8, 113471, 144787, 4588)),
    behind("re-amortise, capitalised", "past-due interest becomes principal", one("reamortise", periods=8, arrears="capitalise"),
           lambda: slow.level(LEFT_BEHIND + LATE_INTEREST, 8), (8, 117746, 117745, 0)),
    behind("re-amortise, waived", "past-due interest and penalty given up", one("reamortise", periods=8, arrears="waive"),
           lambda: slow.level(LEFT_BEHIND, 8), (8, 113471, 113474, 36868), owed={"penalty": 5_555}),
    behind("re-amortise, components apart", "interest capitalised, penalty with the first",
           one("reamortise", periods=8, arrears={"interest": "capitalise", "penalty": "first"}),
           lambda: slow.more(slow.level(LEFT_BEHIND + LATE_INTEREST, 8), 0, 0, 5_555), (8, 123301, 117745, 109), owed={"penalty": 5_555}),
    behind("capitalise", "all past due into the six rows", one("capitalise"),
           lambda: slow.level(LEFT_BEHIND + LATE_INTEREST, 6), (6, 153987, 153984, 0)),
    behind("capitalise a part", "100.00 of interest, the rest stays past due", one("capitalise", interest=10_000),
           lambda: [Slow(-1, 0, LATE[0].interest - 10_000), Slow(0, 0, LATE[1].interest),
                    *slow.level(LEFT_BEHIND + 10_000, 6)], (8, 6625, 150181, -1)),
    behind("deferral of arrears", "everything unpaid three months later, three months' interest with the first",
           one("deferral", periods=3),
           lambda: slow.more(slow.later([*LATE, *AHEAD], 3), 0, 3 * slow.half_up(LEFT_BEHIND * RATE)), (8, 163347, 113467, -327)),
    behind("waiver in the house order", "penalty, then the oldest interest", one("waiver", amount=10_000),
           lambda: slow.more([*LATE, *AHEAD], 0, -4_445), (8, 109027, 113467, 10000), owed={"penalty": 5_555}),
    behind("settlement within a month", "principal, past-due interest, and 15 of 31 days are 8,686.96: nine tenths",
           one("settlement", amount=782_000), lambda: [(date(2026, 7, 20), 782_000)], (1, 782000, 782000, 88040)),
    Case("equal principal re-amortised", "6,000.00 in 12 parts", one("reamortise", periods=12),
         lambda: slow.by_parts([50_000] * 12), (12, 62000, 51000, 0), terms=other("equal_principal"), old=lambda: EQUAL),
    Case("equal principal deferred", "6,000.00 grows two months, six parts",
         one("deferral", periods=2, interest="capitalise"), lambda: slow.by_parts(slow.evenly(624_240, 6), first=3), (6, 116525, 106121, 0),
         terms=other("equal_principal"), old=lambda: EQUAL),
    Case("equal principal cheaper", "the same parts at 1 %", one("rate", annual_rate="12"),
         lambda: slow.by_parts([100_000] * 6, LOW), (6, 106000, 101000, 19928), terms=other("equal_principal"), old=lambda: EQUAL),
    Case("interest-only loan, longer", "interest twelve times, principal at the end", one("term", periods=12),
         lambda: slow.by_parts([0] * 11 + [1_200_000]), (12, 24000, 1224000, 0), terms=other("interest_only"), old=lambda: ONLY),
    Case("interest-only loan re-amortised", "12,000.00 level over 12", one("reamortise", periods=12),
         lambda: slow.level(1_200_000, 12), (12, 113472, 113467, -1), terms=other("interest_only"), old=lambda: ONLY),
    Case("bullet extended", "three months later with their interest", one("extension", periods=3),
         lambda: [Slow(9, 1_200_000, 288_000 + 72_000)], (1, 1560000, 1560000, 8691), {"paid_through": 0, "on": "2026-07-05"}, other("bullet"),
         lambda: BULLET, lambda: slow.rate_of([Slow(12, 1_200_000, 288_000)])),
    Case("bullet re-amortised", "level over 4 from its day on, the first with the interest of twelve months",
         one("reamortise", periods=4, method="equal_principal"),
         lambda: slow.more(slow.by_parts([300_000] * 4, first=6), 0, 11 * 24_000), (4, 588000, 306000, -3001), {"paid_through": 0, "on": "2026-07-05"},
         other("bullet"), lambda: BULLET, lambda: slow.rate_of([Slow(12, 1_200_000, 288_000)])),
    Case("staged loan cheaper", "the same stages at 1 %", one("rate", annual_rate="12"),
         lambda: slow.by_parts(STAGED_PARTS, LOW), (6, 8400, 484800, 37269), terms=STAGES, old=lambda: slow.by_parts(STAGED_PARTS)),
    Case("flat loan, longer", "6,000.00 in 12 parts, 2 % of 6,000.00 with each", one("term", periods=12),
         lambda: slow.flat(600_000, 12), (12, 62000, 62000, 61278), terms=other("flat"), old=lambda: FLAT,
         rate=lambda: slow.rate_of(slow.flat(1_200_000, 12))),
    Case("flat loan cheaper", "half the interest", one("rate", annual_rate="12"),
         lambda: [row._replace(interest=12_000) for row in FLAT], (6, 112000, 112000, 63995), terms=other("flat"), old=lambda: FLAT,
         rate=lambda: slow.rate_of(slow.flat(1_200_000, 12))),
    Case("fixed instalments re-amortised", "what is left level over 9", one("reamortise", periods=9),
         lambda: slow.level(fixed_left(), 9), (9, 49641, 49637, 1), terms=FIXED, old=fixed_rows),
]  # fmt: skip
