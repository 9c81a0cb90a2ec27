"""`fit_scorecard`: a scorecard from any CSV file, written as a file of plain numbers."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from risk.scorecard.building import BuildError, build
from risk.scorecard.card import written
from risk.scorecard.tables import TableError, columns_of


class Command(BaseCommand):
    help = "Fit a scorecard to a CSV file: FILE --target COL [--exclude A,B] --out MODEL.json. Exit 2: the file makes no sense."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--target", required=True, help="the column to foresee, 1 or 0")
        parser.add_argument("--exclude", default="", help="columns that are no inputs, with commas between them")
        parser.add_argument("--out", type=Path, required=True, help="the file to write the model to")

    def handle(self, *_args: Any, **given: Any) -> None:
        exclude = {name.strip() for name in given["exclude"].split(",") if name.strip()}
        try:
            built = build(columns_of(given["file"]), target=given["target"], exclude=exclude)
        except (BuildError, TableError, OSError) as error:
            raise CommandError(f"{given['file']}: {error}", returncode=2) from error
        try:
            given["out"].write_text(written(built.card), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{given['out']}: {error}", returncode=2) from error
        for note in built.notes:
            self.stderr.write(note)
        self.stdout.write(
            f"{given['out']}: {len(built.card.inputs)} inputs from {built.card.rows} rows, {built.card.bads} with the target"
        )
