"""Every loan as of the last closed day: JSON Lines ordered by number."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.clock import now
from config.state import loan_states
from lending.days import business_date


class Command(BaseCommand):
    help = "Print the standing of every loan, one JSON object a line, ordered by number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        for state in loan_states(on=business_date(now())):
            self.stdout.write(json.dumps(state, ensure_ascii=False, separators=(",", ":")))
