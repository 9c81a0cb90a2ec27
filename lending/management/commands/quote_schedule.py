"""`quote_schedule`: terms as JSON on stdin, the schedule and its yearly cost as JSON on stdout."""

import json
import sys
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lending.schedules.quote import answer


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _error(message: str) -> dict[str, object]:
    return {"error": {"field": None, "message": message}}


def _complaint(given: dict[str, Any], place: str) -> str:
    error = given["error"]
    return f"{place}{error['field'] or 'input'}: {error['message']}"


class Command(BaseCommand):
    """Reads one object or a list; in a list each wrong item has its error in its place, and the others are quoted."""

    help = "Quote a repayment schedule: JSON terms on stdin to JSON rows on stdout."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        answers: Any
        try:
            asked = json.loads(sys.stdin.buffer.read().decode(), parse_float=Decimal, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            answers = _error(f"not JSON: {error}")
        else:
            answers = [answer(item) for item in asked] if isinstance(asked, list) else answer(asked)
        self.stdout.write(json.dumps(answers, ensure_ascii=False))
        complaints = [
            _complaint(each, f"item {place}: " if isinstance(answers, list) else "")
            for place, each in enumerate(answers if isinstance(answers, list) else [answers], start=1)
            if "error" in each
        ]
        if complaints:
            raise CommandError("\n".join(complaints), returncode=2)
