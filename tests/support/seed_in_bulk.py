"""Seeds an empty database as a large book is seeded, and prints the book: `seed_in_bulk.py LOANS SEED DAY`."""

import os
import sys
from datetime import date
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(Path.cwd()))

import django

import config  # noqa: F401 - puts collections/ on the path

django.setup()

from django.core.management import call_command  # noqa: E402

from config.demo.portfolio import write_portfolio  # noqa: E402
from tables import book_rows  # noqa: E402

if __name__ == "__main__":
    loans, seed, day = sys.argv[1:]
    call_command("migrate", verbosity=0)
    write_portfolio(loans=int(loans), seed=int(seed), day=date.fromisoformat(day), told=lambda *_: None, days_lived=0)
    sys.stdout.writelines(f"{row}\n" for row in book_rows())
    call_command("export_state", "--json")
