"""`import_loans`: a loan tape into the book."""

from argparse import ArgumentParser
from typing import Any

from lending.imports.command import ImportCommand
from lending.imports.formats import LOAN_FORMATS


class Command(ImportCommand):
    help = "Import a loan tape. Exit 0: every row in or already there; 3: bad rows left out; 2: nothing readable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=LOAN_FORMATS, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        self.take_in(LOAN_FORMATS[options["format"]], options)
