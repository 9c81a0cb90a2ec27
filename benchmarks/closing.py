"""J1, the nightly close: the book and the floors above it beside one SQL statement and beside two ways of the ORM."""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import cases.nightly
import risk.nightly
from benchmarks import closing_limits, closing_peers
from benchmarks.measuring import Cost, cost_of, sql, undone
from benchmarks.portfolio import AT, DAY, LAST, NIGHTS
from cases.models import Case, CaseEvent
from config.nightly import seal
from lending import nightly as book_nightly
from lending.models import Arrears, Loan, PenaltyAccrual
from risk.models import BorrowerRisk

SAMPLE = 1_000
TABLES = [model._meta.db_table for model in (Loan, Arrears, PenaltyAccrual, Case, CaseEvent, BorrowerRisk)]


def first_night() -> None:
    """Bring the loaded book to the eve of the measured night, with its cases open and its scores made."""
    on = DAY - timedelta(days=1)
    for run in (book_nightly.run, risk.nightly.run, cases.nightly.run):
        run(on=on, at=AT)
    seal(on, at=AT, steps={})
    sql("VACUUM ANALYZE")


def measure(told: Callable[[str], None]) -> dict[str, Any]:
    """Every way over the same nights; the console's comes last in each and stays."""
    found: dict[str, Any] = _peers(told)
    for on in NIGHTS:
        told(f"night of {on}")
        for name, cost in _night(on):
            found.setdefault(name, []).append(cost)
            told(f"{name}: {cost}")
    return found | {
        "in_arrears": Arrears.objects.exclude(oldest_due_on=None).count(),
        "loans": Loan.objects.count(),
        "open_cases": Case.objects.open().count(),
        "events": CaseEvent.objects.filter(on=LAST).count(),
    }


def _night(on: date) -> Iterator[tuple[str, Cost | int]]:
    yield "limit_full", _limit(closing_limits.full, on, wide=True)
    yield "limit_cases", _limit(closing_limits.cases, on, wide=False)
    yield "limit_narrow", _limit(closing_limits.narrow, on, wide=False)
    sql(f"VACUUM {', '.join(TABLES)}")
    yield "book", cost_of(lambda: book_nightly.run(on=on, at=AT))
    yield "book_again", cost_of(lambda: book_nightly.run(on=on, at=AT))
    yield "risk", cost_of(lambda: risk.nightly.run(on=on, at=AT))
    yield "case_floor", cost_of(lambda: cases.nightly.run(on=on, at=AT))
    yield "case_floor_again", cost_of(lambda: cases.nightly.run(on=on, at=AT))
    yield "differences", closing_limits.differences(on)
    yield "sealing", cost_of(lambda: seal(on, at=AT, steps={}))


def _limit(statement: Callable[[date], None], on: date, *, wide: bool) -> Cost:
    closing_limits.copy_tables(on - timedelta(days=1), wide=wide)
    cost = cost_of(lambda: statement(on))
    sql("DROP TABLE IF EXISTS bench_instalment")
    return cost


def _peers(told: Callable[[str], None]) -> dict[str, Any]:
    """Seconds for the sample, scaled to every loan in arrears."""
    behind = list(Arrears.objects.exclude(oldest_due_on=None).order_by("loan").values_list("loan", flat=True))
    sample = behind[:: max(1, len(behind) // SAMPLE)][:SAMPLE]
    found: dict[str, Any] = {"sample": len(sample)}
    for name, way in (("save_each", closing_peers.save_each), ("bulk_update", closing_peers.bulk)):
        with undone():
            since = time.perf_counter()
            way(sample, DAY)
            seconds = time.perf_counter() - since
        found[name] = Cost(seconds * len(behind) / len(sample), 0, 0)
        told(f"{name}: {found[name]} from a sample of {len(sample)}")
    return found
