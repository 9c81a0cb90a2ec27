"""Schedules by the packages in requirements.txt. Run by the Python of their virtual environment; prints one JSON object.

    python peers.py SECONDS  < terms.json     # [[principal in minor units, percent a year, periods, first day], …]

For each package and number of periods: schedules a second, over all the terms in turn so that no memory of the last one
helps; and of the terms given, how many sum to the principal exactly when each row is rounded as it is printed.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from importlib import import_module
from itertools import cycle
from typing import Any

Rows = Sequence[tuple[str, str]]


def by_amortization(principal: int, percent: float, periods: int, _start: str) -> Any:
    module = import_module("amortization.schedule")
    return list(module.amortization_schedule(principal / 100, percent / 100, periods))


def by_pyloan(principal: int, percent: float, periods: int, start: str) -> Any:
    loan = import_module("pyloan.pyloan").Loan(
        loan_amount=principal / 100, interest_rate=percent, loan_term=periods, loan_term_period="M", start_date=start,
        payment_end_of_month=False,
    )  # fmt: skip
    return loan.get_payment_schedule()


def principal_of(package: str, rows: Any) -> Decimal:
    """What the printed principal of all rows comes to."""
    if package == "amortization":
        return sum((Decimal(f"{row.principal:.2f}") for row in rows), Decimal())
    return sum((row.principal_amount for row in rows), Decimal())


def rate(way: Callable[..., object], terms: Sequence[Sequence[Any]], seconds: float) -> float:
    """Times a second of this process's own time, which neighbours on the machine disturb least; the best of three."""
    best, turn = 0.0, cycle(terms)
    for _ in range(3):
        done, since = 0, time.process_time()
        while (elapsed := time.process_time() - since) < seconds / 3:
            way(*next(turn))
            done += 1
        best = max(best, done / elapsed)
    return best


def main() -> None:
    seconds = float(sys.argv[1])
    terms = json.load(sys.stdin)
    found: dict[str, dict[str, float]] = {}
    for package, way in (("amortization", by_amortization), ("pyloan", by_pyloan)):
        found[package] = {
            str(periods): rate(way, [(each[0], each[1], periods, each[3]) for each in terms], seconds)
            for periods in (12, 36, 360)
        }
        found[package]["exact"] = sum(principal_of(package, way(*each)) == Decimal(each[0]) / 100 for each in terms)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
