"""Gathers the facts of many borrowers as known on a day: a constant number of queries for any number of them.

Beside each fact stands the next day on which time alone may change it: `RiskFacts.turns_on` is the first of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, Sum, Value, When

from lending.models import Allocation, Arrears, Instalment, Loan, Payment
from lending.sql.reading import among
from risk.classes import FLOORS
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
from risk.points import FAR_BEHIND_DAYS, MONTHS_BEHIND_DAYS, RECENT_DAYS

DAY = timedelta(days=1)
RECENT = timedelta(days=RECENT_DAYS)
REMEMBERED = timedelta(days=365)
AGES: Final = sorted({MONTHS_BEHIND_DAYS, FAR_BEHIND_DAYS, *(days for days, _class in FLOORS)})
"""Days past due beyond which a score or a class is another."""

Part = Iterator[tuple[int, dict[str, Any], date | None]]
"""Facts by borrower, with the day on which they may be others."""


class LoanFact(NamedTuple):
    """What a score asks of a loan's own row."""

    borrower_id: int
    funder_id: int
    status: str
    start_on: date
    principal: int


Loans = dict[int, LoanFact]


def gather(borrower_ids: Collection[int], on: date) -> dict[int, RiskFacts]:
    """Facts of each borrower, from nothing that is dated after `on`.

    The loans are read first: by their keys every other table is reached through its index, however large it is.
    """
    rows = Loan.objects.filter(among("borrower", borrower_ids)).values_list("pk", *LoanFact._fields)
    loans = {pk: LoanFact(*row) for pk, *row in rows}
    found: dict[int, dict[str, Any]] = {borrower_id: {} for borrower_id in borrower_ids}
    parts = (_arrears, _punctuality, _repaid_and_next, _recent)
    for part in (*(part(loans, on) for part in parts), _observed(borrower_ids, on)):
        for borrower_id, facts, turns_on in part:
            known = found[borrower_id]
            known.update(facts)
            if turns_on:
                known["turns_on"] = min(turns_on, known.get("turns_on") or turns_on)
    return {borrower_id: RiskFacts(**facts) for borrower_id, facts in found.items()}


def _arrears(loans: Loans, on: date) -> Part:
    """Of loans that are worked. Their keys alone are asked for: joined to the loans, every row of arrears would be read."""
    oldest: dict[int, date] = {}
    funders: dict[int, set[int]] = defaultdict(set)
    worked = [pk for pk, loan in loans.items() if loan.status != Loan.Status.WRITTEN_OFF]
    past_due = Arrears.objects.filter(among("loan", worked), oldest_due_on__isnull=False)
    for loan_id, due_on in past_due.values_list("loan", "oldest_due_on"):
        loan = loans[loan_id]
        assert due_on is not None
        oldest[loan.borrower_id] = min(due_on, oldest.get(loan.borrower_id, due_on))
        funders[loan.borrower_id].add(loan.funder_id)
    for borrower_id, since in oldest.items():
        age = (on - since).days
        next_age = next((days for days in AGES if days >= age), None)
        turns_on = None if next_age is None else since + timedelta(days=next_age + 1)
        yield borrower_id, {"days_past_due": age, "funders_in_arrears": len(funders[borrower_id])}, turns_on


def _punctuality(loans: Loans, on: date) -> Part:
    """Instalments that fell due before `on`: how many are settled, and how many were by their day.

    The loans are named for the payments too, which halves the time: they are found by loan and not one by one.
    """
    last_paid = (
        Allocation.objects.filter(
            among("loan", loans), among("payment__loan", loans), n__isnull=False, payment__value_on__lte=on
        )
        .values_list("loan_id", "n")
        .annotate(last=Max("payment__value_on"), total=Sum("amount"))
        .filter(total__gt=0)
        .values_list("loan_id", "n", "last")
    )
    paid_by = {(loan_id, n): last for loan_id, n, last in last_paid}
    rows = Instalment.objects.filter(among("loan", loans), is_current=True, due_on__lt=on).values_list(
        "loan_id", "n", "due_on", "open", "principal", "interest"
    )
    counts: dict[int, dict[str, Any]] = defaultdict(lambda: {"due": 0, "settled": 0, "on_time": 0, "part_paid": False})
    for loan_id, n, due_on, still_open, principal, interest in rows:
        facts = counts[loans[loan_id].borrower_id]
        facts["due"] += 1
        paid_on = paid_by.get((loan_id, n))
        facts["settled"] += still_open == 0
        facts["on_time"] += still_open == 0 and paid_on is not None and paid_on <= due_on
        facts["part_paid"] |= 0 < still_open < principal + interest
    for borrower_id, facts in counts.items():
        yield borrower_id, facts, None


def _repaid_and_next(loans: Loans, on: date) -> Part:
    """The share repaid of what was lent and is not paid off; an instalment counts from the day after it fell due."""
    rows = Instalment.objects.filter(among("loan", loans), is_current=True).values_list("loan")
    principal: dict[int, int] = defaultdict(int)
    repaid: dict[int, int] = defaultdict(int)
    sums = rows.annotate(paid=Sum("paid_principal"), next_due_on=Min("due_on", filter=Q(due_on__gte=on)))
    for loan_id, paid, next_due_on in sums:
        loan = loans[loan_id]
        if next_due_on:
            yield loan.borrower_id, {}, next_due_on + DAY
        if loan.status != Loan.Status.PAID and loan.start_on <= on:
            principal[loan.borrower_id] += loan.principal
            repaid[loan.borrower_id] += int(paid)
    for borrower_id, amount in repaid.items():
        yield borrower_id, {"repaid_percent": 100 * amount // principal[borrower_id]}, None
    for loan in loans.values():
        if loan.status != Loan.Status.PAID and loan.start_on > on:
            yield loan.borrower_id, {}, loan.start_on


def _recent(loans: Loans, on: date) -> Part:
    paid = Payment.objects.filter(among("loan", loans), value_on__gt=on - RECENT, amount__gt=0, reversed_by=None)
    last: dict[int, date] = {}
    for loan_id, value_on in paid.values_list("loan", "value_on").order_by("value_on"):
        borrower_id = loans[loan_id].borrower_id
        if value_on > on:
            yield borrower_id, {}, value_on
        else:
            last[borrower_id] = value_on
    for borrower_id, value_on in last.items():
        yield borrower_id, {"paid_last_30_days": True}, value_on + RECENT


def _observed(borrower_ids: Collection[int], on: date) -> Part:
    """Promises and answered calls over the last year; unanswered ones since the last answer; the newest reason given."""
    told = Observation.objects.filter(among("borrower", borrower_ids), on__lte=on, on__gt=on - REMEMBERED)

    def how_many(kind: str) -> Count:
        return Count("pk", filter=Q(kind=kind))

    rows = told.values("borrower").annotate(
        promises_kept=how_many(PROMISE_KEPT),
        promises_broken=how_many(PROMISE_BROKEN),
        right_party_contacts=how_many(RIGHT_PARTY),
        last_answer=Max(Case(When(kind=RIGHT_PARTY, then=F("pk")), default=Value(0), output_field=IntegerField())),
        oldest=Min("on"),
    )
    facts: dict[int, dict[str, Any]] = {}
    last_answer: dict[int, int] = {}
    oldest: dict[int, date] = {}
    for row in rows:
        last_answer[row["borrower"]] = row["last_answer"]
        oldest[row["borrower"]] = row["oldest"]
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
    for borrower_id, known in facts.items():
        yield borrower_id, known, oldest[borrower_id] + REMEMBERED
