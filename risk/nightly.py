"""Refreshes the scores that a night may make others: those whose day has come, or whose borrower something happened to."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from lending.models import Arrears
from lending.sql.reading import among
from lending.sql.writing import insert_many, storing, update_many
from risk.classes import five_class
from risk.facts import RiskFacts
from risk.gathering import gather
from risk.models import BorrowerRisk, Unscored
from risk.scoring import score

CHUNK = 2_000
SCORED = ["ability", "willingness", "five_class", "reasons"]
WRITTEN = ["as_of", "holds_until", *SCORED]


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
    noted = list(Unscored.objects.filter(among("borrower", borrower_ids)).values_list("pk", flat=True))
    known = _known(borrower_ids)
    begun, changed = [], []
    for borrower_id, facts in gather(borrower_ids, on).items():
        scored, old = _scored(facts), known.get(borrower_id)
        if old is None:
            begun.append([on, facts.turns_on, *scored, borrower_id])
        elif old.scored != scored:
            changed.append([on, facts.turns_on, *scored, borrower_id])
        elif old.holds_until != facts.turns_on:
            changed.append([old.as_of, facts.turns_on, *scored, borrower_id])
    stored = storing(BorrowerRisk, [*WRITTEN, "borrower"])
    insert_many(BorrowerRisk, [*WRITTEN, "borrower"], map(stored, begun))
    update_many(BorrowerRisk, WRITTEN, map(stored, changed))
    _forget(noted)
    return len(begun) + len(changed)


class _Known(NamedTuple):
    """What was written of a borrower: the score, since when it stands and how long it holds."""

    as_of: date
    holds_until: date | None
    scored: tuple[Any, ...]


def _known(borrower_ids: Sequence[int]) -> dict[int, _Known]:
    rows = BorrowerRisk.objects.filter(among("borrower", borrower_ids))
    listed = rows.values_list("borrower", "as_of", "holds_until", *SCORED)
    return {borrower_id: _Known(as_of, until, tuple(scored)) for borrower_id, as_of, until, *scored in listed}


def _scored(facts: RiskFacts) -> tuple[Any, ...]:
    """The values of `SCORED`."""
    result = score(facts)
    reasons = [reason._asdict() for reason in result.reasons]
    return result.ability, result.willingness, five_class(facts.days_past_due), reasons


def _with_arrears() -> set[int]:
    """Borrowers with a row of arrears: now behind, or once behind and to be scored as cured."""
    return set(Arrears.objects.values_list("loan__borrower", flat=True))


def _whom(on: date) -> set[int]:
    """Borrowers whose score no longer holds, whose arrears this night has made others, or whom something happened to.

    A score that became another as of `on` knows what this night has changed.
    """
    due = BorrowerRisk.objects.filter(holds_until__lte=on).values_list("pk", flat=True)
    moved = (
        Arrears.objects.filter(as_of=on)
        .exclude(loan__borrower__risk__as_of=on)
        .values_list("loan__borrower", flat=True)
    )
    noted = Arrears.objects.filter(loan__borrower__in=Unscored.objects.values("borrower"))
    return {*due, *moved, *noted.values_list("loan__borrower", flat=True)}


def _forget(noted: Sequence[int]) -> None:
    """Strike out what was read before the facts were: what was noted meanwhile stays for the next night."""
    for start in range(0, len(noted), CHUNK):
        Unscored.objects.filter(among("pk", noted[start : start + CHUNK])).delete()
