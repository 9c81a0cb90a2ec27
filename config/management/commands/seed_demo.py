"""A believable bilingual portfolio in an empty book: the same N, S and D give the same rows."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.clock import local_day, now
from config.arguments import day_argument
from config.demo.book import is_empty
from config.demo.portfolio import write_portfolio
from config.progress import bar

LOANS_MAX = 5_000_000


class Command(BaseCommand):
    help = "Fill an empty book with a demo portfolio; DATE (today unless given) becomes its last closed day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loans", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--date", type=day_argument)

    def handle(self, *args: Any, loans: int, seed: int, **options: Any) -> None:
        if not 0 < loans <= LOANS_MAX:
            self.stderr.write(f"--loans is from 1 to {LOANS_MAX:,}")
            sys.exit(2)
        if not is_empty():
            self.stderr.write("the book is not empty: a demo portfolio is only written into an empty one")
            sys.exit(2)
        day = options.get("date") or local_day(now())
        write_portfolio(loans=loans, seed=seed, day=day, told=bar(self.stderr) or (lambda *_: None))
        self.stdout.write(f"{loans} loans, last closed day {day}")
