"""Letters to the borrower, in the borrower's language whatever the reader's: the statement of account, the pay-off quote and
the clearance.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Sum
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from lending.claims import creditor_names
from lending.facts import facts_of, standing_of
from lending.models import Loan, Payment, ScheduleVersion
from lending.statement import Kind, Movement, Receipt, Statement, statement
from lending.waivable import waived_parts
from lending.words import part_words, version_words


class Line(NamedTuple):
    """A movement in words; `parts` is what a payment settled."""

    movement: Movement
    parts: list[tuple[str, int]]
    version: str

    @property
    def debit(self) -> int | None:
        return self.movement.amount if self.movement.amount > 0 else None

    @property
    def credit(self) -> int | None:
        return -self.movement.amount if self.movement.amount < 0 else None


def statement_of(loan: Loan, from_on: date, to_on: date) -> Statement:
    """The loan's statement of these days, in a constant number of queries."""
    rows = Payment.objects.filter(loan=loan).order_by("pk")
    columns = rows.values_list("pk", "reference", "value_on", "amount", "posted_at", "reverses")
    receipts = [
        Receipt(pk, reference, value_on, amount, localtime(posted_at).date(), reverses)
        for pk, reference, value_on, amount, posted_at, reverses in columns
    ]
    return statement(facts_of([loan.pk])[loan.pk], receipts, from_on, to_on)


def statement_letter(loan: Loan, told: Statement, *, language: str, name: str, on: date) -> SafeString:
    """The statement as the borrower reads it; `name` is the addressee as the reader may see it."""
    standing = ScheduleVersion.objects.standing().filter(loan=loan).order_by("number")
    versions = dict(enumerate(standing, start=1))
    with translation.override(language):
        context = {
            "told": told,
            "lines": _lines(told.movements, versions),
            "due": told.total(Kind.DUE, Kind.SCHEDULE),
            "penalty": told.total(Kind.PENALTY),
            "fee": told.total(Kind.FEE),
            "waived": -told.total(Kind.WAIVER),
            "paid": -told.total(Kind.PAYMENT, Kind.REVERSAL, Kind.REFUND),
        }
        return letter_of("lending/letters/_statement.html", loan, language, name, on, context)


def quote_letter(loan: Loan, context: dict[str, Any], *, language: str, name: str, on: date) -> SafeString:
    """The pay-off quote as the borrower reads it."""
    with translation.override(language):
        return letter_of("lending/letters/_quote.html", loan, language, name, on, context)


def clearance_letter(loan: Loan, *, language: str, name: str, on: date) -> SafeString:
    """That nothing is owed any more of a loan that is paid off; what was given up of it, as in a settlement, is named."""
    waived = waived_parts(standing_of(loan, on))
    received = Payment.objects.filter(loan=loan, reverses=None, reversed_by=None).aggregate(sum=Sum("amount"))["sum"]
    with translation.override(language):
        context = {"waived": waived, "received": received or 0}
        return letter_of("lending/letters/_clearance.html", loan, language, name, on, context)


def letter_of(template: str, loan: Loan, language: str, name: str, on: date, context: dict[str, Any]) -> SafeString:
    """A letter about this loan with its head; whoever calls has turned to that language."""
    head = {
        "loan": loan,
        "language": language,
        "name": name,
        "written_on": on,
        "funder": creditor_names(loan, on, language),
        "product": loan.product.name_in(language),
    }
    return render_to_string(template, head | context)


def _lines(movements: Sequence[Movement], versions: dict[int, ScheduleVersion]) -> list[Line]:
    return [
        Line(
            movement,
            [(part_words(part.n, str(part.component)), part.amount) for part in movement.parts],
            version_words(versions[movement.version].reason) if movement.version else "",
        )
        for movement in movements
    ]
