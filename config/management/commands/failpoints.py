"""`manage.py failpoints`: the names that FAILPOINT understands."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.failpoints import POINTS


class Command(BaseCommand):
    help = "List the places where FAILPOINT=name:nth makes a process die."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON on stdout and nothing else")

    def handle(self, **options: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(POINTS, indent=1, sort_keys=True))
            return
        width = max(map(len, POINTS))
        for name, place in sorted(POINTS.items()):
            self.stdout.write(f"{name:<{width}}  {place}")
