"""The benchmark measures what it says: its book is a right one, its limits do the same work, its table hides no miss."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection

from benchmarks import closing_limits, portfolio, posting, schedules, table
from benchmarks.measuring import sql
from config.nightly import seal
from lending import nightly
from lending.models import Arrears
from lending.verify import verify

needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="the benchmark runs on PostgreSQL")
COPIES = ("arrears", "case", "accrual", "instalment", "payment", "allocation", "file")


def close(on: date) -> None:
    nightly.run(on=on, at=portfolio.AT)
    seal(on, at=portfolio.AT, steps={})


@pytest.fixture
def no_copies_left(transactional_db: None) -> Iterator[None]:
    """They point at the book's own tables, which could not be emptied after the test."""
    yield
    sql(f"DROP TABLE IF EXISTS {', '.join(f'bench_{name}' for name in COPIES)}")


@needs_postgresql
@pytest.mark.usefixtures("no_copies_left")
def test_the_limits_write_what_the_book_writes_in_a_book_without_fault(tmp_path: Path) -> None:
    portfolio.load(400)
    close(portfolio.DAY - timedelta(days=1))

    for on in portfolio.NIGHTS:
        closing_limits.copy_tables(on - timedelta(days=1), wide=False)
        closing_limits.narrow(on)
        close(on)
        assert closing_limits.differences(on) == 0
    behind = Arrears.objects.exclude(oldest_due_on=None).count()
    found = posting.measure(tmp_path, 200, lambda _: None)

    assert 100 <= behind <= 140
    assert found["differences"] == 0
    assert found["payments"] == 200
    assert verify() == []


@pytest.mark.parametrize("periods", [1, 12, 36])
def test_the_bare_loop_repays_the_principal_exactly(periods: int) -> None:
    rows = schedules.by_loop(1_000_000, 240_000, periods, date(2026, 1, 15))

    assert sum(principal for _, principal, _ in rows) == 1_000_000
    assert len({due for due, _, _ in rows}) == periods


def test_the_bare_loop_and_the_console_give_the_same_rows() -> None:
    ours = schedules.by_console(1_000_000, 240_000, 12, date(2026, 1, 15))

    assert schedules.by_loop(1_000_000, 240_000, 12, date(2026, 1, 15)) == [
        (row.due_on, row.principal, row.interest) for row in ours
    ]


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        (table.Asked("a ceiling", 2, 1.99), True),
        (table.Asked("a ceiling", 2, 2.01), False),
        (table.Asked("a floor", 8, 8.0, most=False), True),
        (table.Asked("a floor", 8, 7.9, most=False), False),
    ],
)
def test_a_figure_that_is_missed_is_called_missed(asked: table.Asked, reached: bool) -> None:
    assert asked.is_reached is reached
