"""Refreshes the scores that a night may make others: those whose day has come, or whose borrower something happened to."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction

from lending.models import Arrears
from risk.classes import five_class
from risk.facts import RiskFacts
from risk.gathering import gather
from risk.models import BorrowerRisk, Unscored
from risk.scoring import score

CHUNK = 500
SCORED = ["ability", "willingness", "five_class", "reasons"]


def run(
    *, on: date, at: datetime, progress: Callable[[int, int], None] | None = None, everybody: bool = False
) -> dict[str, int]:
    """Score as of `on`, whom it may concern or everybody; only scores that changed are written.

    Both leave the same scores behind. A borrower who never had arrears has none.
    """
    noted = list(Unscored.objects.values_list("pk", "borrower"))
    wanted = sorted(_with_arrears() if everybody else _whom(on))
    written = 0
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        with transaction.atomic():
            written += refresh(chunk, on)
        if progress:
            progress(min(start + CHUNK, len(wanted)), len(wanted))
    scored = set(wanted)
    _forget([pk for pk, borrower_id in noted if borrower_id not in scored])
    return {"scored": len(wanted), "written": written}


def refresh(borrower_ids: Sequence[int], on: date) -> int:
    """Score these borrowers as of `on`; says how many rows were written."""
    noted = list(Unscored.objects.filter(borrower__in=borrower_ids).values_list("pk", flat=True))
    known = BorrowerRisk.objects.in_bulk(borrower_ids)
    fresh = []
    for borrower_id, facts in gather(borrower_ids, on).items():
        row, old = _scored(borrower_id, facts, on), known.get(borrower_id)
        if old and all(getattr(old, name) == getattr(row, name) for name in SCORED):
            if old.holds_until == row.holds_until:
                continue
            row.as_of = old.as_of
        fresh.append(row)
    BorrowerRisk.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["borrower"],
        update_fields=["as_of", "holds_until", *SCORED],
    )
    _forget(noted)
    return len(fresh)


def _scored(borrower_id: int, facts: RiskFacts, on: date) -> BorrowerRisk:
    result = score(facts)
    return BorrowerRisk(
        borrower_id=borrower_id,
        as_of=on,
        holds_until=facts.turns_on,
        ability=result.ability,
        willingness=result.willingness,
        five_class=five_class(facts.days_past_due),
        reasons=[reason._asdict() for reason in result.reasons],
    )


def _with_arrears() -> set[int]:
    """Borrowers with a row of arrears: now behind, or once behind and to be scored as cured."""
    return set(Arrears.objects.values_list("loan__borrower", flat=True))


def _whom(on: date) -> set[int]:
    """Borrowers whose score no longer holds, whose arrears this night has made others, or whom something happened to."""
    due = BorrowerRisk.objects.filter(holds_until__lte=on).values_list("pk", flat=True)
    moved = Arrears.objects.filter(as_of=on).values_list("loan__borrower", flat=True)
    noted = Arrears.objects.filter(loan__borrower__in=Unscored.objects.values("borrower"))
    return {*due, *moved, *noted.values_list("loan__borrower", flat=True)}


def _forget(noted: Sequence[int]) -> None:
    """Strike out what was read before the facts were: what was noted meanwhile stays for the next night."""
    for start in range(0, len(noted), CHUNK):
        Unscored.objects.filter(pk__in=noted[start : start + CHUNK]).delete()
