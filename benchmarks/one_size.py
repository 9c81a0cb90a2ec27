"""What is done to a book at one size, in a process and a database of its own: `book` starts it and reads its JSON."""

import json
import os
import sys
import time
from pathlib import Path


def main(loans: int, payments: int, folder: Path) -> dict[str, object]:
    """Build the book, close a night, post a file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import closing, portfolio, posting
    from benchmarks.measuring import sql
    from lending.verify import verify

    since = time.perf_counter()

    def told(words: str) -> None:
        print(f"[{loans:,} loans, {time.perf_counter() - since:6.0f} s] {words}", file=sys.stderr, flush=True)

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    sql("SET statement_timeout = 0")
    portfolio.load(loans)
    told("loaded")
    closing.first_night()
    told("first night done")
    found: dict[str, object] = {"closing": closing.measure(told)}
    told("night measured")
    found["posting"] = posting.measure(folder, payments, told)
    told("payments measured")
    found["faults"] = [str(fault) for fault in verify(5)] if loans <= 20_000 else None
    told("done")
    return found


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])), sys.stdout)
