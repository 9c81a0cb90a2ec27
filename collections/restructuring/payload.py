"""What is shown, decided, accepted and put in force is one text: canonical JSON, known by its SHA-256.

The terms are the proposal's figures. A request's payload holds the terms and the asking (who, why, in which round), so an
amended request is another payload even where its figures are the same, and editing any of it later is found.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from audit.chain import canonical
from restructuring.models import PlanRequest
from restructuring.moving import Instrument, MovedRow, Proposal

DATES_OF_ROW = {"due_old", "due_new"}
DATES = {"start_on", "original_end"}


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def terms_of(proposal: Proposal) -> dict[str, Any]:
    """The proposal as JSON: old and new row beside each other, and the comparison."""
    rows = [{name: _plain(value) for name, value in row._asdict().items()} for row in proposal.rows]
    comparison = {
        "end_old": proposal.end_old.isoformat(),
        "end_new": proposal.end_new.isoformat(),
        "cost_old": proposal.cost_old,
        "cost_new": proposal.cost_new,
    }
    plain = {name: _plain(value) for name, value in proposal._asdict().items() if name != "rows"}
    return plain | {"rows": rows, "comparison": comparison}


def shown_hash(proposal: Proposal) -> str:
    """What a form carries to say which figures were on the screen."""
    return fingerprint(terms_of(proposal))


def read_terms(terms: Mapping[str, Any]) -> Proposal:
    """The proposal that those terms were made from; KeyError, TypeError or ValueError when they are none."""
    values = {name: _read(name, terms[name]) for name in Proposal.__annotations__ if name != "rows"}
    rows = [MovedRow(**{name: _read(name, row[name]) for name in MovedRow.__annotations__}) for row in terms["rows"]]
    return Proposal(**values, rows=tuple(rows))


def payload_of(plan: PlanRequest, proposal: Proposal) -> str:
    """The canonical text of a request as its columns stand."""
    return canonical({"terms": terms_of(proposal), "asked": _asked(plan)})


def hash_of(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()


def proposal_of(plan: PlanRequest) -> Proposal:
    """What was shown when the plan was asked for."""
    return read_terms(json.loads(plan.payload)["terms"])


def readable_proposal(plan: PlanRequest) -> Proposal | None:
    """What was shown, or None where the payload is no longer the text that was written."""
    try:
        return proposal_of(plan)
    except (KeyError, TypeError, ValueError):
        return None


def is_untouched(plan: PlanRequest) -> bool:
    """Whether payload, hash and columns still tell one story."""
    proposal = readable_proposal(plan)
    if proposal is None:
        return False
    columns = (plan.loan.number, plan.instrument, plan.days, plan.outstanding, plan.cost)
    told = (proposal.loan, proposal.instrument, proposal.days, proposal.outstanding, proposal.added_interest)
    return columns == told and payload_of(plan, proposal) == plan.payload and hash_of(plan.payload) == plan.payload_hash


def _asked(plan: PlanRequest) -> dict[str, Any]:
    return {
        "by": plan.maker_id,
        "on": plan.made_on.isoformat(),
        "round": plan.round,
        "reason": str(plan.reason),
        "explanation": plan.explanation,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _read(name: str, value: Any) -> Any:
    if name in DATES | DATES_OF_ROW:
        return date.fromisoformat(value)
    return Instrument(value) if name == "instrument" else value
