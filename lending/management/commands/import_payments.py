"""`import_payments`: a file of payments into the book."""

from typing import Any

from lending.imports.command import ImportCommand
from lending.imports.formats import PAYMENTS


class Command(ImportCommand):
    help = "Import payments. Exit 0: every row in or already there; 3: bad rows left out; 2: nothing readable."

    def handle(self, *args: Any, **options: Any) -> None:
        self.take_in(PAYMENTS, options)
