"""Dated facts that the floors above tell this one."""

from datetime import date

from lending.models import Borrower
from risk.models import Observation


def observe(borrower: Borrower, kind: str, value: str, on: date) -> Observation:
    """Keep a fact about a borrower as of `on`; append-only, in the caller's transaction."""
    return Observation.objects.create(borrower=borrower, kind=kind, value=value, on=on)
