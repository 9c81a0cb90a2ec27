"""Refreshes the scores of borrowers in arrears, and of those who just left them."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.db import transaction

from lending.models import Arrears, Borrower, BorrowerQuerySet
from risk.classes import five_class
from risk.gathering import gather
from risk.models import BorrowerRisk
from risk.scoring import score

CHUNK = 500
SCORED = ["ability", "willingness", "five_class", "reasons"]


def run(*, on: date, at: datetime, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Score as of `on`; only scores that changed are written. A borrower whose facts did not change keeps the old day."""
    total = _to_score().count()
    done = written = 0
    for borrower_ids in _chunks():
        with transaction.atomic():
            written += refresh(borrower_ids, on)
        done += len(borrower_ids)
        if progress:
            progress(done, total)
    return {"scored": done, "written": written}


def refresh(borrower_ids: list[int], on: date) -> int:
    """Score these borrowers as of `on`; says how many rows were written."""
    known = BorrowerRisk.objects.in_bulk(borrower_ids)
    fresh = []
    for borrower_id, facts in gather(borrower_ids, on).items():
        result = score(facts)
        row = BorrowerRisk(
            borrower_id=borrower_id,
            as_of=on,
            ability=result.ability,
            willingness=result.willingness,
            five_class=five_class(facts.days_past_due),
            reasons=[reason._asdict() for reason in result.reasons],
        )
        old = known.get(borrower_id)
        if old is None or any(getattr(old, name) != getattr(row, name) for name in SCORED):
            fresh.append(row)
    BorrowerRisk.objects.bulk_create(
        fresh,
        batch_size=100,
        update_conflicts=True,
        unique_fields=["borrower"],
        update_fields=["as_of", *SCORED],
    )
    return len(fresh)


def _to_score() -> BorrowerQuerySet:
    """Borrowers with a row of arrears: now behind, or once behind and to be scored as cured."""
    return Borrower.objects.filter(loans__arrears__isnull=False).distinct()


def _chunks() -> Iterator[list[int]]:
    last = 0
    while True:
        ids = list(
            Arrears.objects.filter(loan__borrower__gt=last)
            .values_list("loan__borrower", flat=True)
            .distinct()
            .order_by("loan__borrower")[:CHUNK]
        )
        if not ids:
            return
        yield ids
        last = ids[-1]
