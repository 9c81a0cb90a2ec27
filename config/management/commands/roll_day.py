"""The nightly run up to and including a day. Exit 2 when the day is before the last closed one."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.clock import now
from config.arguments import day_argument
from config.nightly import DayInThePastError, roll
from config.progress import bar


class Command(BaseCommand):
    help = "Close every day up to and including DATE: book, risk, cases, plans, reminders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", required=True, type=day_argument)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, as_json: bool = False, **options: Any) -> None:
        closed = []
        try:
            for day in roll(to=options["date"], at=now(), progress=None if as_json else bar(self.stderr)):
                closed.append({"day": day.day.isoformat(), "steps": day.steps})
        except DayInThePastError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        if as_json:
            self.stdout.write(json.dumps({"date": options["date"].isoformat(), "closed": closed}))
        else:
            self.stdout.write(f"{len(closed)} days closed, the book is as of {options['date']}")
