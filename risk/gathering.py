"""Gathers the facts of many borrowers as known on a day: a constant number of queries for any number of them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, Sum, Value, When

from lending.models import Allocation, Arrears, Instalment, Loan, Payment
from risk.facts import RiskFacts
from risk.models import Observation
from risk.observe import (
    DELAY_REASON,
    HARDSHIP_REASONS,
    NO_ANSWER,
    PROMISE_BROKEN,
    PROMISE_KEPT,
    RIGHT_PARTY,
)

RECENT = timedelta(days=30)


def gather(borrower_ids: Collection[int], on: date) -> dict[int, RiskFacts]:
    """Facts of each borrower, from nothing that is dated after `on`."""
    found: dict[int, dict[str, Any]] = {borrower_id: {} for borrower_id in borrower_ids}
    for part in (_arrears, _punctuality, _repaid, _recent, _observed):
        for borrower_id, facts in part(borrower_ids, on).items():
            found[borrower_id].update(facts)
    return {borrower_id: RiskFacts(**facts) for borrower_id, facts in found.items()}


def _arrears(borrower_ids: Collection[int], on: date) -> dict[int, dict[str, Any]]:
    rows = (
        Arrears.objects.past_due()
        .filter(loan__borrower__in=borrower_ids)
        .values("loan__borrower")
        .annotate(oldest=Min("oldest_due_on"), funders=Count("loan__funder", distinct=True))
    )
    return {
        row["loan__borrower"]: {"days_past_due": (on - row["oldest"]).days, "funders_in_arrears": row["funders"]}
        for row in rows
    }


def _punctuality(borrower_ids: Collection[int], on: date) -> dict[int, dict[str, Any]]:
    """Instalments that fell due before `on`: how many are settled, and how many were by their day."""
    last_paid = (
        Allocation.objects.filter(loan__borrower__in=borrower_ids, n__isnull=False, payment__value_on__lte=on)
        .values("loan_id", "n")
        .annotate(last=Max("payment__value_on"), total=Sum("amount"))
        .filter(total__gt=0)
    )
    paid_by = {(row["loan_id"], row["n"]): row["last"] for row in last_paid}
    rows = Instalment.objects.filter(loan__borrower__in=borrower_ids, is_current=True, due_on__lt=on).values_list(
        "loan__borrower", "loan_id", "n", "due_on", "open", "principal", "interest"
    )
    counts: dict[int, dict[str, Any]] = defaultdict(lambda: {"due": 0, "settled": 0, "on_time": 0, "part_paid": False})
    for borrower_id, loan_id, n, due_on, still_open, principal, interest in rows:
        facts = counts[borrower_id]
        facts["due"] += 1
        paid_on = paid_by.get((loan_id, n))
        facts["settled"] += still_open == 0
        facts["on_time"] += still_open == 0 and paid_on is not None and paid_on <= due_on
        facts["part_paid"] |= 0 < still_open < principal + interest
    return counts


def _repaid(borrower_ids: Collection[int], on: date) -> dict[int, dict[str, Any]]:
    lent = Loan.objects.filter(borrower__in=borrower_ids, start_on__lte=on).exclude(status=Loan.Status.PAID)
    principal = dict(lent.values_list("borrower").annotate(Sum("principal")))
    paid = (
        Instalment.objects.filter(loan__in=lent, is_current=True)
        .values_list("loan__borrower")
        .annotate(Sum("paid_principal"))
    )
    return {borrower_id: {"repaid_percent": 100 * (sum_ or 0) // principal[borrower_id]} for borrower_id, sum_ in paid}


def _recent(borrower_ids: Collection[int], on: date) -> dict[int, dict[str, Any]]:
    paid = Payment.objects.filter(
        loan__borrower__in=borrower_ids, value_on__gt=on - RECENT, value_on__lte=on, amount__gt=0, reversed_by=None
    )
    return {borrower_id: {"paid_last_30_days": True} for borrower_id in paid.values_list("loan__borrower", flat=True)}


def _observed(borrower_ids: Collection[int], on: date) -> dict[int, dict[str, Any]]:
    """Promises and answered calls over the last year; unanswered ones since the last answer; the newest reason given."""
    told = Observation.objects.filter(borrower__in=borrower_ids, on__lte=on, on__gt=on - timedelta(days=365))

    def how_many(kind: str) -> Count:
        return Count("pk", filter=Q(kind=kind))

    rows = told.values("borrower").annotate(
        promises_kept=how_many(PROMISE_KEPT),
        promises_broken=how_many(PROMISE_BROKEN),
        right_party_contacts=how_many(RIGHT_PARTY),
        last_answer=Max(Case(When(kind=RIGHT_PARTY, then=F("pk")), default=Value(0), output_field=IntegerField())),
    )
    facts: dict[int, dict[str, Any]] = {}
    last_answer: dict[int, int] = {}
    for row in rows:
        last_answer[row["borrower"]] = row["last_answer"]
        facts[row["borrower"]] = {
            "promises_kept": row["promises_kept"],
            "promises_broken": row["promises_broken"],
            "right_party_contacts": row["right_party_contacts"],
            "unanswered": 0,
        }
    silent = told.filter(kind=NO_ANSWER).values_list("borrower", "pk")
    for borrower_id, pk in silent:
        facts[borrower_id]["unanswered"] += pk > last_answer[borrower_id]
    for borrower_id, reason in told.filter(kind=DELAY_REASON).order_by("pk").values_list("borrower", "value"):
        facts[borrower_id] |= {
            "hardship": reason in HARDSHIP_REASONS,
            "cash_gap": reason == "cash_gap",
            "unwilling": reason == "unwilling",
        }
    return facts
