"""`manage.py sweep --once`: send what is due, without a broker."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from audit.clock import now
from dunning.sending import sweep


class Command(BaseCommand):
    help = (
        "Send what is due until nothing is left but live leases of others. Exits 1 when messages wait for the gateway."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", required=True, help="send what is due and end")
        parser.add_argument("--at", help="the instant to send at, such as 2016-12-08T10:05+08:00 (not in production)")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *, at: str | None, **options: Any) -> None:
        instant = _instant(at) if at else None
        tally = sweep((lambda: instant) if instant else now)
        counts = {"sent": tally.sent, "refused": tally.refused, "failed": tally.failed, "unknown": tally.unknown}
        self.stdout.write(
            json.dumps(counts) if options["json"] else "  ".join(f"{name} {number}" for name, number in counts.items())
        )
        if tally.waiting:
            raise CommandError(
                f"{tally.waiting} messages wait for their next try: the gateway does not answer", returncode=1
            )


def _instant(text: str) -> datetime:
    """An instant; without an offset it is one of the business time zone."""
    if settings.PRODUCTION:
        raise CommandError("--at is not taken in production", returncode=2)
    try:
        instant = parse_datetime(text)
    except ValueError:
        instant = None
    if instant is None:
        raise CommandError(f"'{text}' is no instant, such as 2016-12-08T10:05+08:00", returncode=2)
    return make_aware(instant) if is_naive(instant) else instant
