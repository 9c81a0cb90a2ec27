"""A loan's terms as its contract has them: what the tape says, and where it says nothing, what its product says."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from lending.models import Product
from lending.money import PPM, Rounding
from lending.schedules import Move, MovedInterest, NonWorking, Row, Terms

MORE: Final = (
    *("rounding", "installment_multiple", "absorb", "month_end", "principal_grace_periods"),
    *("interest_deferred_periods", "staged_percentages", "fixed_installment"),
)
"""What terms may say beside the columns of `Loan`; each is kept where it is not the usual one."""


def contracted(terms: Terms, product: Product) -> Terms:
    """The terms with the product's rounding, and its rule for due days on days off, where they name no other."""
    if terms.rounding is Rounding.HALF_UP and product.rounding != Rounding.HALF_UP:
        terms = terms._replace(rounding=Rounding(product.rounding))
    if product.due_move == Product.DueMove.NONE or terms.non_working != NonWorking():
        return terms
    rule = NonWorking(
        calendar=product.calendar, move=Move(product.due_move), interest=MovedInterest(product.moved_interest)
    )
    return terms._replace(non_working=rule)


def more_terms(terms: Terms, rows: Sequence[Row] = ()) -> dict[str, object]:
    """What else the terms say, as the book keeps it; rows written by hand as a digest, for the schedule holds them."""
    usual = Terms._field_defaults
    more: dict[str, object] = {name: _plain(value) for name in MORE if (value := getattr(terms, name)) != usual[name]}
    if rows:
        text = ";".join(f"{row.due_on} {row.principal} {row.interest}" for row in rows)
        more["rows"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return more


def _plain(value: object) -> object:
    """Shares as percent in text, words and numbers as they are."""
    if isinstance(value, tuple):
        return [f"{float(Fraction(share) * 100 / PPM):.12g}" for share in value]
    return value if isinstance(value, int) else str(value)
