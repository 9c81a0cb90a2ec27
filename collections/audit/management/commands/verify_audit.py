"""Prove the audit chain: exit 0 when every entry is as it was written, 1 with each fault named."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.verify import verify


class Command(BaseCommand):
    help = "Verify the hash chain of the audit record and its anchor outside the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, as_json: bool = False, **options: Any) -> None:
        proof = verify()
        if as_json:
            faults = [fault._asdict() for fault in proof.faults]
            self.stdout.write(json.dumps({"entries": proof.entries, "faults": faults}))
        for fault in proof.faults:
            self.stderr.write(f"entry {fault.number}: {fault.reason}")
        if proof.faults:
            sys.exit(1)
        if not as_json:
            self.stdout.write(f"{proof.entries} entries, chain whole")
