"""A quotation: terms in, rows and yearly cost out, both as JSON objects (the contract of `quote_schedule`)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from lending.annual_cost import Flow, effective, irr, nominal, percent_text
from lending.schedules.periods import first_length
from lending.schedules.reading import TermsError
from lending.schedules.row import Row
from lending.schedules.rows import build
from lending.schedules.terms import Method, Terms


class AnnualCost(NamedTuple):
    """Rates a year as fractions: 0.24 is 24 %."""

    nominal: Decimal
    effective: Decimal


def annual_cost(terms: Terms, rows: Sequence[Row], received: int | None = None) -> AnnualCost:
    """What the loan costs a year, on the cash that the borrower received (the principal unless fees were kept back).

    The rate a period solves the rows in periods of the frequency; a broken first period is as long as month/12 counts it.
    """
    per_year = terms.step.per_year
    payments = [Flow(at, row.total) for at, row in zip(_times(terms, rows), rows, strict=True) if row.total]
    rate = irr([Flow(0, terms.principal if received is None else received)], payments)
    return AnnualCost(nominal(rate, per_year), effective(rate, per_year))


def _times(terms: Terms, rows: Sequence[Row]) -> list[Fraction]:
    """When each row falls due, in regular periods after the start."""
    first = Fraction(first_length(terms), terms.step.length)
    if terms.method is Method.BULLET:
        return [first + terms.periods - 1]
    return [first + row.n - 1 for row in rows]


def quote(document: Mapping[str, object]) -> dict[str, object]:
    """The schedule of a JSON object of terms; TermsError names the field that makes no sense."""
    terms = Terms.parse(document)
    rows = build(terms)
    cost = annual_cost(terms, rows)
    return {
        "rows": [row_document(row) for row in rows],
        "total_interest": sum(row.interest for row in rows),
        "apr_nominal": percent_text(cost.nominal),
        "apr_effective": percent_text(cost.effective),
    }


def row_document(row: Row) -> dict[str, object]:
    """One row as a JSON object; amounts in minor units."""
    return {
        "n": row.n,
        "due_on": row.due_on.isoformat(),
        "principal": row.principal,
        "interest": row.interest,
        "total": row.total,
        "balance": row.balance,
    }


def answer(document: object) -> dict[str, object]:
    """`quote`, or `{"error": {"field", "message"}}` where the terms make no sense."""
    try:
        if not isinstance(document, Mapping):
            raise TermsError(None, "the terms must be a JSON object")
        return quote(document)
    except TermsError as error:
        return {"error": {"field": error.field, "message": error.message}}
