"""`score_file`: score the rows of a CSV file by a model that `fit_scorecard` wrote."""

import csv
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from risk.scorecard.building import IDENTIFIER
from risk.scorecard.card import CardError, read
from risk.scorecard.tables import TableError, rows_of


class Command(BaseCommand):
    help = (
        "Score a CSV file: MODEL.json FILE to CSV of id,score,probability on stdout. Exit 2: the input makes no sense."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", type=Path)
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **given: Any) -> None:
        try:
            card = read(given["model"].read_text(encoding="utf-8"))
        except (CardError, OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{given['model']}: {error}", returncode=2) from error
        needed = [IDENTIFIER, *(each.name for each in card.inputs)]
        out = csv.writer(self.stdout or sys.stdout, lineterminator="\n")
        try:
            for place, row in enumerate(rows_of(given["file"])):
                if not place:
                    missing = [name for name in needed if name not in row]
                    if missing:
                        raise TableError(f"there is no column {', '.join(missing)}")
                    out.writerow(["id", "score", "probability"])
                score = card.score(row)
                out.writerow([row[IDENTIFIER], score, f"{card.probability(score):.6f}"])
        except (TableError, OSError) as error:
            raise CommandError(f"{given['file']}: {error}", returncode=2) from error
