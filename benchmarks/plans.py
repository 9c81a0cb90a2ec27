"""J5, plans: the finder beside building every candidate with Decimal, row by row; and one plan previewed.

    python -m benchmarks.plans [--seconds 2]

Counts the process's own time and asserts none. Both ways try the same candidates of the same loans and must find the same first plan.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import config  # noqa: F401 - puts the folder of apps on the path
from lending.schedules import Terms
from lending.waivable import Parts
from restructuring.finder.candidates import Recipe, recipes, spans_of
from restructuring.finder.policy import Policy
from restructuring.finder.search import Found, cost_of, find
from restructuring.instruments.arrears import Treatment
from restructuring.instruments.measures import compare, flows_of, yardstick_of
from restructuring.instruments.opening import opened
from restructuring.instruments.position import Position
from restructuring.instruments.postponing import Interest
from restructuring.instruments.reading import apply_all, read_instrument

ONE = Decimal(1)
MONTHS = Decimal(12_000_000)
POLICY = Policy(waivable=Parts(100_000, 100_000))


class Loan(NamedTuple):
    words: str
    position: Position
    surplus: int


def loans() -> list[Loan]:
    twelve = Terms(1_200_000, 240_000, 12, date(2026, 1, 5))
    thirty_six = Terms(5_000_000, 156_000, 36, date(2025, 9, 5))
    return [
        Loan("12 instalments, six paid, nothing past due", opened(twelve, 6, date(2026, 7, 5)), 100_000),
        Loan("12 instalments, two past due", opened(twelve, 4, date(2026, 7, 20), Parts(5_000)), 80_000),
        Loan("36 instalments, three past due", opened(thirty_six, 8, date(2026, 8, 20), Parts(20_000)), 200_000),
    ]


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(ONE, rounding=ROUND_HALF_UP)


def by_decimal(position: Position, policy: Policy, surplus: int) -> tuple[int, tuple[int, int, int] | None]:
    """Every candidate's rows and their worth, one after the other; how many were tried, and the key of the first that fits."""
    rate_old = Decimal(int(position.rate_ppm)) / MONTHS
    old = sum(Decimal(total) / (1 + rate_old) ** _months(position, day) for day, total in flows_of(position))
    best, tried = None, 0
    for order, recipe in enumerate(recipes(position, policy)):
        for periods in spans_of(position, policy, recipe):
            tried += 1
            totals = _rows(position, recipe, periods)
            if totals is None or max(totals) > policy.affordable(surplus):
                continue
            worth, discount = Decimal(0), (1 + rate_old) ** -recipe.rest
            for total in totals:
                discount /= 1 + rate_old
                worth += total * discount
            key = (cost_of(int(_cents(old - worth))), periods + recipe.rest, order)
            if best is None or key < best:
                best = key
    return tried, best


def _months(position: Position, day: date) -> int:
    since = yardstick_of(position).calendar.since
    return max(0, (day.year - since.year) * 12 + day.month - since.month)


def _rows(position: Position, recipe: Recipe, periods: int) -> list[Decimal] | None:
    """What falls due in each period."""
    behind, how = position.arrears, recipe.arrears
    rate = Decimal(int(recipe.rate_ppm)) / MONTHS
    left = Decimal(position.outstanding - recipe.forgiven)
    if how.interest is Treatment.CAPITALISE:
        left += behind.interest
    if recipe.interest is Interest.CAPITALISED:
        for _ in range(recipe.rest):
            left += _cents(left * rate)
    level = periods - recipe.grace
    instalment = _cents(left * rate / (1 - (1 + rate) ** -level)) if rate else _cents(left / level)
    totals = []
    for n in range(periods):
        interest = _cents(left * rate)
        part = Decimal(0) if n < recipe.grace else instalment - interest
        part = left if n == periods - 1 else part
        left -= part
        totals.append(part + interest)
    for treatment, amount in ((how.interest, behind.interest), (how.penalty, behind.penalty)):
        if treatment is Treatment.FIRST:
            totals[0] += amount
        elif treatment is Treatment.SPREAD:
            even, odd = divmod(amount, periods)
            totals = [total + even + (n < odd) for n, total in enumerate(totals)]
    return totals


def _best(work: Callable[[], Any], seconds: float) -> tuple[float, Any]:
    """The least of the times it took, in so many seconds, and what it gave."""
    took: list[float] = []
    until = time.process_time() + seconds
    while not took or time.process_time() < until:
        since = time.process_time()
        found = work()
        took.append(time.process_time() - since)
    return min(took), found


def _preview(seconds: float) -> float:
    """A 36-instalment loan's plan: read, applied, compared, every row made."""
    loan = loans()[2]
    asked = {"kind": "reamortise", "periods": 48, "arrears": {"interest": "capitalise", "penalty": "spread"}}

    def work() -> Any:
        planned = apply_all(loan.position, [read_instrument(asked, loan.position.on)])
        return compare(loan.position, planned), planned.schedule

    return _best(work, seconds)[0]


def table(seconds: float) -> str:
    lines = [
        "| loan | candidates | finder, ms | Decimal row by row, ms | × | the same first plan |",
        "|---|---|---|---|---|---|",
    ]
    for loan in loans():
        took, found = _best(lambda loan=loan: find(loan.position, POLICY, {}, loan.surplus), seconds)  # type: ignore[misc]
        slow, (tried, key) = _best(lambda loan=loan: by_decimal(loan.position, POLICY, loan.surplus), 0)  # type: ignore[misc]
        assert tried == found.tried
        same = "yes" if _key(loan.position, found) == key else "NO"
        lines.append(
            f"| {loan.words} | {tried:,} | {took * 1e3:.1f} | {slow * 1e3:,.0f} | {slow / took:.1f} | {same} |"
        )
    return "\n".join([*lines, "", f"One plan of a 36-instalment loan previewed: {_preview(seconds) * 1e3:.2f} ms."])


def _key(position: Position, found: Found) -> tuple[int, int, int] | None:
    if not found.plans:
        return None
    plan = found.plans[0]
    order = list(recipes(position, POLICY)).index(plan.recipe)
    return cost_of(plan.loss), plan.periods + plan.recipe.rest, order


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plans", description="Measure finding plans.")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each way")
    print(table(parser.parse_args().seconds))


if __name__ == "__main__":
    main()
