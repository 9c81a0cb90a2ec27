"""The list of suspended money: what may be asked of it, its ages, and the loans that it may belong to."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lending.effects import Effect, effect_of_payment
from lending.facts import facts_of
from lending.keyset import Page, page
from lending.listing import Chip
from lending.models import Loan, SuspendedPayment, SuspendedPaymentQuerySet
from lending.payment_rules import NewPayment, PaymentError, check_payment

PAGE_ROWS = 50
CANDIDATES_MAX = 10
WAITING, POSTED, RETURNED = "waiting", "posted", "returned"


class Candidate(NamedTuple):
    """A loan that the money may belong to: what it would settle there, or why that loan cannot take it."""

    loan: Loan
    effect: Effect | None
    refusal: str = ""


def found(asked: Mapping[str, str]) -> SuspendedPaymentQuerySet:
    """Suspended money by state (waiting when none is asked for), currency and the beginning of its reference or loan."""
    rows = SuspendedPayment.objects.select_related("resolution__payment__loan", "resolution__resolved_by")
    match asked.get("state"):
        case "posted":
            rows = rows.filter(resolution__payment__isnull=False)
        case "returned":
            rows = rows.filter(resolution__isnull=False, resolution__payment=None)
        case _:
            rows = rows.waiting()
    if currency := asked.get("currency"):
        rows = rows.filter(currency=currency)
    if text := asked.get("q", "").replace("\x00", "").strip():
        rows = rows.filter(Q(reference__startswith=text) | Q(loan_number__startswith=text))
    return rows


def one_page(rows: QuerySet[SuspendedPayment], asked: Mapping[str, str]) -> Page[SuspendedPayment]:
    """The longest waiting first."""
    after, before = asked.get("after", ""), asked.get("before", "")
    return page(rows, "value_on", descending=False, after=after, before=before, size=PAGE_ROWS)


def chips(asked: Mapping[str, str], currencies: Iterable[str]) -> list[Chip]:
    """States and, where there is more than one, currencies."""
    states = [(WAITING, _("Waiting")), (POSTED, _("Put on a loan")), (RETURNED, _("Returned"))]
    on = asked.get("state") if asked.get("state") in {POSTED, RETURNED} else WAITING
    kept = {name: asked[name] for name in ("currency", "q") if asked.get(name)}
    found = [Chip(label, "?" + urlencode({**kept, "state": state}), state == on) for state, label in states]
    named = [currency for currency in currencies if currency]
    for currency in named if len(named) > 1 else ():
        is_on = asked.get("currency") == currency
        others = {"state": on} | ({"q": kept["q"]} if "q" in kept else {})
        found.append(Chip(currency, "?" + urlencode(others if is_on else {**others, "currency": currency}), is_on))
    return found


def candidates(suspended: SuspendedPayment, text: str, loans: QuerySet[Loan], on: date) -> list[Candidate]:
    """Among these loans those of that number or of that borrower's reference, with what the money would do to each."""
    text = text.replace("\x00", "").strip()
    if not text:
        return []
    matching = loans.filter(Q(number=text) | Q(borrower__ref=text) | Q(borrower__merged_from__ref=text)).select_related(
        "borrower", "funder", "product"
    )
    listed = list(matching.order_by("status", "number")[:CANDIDATES_MAX])
    facts = facts_of(loan.pk for loan in listed)
    told = []
    for loan in listed:
        row = NewPayment(
            loan.number, suspended.reference, suspended.value_on, suspended.amount, suspended.currency or loan.currency
        )
        try:
            check_payment(loan, row)
        except PaymentError as error:
            told.append(Candidate(loan, None, str(error)))
        else:
            effect = effect_of_payment(facts[loan.pk], value_on=row.value_on, amount=row.amount, on=on)
            told.append(Candidate(loan, effect))
    return told
