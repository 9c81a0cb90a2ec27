"""Bring the book to a day where it is not there yet, and plan that day's reminders."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.clock import now
from config.arguments import day_argument
from config.nightly import DayInThePastError, roll
from config.progress import bar
from dunning.nightly import REFUSED
from dunning.planning import plan


class Command(BaseCommand):
    help = "Plan the reminders of DATE; prints how many rows this call wrote and what was refused, by rule."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", required=True, type=day_argument)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, as_json: bool = False, **options: Any) -> None:
        on, at = options["date"], now()
        planned = 0
        refused: dict[str, int] | None = None
        try:
            for day in roll(to=on, at=at, progress=None if as_json else bar(self.stderr)):
                if day.day == on:
                    counts = day.steps["dunning"]
                    planned = counts["planned"]
                    refused = {name.removeprefix(REFUSED): n for name, n in counts.items() if name.startswith(REFUSED)}
        except DayInThePastError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        if refused is None:
            again = plan(on=on, at=at)
            planned, refused = again.planned, again.refused
        if as_json:
            self.stdout.write(json.dumps({"date": on.isoformat(), "planned": planned, "refused": refused}))
        else:
            self.stdout.write(f"{planned} reminders planned for {on}")
            for rule, count in sorted(refused.items()):
                self.stdout.write(f"  refused by {rule}: {count}")
