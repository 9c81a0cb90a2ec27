"""Every row of the book as text: two books are the same when this is."""

from collections.abc import Iterator

from django.db import models

from lending.models import (
    Allocation,
    Arrears,
    Borrower,
    ContactPoint,
    Instalment,
    Loan,
    NameDigest,
    Payment,
    PenaltyAccrual,
    ScheduleVersion,
)

BOOK: list[type[models.Model]] = [
    *(Borrower, NameDigest, ContactPoint, Loan, ScheduleVersion, Instalment),
    *(Payment, Allocation, PenaltyAccrual, Arrears),
]


TOLD_BY = {
    "borrower": "borrower__ref",
    "funder": "funder__code",
    "product": "product__code",
    "loan": "loan__number",
    "payment": "payment__reference",
}
"""What a row points at, by a name that does not follow from the order of writing."""
PASSED_OVER = ("id", "version", "reverses")


def book_rows() -> list[str]:
    """A line a row, in order. Personal data is masked: its digests tell the difference."""
    return sorted(line for model in BOOK for line in _rows(model))


def _rows(model: type[models.Model]) -> Iterator[str]:
    names = [field.name for field in model._meta.concrete_fields if field.name not in PASSED_OVER]
    for row in model._default_manager.values_list(*(TOLD_BY.get(name, name) for name in names)):
        yield " ".join([model.__name__, *map(str, row)])
