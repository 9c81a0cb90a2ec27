"""Measure the desk in one run and print tables of what is asked and what was measured.

    python -m benchmarks.desk --loans 1000000 [--small 100000] [--entries 1000000]

Works in scratch databases on the PostgreSQL of DATABASE_URL (its user is a superuser), or on a server of its own where that is not
set. The console and Django's admin are served by two workers of gunicorn each, one after the other, and asked for one page at a time
by somebody who is signed in. Asserts no time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import desk_table, server


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description="Measure the desk.")
    parser.add_argument("--loans", type=int, default=100_000)
    parser.add_argument("--small", type=int, help="the smaller size, for growth; a tenth of the loans unless given")
    parser.add_argument("--entries", type=int, help="of the audit chain; as many as loans unless given")
    parser.add_argument(
        "--keep", type=Path, help="a file for the raw figures; `python -m benchmarks.desk_table FILE` prints them"
    )
    given = parser.parse_args()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="console-bench-") as folder, server.server() as url:
        for loans in sorted({given.small or given.loans // 10, given.loans}):
            entries = min(loans, given.entries or given.loans)
            with server.database(url, f"console_desk_{loans}") as address:
                found[str(loans)] = _one_size(loans, entries, folder, address)
    if given.keep:
        given.keep.write_text(json.dumps(found, indent=1))
    print(desk_table.text(found))


def _one_size(loans: int, entries: int, folder: str, address: str) -> Any:
    """In a process of its own, with settings of its own; what it prints is JSON."""
    foreign = {
        "ENV",
        "DEBUG",
        "CLOCK",
        "CLOCK_STARTED_AT",
        "FAILPOINT",
        "BROKER_URL",
        "PUBLIC_URL",
        "DJANGO_SETTINGS_MODULE",
    }
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment |= {"DATABASE_URL": address, "VAR_DIR": f"{folder}/var", "SECRET_KEY": "only-for-benchmarks"}
    command = [sys.executable, "-m", "benchmarks.desk_one_size", str(loans), str(entries)]
    ran = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ran.stdout)


if __name__ == "__main__":
    main()
