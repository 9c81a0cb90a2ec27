"""`manage.py rotate_keys`: write what is encrypted at rest again under the newest of FIELD_KEYS. Exit 1 while anything stands under another key."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.clock import now
from config.progress import bar
from staff.rekeying import remaining, rotate
from staff.sealing import newest_key


class Command(BaseCommand):
    help = "Write everything encrypted at rest again under the newest of FIELD_KEYS; may be stopped and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what still stands under which key")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, check: bool, as_json: bool, **options: Any) -> None:
        done = {} if check else rotate(at=now(), progress=None if as_json else bar(self.stderr))
        left = remaining()
        if as_json:
            counts = {name: dict(count) for name, count in done.items() if count}
            self.stdout.write(json.dumps({"key": newest_key(), "done": counts, "left": left}, sort_keys=True))
        else:
            for name, count in done.items():
                if told := ", ".join(f"{what} {number:,}" for what, number in sorted(count.items())):
                    self.stdout.write(f"{name}: {told}")
            for name, keys in left.items():
                told = ", ".join(f"{number:,} under {key}" for key, number in keys.items())
                self.stderr.write(f"{name}: still {told}")
            if not left:
                self.stdout.write(f"Everything stands under the key {newest_key()}; older keys may go.")
        if left:
            sys.exit(1)
