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
from restructuring.reshaping import PlannedRow, Reshaped, steps_text

AnyProposal = Proposal | Reshaped

DATES_OF_ROW = {"due_old", "due_new"}
DATES = {"start_on", "original_end", "due_on"}
LISTED = ("old", "new", "kept")
"""The rows of a restructuring."""


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def terms_of(proposal: AnyProposal) -> dict[str, Any]:
    """The proposal as JSON: old and new rows, and the comparison."""
    comparison = {
        "end_old": proposal.end_old.isoformat(),
        "end_new": proposal.end_new.isoformat(),
        "cost_old": proposal.cost_old,
        "cost_new": proposal.cost_new,
    }
    values = proposal._asdict()
    named = ("rows",) if isinstance(proposal, Proposal) else LISTED
    rows = {name: [_plain_row(row) for row in values[name]] for name in named}
    plain = {name: _plain(value) for name, value in values.items() if name not in named}
    return plain | rows | {"comparison": comparison}


def _plain_row(row: MovedRow | PlannedRow) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row._asdict().items()}


def given_up_by(proposal: AnyProposal) -> int:
    """Interest that the plan gives up: the present value that it loses. Moving due dates gives nothing up, interest runs on."""
    return max(0, proposal.loss) if isinstance(proposal, Reshaped) else 0


def shown_hash(proposal: AnyProposal) -> str:
    """What a form carries to say which figures were on the screen."""
    return fingerprint(terms_of(proposal))


def read_terms(terms: Mapping[str, Any]) -> AnyProposal:
    """The proposal that those terms were made from; KeyError, TypeError or ValueError when they are none."""
    if terms["instrument"] == Instrument.RESTRUCTURE:
        given: dict[str, Any] = {name: tuple(_read_row(PlannedRow, row) for row in terms[name]) for name in LISTED}
        given |= {name: _read(name, terms[name]) for name in Reshaped.__annotations__ if name not in LISTED}
        return Reshaped(**given)
    values = {name: _read(name, terms[name]) for name in Proposal.__annotations__ if name != "rows"}
    return Proposal(**values, rows=tuple(_read_row(MovedRow, row) for row in terms["rows"]))


def _read_row(kind: type[Any], row: Mapping[str, Any]) -> Any:
    return kind(**{name: _read(name, row[name]) for name in kind.__annotations__})


def payload_of(plan: PlanRequest, proposal: AnyProposal) -> str:
    """The canonical text of a request as its columns stand."""
    return canonical({"terms": terms_of(proposal), "asked": _asked(plan)})


def hash_of(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()


def proposal_of(plan: PlanRequest) -> AnyProposal:
    """What was shown when the plan was asked for."""
    return read_terms(json.loads(plan.payload)["terms"])


def readable_proposal(plan: PlanRequest) -> AnyProposal | None:
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
    columns = (plan.loan.number, plan.instrument, plan.days, plan.outstanding, plan.cost, plan.given_up)
    told = (
        *(proposal.loan, proposal.instrument, proposal.days, proposal.outstanding, proposal.added_interest),
        given_up_by(proposal),
    )
    if isinstance(proposal, Reshaped) and steps_text(plan.steps) != proposal.steps:
        return False
    return columns == told and payload_of(plan, proposal) == plan.payload and hash_of(plan.payload) == plan.payload_hash


def _asked(plan: PlanRequest) -> dict[str, Any]:
    return {
        "by": plan.maker_id,
        "on": plan.made_on.isoformat(),
        "round": plan.round,
        "reason": str(plan.reason),
        "explanation": plan.explanation,
    } | ({"means": plan.means_id} if plan.means_id else {})


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _read(name: str, value: Any) -> Any:
    if name in DATES | DATES_OF_ROW:
        return date.fromisoformat(value)
    return Instrument(value) if name == "instrument" else value
