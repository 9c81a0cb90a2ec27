"""Measure the book in one run and print a table of ratios.

    python -m benchmarks.book --loans 100000 [--small 10000] [--payments 20000] [--peers /tmp/peers/bin/python]

Works in scratch databases on the PostgreSQL of DATABASE_URL (its user is a superuser), or on a server of its own where that
is not set. Asserts no time. The packages that schedules are measured against stand in benchmarks/requirements.txt.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import server, table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.book", description="Measure the book.")
    parser.add_argument("--loans", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=10_000, help="the smaller size, for growth")
    parser.add_argument("--payments", type=int, default=20_000)
    parser.add_argument("--peers", default="", help="the Python with benchmarks/requirements.txt installed")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each rate of schedules")
    parser.add_argument(
        "--keep", type=Path, help="a file for the raw figures; `python -m benchmarks.table FILE` prints them"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="console-bench-") as name:
        folder = Path(name)
        found: dict[str, Any] = {}
        with server.server() as url:
            for loans in sorted({given.small, given.loans}):
                payments = min(given.payments, loans // 2)
                with server.database(url, f"console_bench_{loans}") as address:
                    found[str(loans)] = _one_size(loans, payments, folder, address)
        found["schedules"] = _schedules(given.peers, given.seconds, folder)
    if given.keep:
        given.keep.write_text(json.dumps(found, indent=1))
    print(table.text(found))


def _one_size(loans: int, payments: int, folder: Path, address: str) -> Any:
    """Pages are visited by a process that has just begun, as a server's are: one that built a million loans collects garbage of its own."""
    found = _run(["-m", "benchmarks.one_size", str(loans), str(payments), str(folder)], folder, address)
    return found | {"page": _run(["-m", "benchmarks.page"], folder, address)}


def _schedules(peers: str, seconds: float, folder: Path) -> Any:
    script = "import sys, json; from benchmarks import schedules; "
    script += "print(json.dumps(schedules.measure(sys.argv[1], float(sys.argv[2]))))"
    return _run(["-c", script, peers, str(seconds)], folder, f"sqlite:///{folder}/none.sqlite3")


def _run(arguments: list[str], folder: Path, address: str) -> Any:
    """Python in a process of its own, with settings of its own; what it prints is JSON."""
    foreign = {"ENV", "DEBUG", "CLOCK", "CLOCK_STARTED_AT", "FAILPOINT", "BROKER_URL", "PUBLIC_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment |= {"DATABASE_URL": address, "VAR_DIR": str(folder / "var"), "SECRET_KEY": "only-for-benchmarks"}
    ran = subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ran.stdout)


if __name__ == "__main__":
    main()
