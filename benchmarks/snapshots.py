"""What the portfolio's step of a night costs beside one GROUP BY over the same rows, and what its page costs.

    python -m benchmarks.snapshots [--loans 100000] [--rounds 3]

Works in a scratch database on the PostgreSQL of DATABASE_URL, or on a server of its own where that is not set. Asserts no time.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from benchmarks import server

GROUP_BY = """
    SELECT l.currency, l.funder_id, p.code, date_trunc('month', l.start_on)::date, CASE WHEN l.status <> 'active' THEN l.status
        WHEN a.oldest_due_on IS NOT NULL THEN a.bucket ELSE 'M0' END, SUM(i.principal - i.paid_principal - i.waived_principal)
    FROM lending_instalment i JOIN lending_loan l ON l.id = i.loan_id JOIN lending_product p ON p.id = l.product_id
    LEFT JOIN lending_arrears a ON a.loan_id = l.id
    WHERE i.is_current AND i."open" > 0 GROUP BY 1, 2, 3, 4, 5
"""
"""By hand: the principal left of the book by the columns of a snapshot. It reads each open instalment, loan and row of arrears."""


ENDS = (date(2026, 12, 1), date(2027, 1, 1))
"""Month ends after the measured days: the first knows nothing of the month before, the second does."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.snapshots", description=__doc__)
    parser.add_argument("--loans", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="console-bench-") as name,
        server.server() as url,
        server.database(url, "console_bench_snapshots") as address,
    ):
        os.environ |= {"DATABASE_URL": address, "VAR_DIR": str(Path(name) / "var"), "SECRET_KEY": "only-for-benchmarks"}
        for line in measure(given.loans, given.rounds):
            print(line, flush=True)


def measure(loans: int, rounds: int) -> list[str]:
    """Load a book, close two nights, and write the days after them down."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    import config  # noqa: F401 - puts the folder of apps on the path

    django.setup()
    from django.core.management import call_command

    from benchmarks import portfolio
    from benchmarks.measuring import sql
    from lending import nightly as book_nightly
    from risk import snapshots
    from risk.figures import Asked, figures
    from risk.models import MonthEnd, Snapshot

    call_command("migrate", verbosity=0)
    sql("SET statement_timeout = 0")
    portfolio.load(loans)
    book_nightly.run(on=portfolio.DAY, at=portfolio.AT)
    sql("VACUUM ANALYZE")
    floor, night = [], []
    for n in range(1, rounds + 1):
        on = portfolio.DAY + timedelta(days=n)
        floor.append(_seconds(lambda: sql(GROUP_BY)))
        night.append(_seconds(partial(snapshots.run, on=on, at=portfolio.AT)))
    ends = [_seconds(partial(snapshots.run, on=on, at=portfolio.AT)) for on in ENDS]
    again = _seconds(partial(snapshots.run, on=on, at=portfolio.AT))
    page = [_seconds(lambda: figures(Asked(ENDS[-1]))) for _ in range(20)]
    one, whole = statistics.median(floor), statistics.median(night)
    return [
        f"{loans:,} loans, {Snapshot.objects.filter(on=on).count():,} rows a day",
        f"one GROUP BY over the same rows    {one:8.2f} s",
        f"a night's step                     {whole:8.2f} s   {whole / one:5.2f} times",
        f"a month's end                      {ends[-1]:8.2f} s   {MonthEnd.objects.filter(on=ENDS[-1]).count():,} loans",
        f"the same night again               {again:8.3f} s",
        f"the rates of a page                {1000 * statistics.median(page):8.1f} ms",
    ]


def _seconds(work: Callable[[], object]) -> float:
    since = time.perf_counter()
    work()
    return time.perf_counter() - since


if __name__ == "__main__":
    main()
