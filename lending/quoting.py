"""Commands that quote: JSON on stdin to JSON on stdout, one object or a list, exit code 2 when any of it makes no sense."""

import json
import sys
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _complaint(given: dict[str, Any], place: str) -> str:
    error = given["error"]
    return f"{place}{error['field'] or 'input'}: {error['message']}"


class QuoteCommand(BaseCommand):
    """In a list each wrong item has its error in its place, and the others are quoted."""

    requires_system_checks = ()
    rule: str | None = None
    """The rule named when the input is no JSON at all, where answers name rules."""

    def answer(self, document: object) -> dict[str, object]:
        """The quotation, or `{"error": …}`."""
        raise AssertionError("each command answers in its own way")

    def handle(self, *_args: Any, **_options: Any) -> None:
        answers: Any
        try:
            asked = json.loads(sys.stdin.buffer.read().decode(), parse_float=Decimal, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            named = {"rule": self.rule} if self.rule else {}
            answers = {"error": {**named, "field": None, "message": f"not JSON: {error}"}}
        else:
            answers = [self.answer(item) for item in asked] if isinstance(asked, list) else self.answer(asked)
        self.stdout.write(json.dumps(answers, ensure_ascii=False))
        complaints = [
            _complaint(each, f"item {place}: " if isinstance(answers, list) else "")
            for place, each in enumerate(answers if isinstance(answers, list) else [answers], start=1)
            if "error" in each
        ]
        if complaints:
            raise CommandError("\n".join(complaints), returncode=2)
