"""Three schedulers roll the same days at once, over both changes of the clocks: each daily job is done once for each day."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from exported import comparable
from outbox_processes import Outbox
from running_console import fresh_database
from sizes import sized

pytestmark = [pytest.mark.processes, pytest.mark.django_db]
FIRST, LAST = ("2026-02-14", "2026-02-16") if sized(1, 0) else ("2026-02-14", "2026-03-23")
"""In Casablanca clocks go back for the month of fasting, on 15 February, and forward again on 22 March."""
DAYS = 3 if sized(1, 0) else 38


def rolled(folder: Path, database: str, schedulers: int) -> tuple[list[Any], ...]:
    """What the book, the outbox and the record hold after so many schedulers had their turn."""
    folder.mkdir()
    outbox = Outbox(folder, database)
    outbox.environment["TIME_ZONE"] = "Africa/Casablanca"
    try:
        outbox.tool("book", FIRST)
        running = [outbox.start_tool("schedule", FIRST, LAST) for _scheduler in range(schedulers)]
        assert [process.wait(900) for process in running] == [0] * schedulers, outbox.last_words()
        return (
            comparable(outbox.manage("export_state", "--json")).splitlines(),
            outbox.ask("SELECT borrower_id, step, due_at FROM dunning_reminder ORDER BY due_at, borrower_id"),
            outbox.ask("SELECT day, step FROM lending_closingstep ORDER BY day, step"),
            outbox.ask("SELECT day FROM lending_closedday ORDER BY day"),
            outbox.ask("SELECT action, count(*) FROM audit_entry GROUP BY action ORDER BY action"),
        )
    finally:
        outbox.close()


def test_each_daily_job_is_done_once_for_each_day(tmp_path: Path, blank_database: str) -> None:
    with fresh_database(tmp_path, like=blank_database) as database:
        calm = rolled(tmp_path / "calm", database, 1)
        if database.startswith("sqlite"):
            shutil.move(database.removeprefix("sqlite:///"), tmp_path / "calm.sqlite3")
    with fresh_database(tmp_path, like=blank_database) as database:
        together = rolled(tmp_path / "together", database, 3)

    assert together == calm
    assert len(calm[3]) == DAYS + 1
    assert calm[1]
