"""A quotation of a plan: a loan and instruments in, the remaining rows and what they cost out, as JSON objects."""

from collections.abc import Mapping
from typing import Any

from lending.annual_cost import percent_text
from lending.schedules import TermsError, reading
from restructuring.instruments.consolidation import Consolidation
from restructuring.instruments.measures import compare
from restructuring.instruments.position import PlanRow, Position
from restructuring.instruments.reading import Instrument, read_instrument, read_position
from restructuring.instruments.refusal import RefusedError

FIELDS = {"terms", "paid_through", "on", "instruments", "owed"}
INSTRUMENTS_MAX = 20


def quote(document: Mapping[str, object]) -> dict[str, Any]:
    """The plan of a JSON object; RefusedError."""
    try:
        for name in document.keys() - FIELDS:
            raise TermsError(name, "is not a field of a plan")
        on = reading.day("on", document.get("on"))
        asked = reading.sequence("instruments", document.get("instruments", []))
        if len(asked) > INSTRUMENTS_MAX:
            raise TermsError("instruments", f"must be {INSTRUMENTS_MAX} at most")
    except TermsError as error:
        raise RefusedError.from_terms(error) from error
    before = read_position(document, on)
    instruments = [read_instrument(each, on) for each in asked]
    planned = before
    for instrument in instruments:
        planned = instrument.apply(planned)
    return _answered(before, planned, instruments)


def _answered(before: Position, planned: Position, instruments: list[Instrument]) -> dict[str, Any]:
    others = [loan for each in instruments if isinstance(each, Consolidation) for loan in each.loans]
    found = compare(before, planned, others)
    return {
        "rows": [row_document(row) for row in planned.schedule],
        "comparison": {
            "total_cost_old": found.total_cost_old,
            "total_cost_new": found.total_cost_new,
            "present_value_loss": found.present_value_loss,
            "apr_effective": None if found.apr_effective is None else percent_text(found.apr_effective),
        },
        "waived": planned.waived._asdict(),
        "capitalised": planned.capitalised,
    }


def row_document(row: PlanRow) -> dict[str, Any]:
    """One row; `penalty` stands only where some is put to it."""
    document: dict[str, Any] = {
        "n": row.n,
        "due_on": row.due_on.isoformat(),
        "principal": row.principal,
        "interest": row.interest,
        "total": row.total,
        "balance": row.balance,
    }
    return document | ({"penalty": row.penalty} if row.penalty else {})


def answer(document: object) -> dict[str, Any]:
    """`quote`, or `{"error": {"rule", "field", "message"}}` where the plan cannot be made."""
    try:
        if not isinstance(document, Mapping):
            raise RefusedError("input", None, "the plan must be a JSON object")
        return quote(document)
    except RefusedError as refused:
        return {"error": {"rule": refused.rule, "field": refused.field, "message": refused.message}}
