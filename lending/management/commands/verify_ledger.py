"""Prove the ledger: exit 0 when every sum meets and every loan stands as its facts say, 1 with each fault named."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from lending.models import Loan
from lending.verify import verify


class Command(BaseCommand):
    help = "Verify the ledger: schedules, payments, allocations, penalty, arrears and the guards of its tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, as_json: bool = False, **options: Any) -> None:
        faults = verify()
        loans = Loan.objects.count()
        if as_json:
            self.stdout.write(json.dumps({"loans": loans, "faults": [fault._asdict() for fault in faults]}))
        for fault in faults:
            self.stderr.write(f"{fault.where}: {fault.reason}")
        if faults:
            sys.exit(1)
        if not as_json:
            self.stdout.write(f"{loans} loans, ledger whole")
