"""Cases and what happens to them; how they are dealt out."""

from cases.models.cases import (
    Assignment,
    Attachment,
    Case,
    CaseEvent,
    CaseNote,
    CaseQuerySet,
    DelayReason,
    PaidClaim,
    Presence,
    Promise,
    PromisePart,
    Stage,
)
from cases.models.dealing import AssignmentRule, Proposal, ProposedMove, Target

__all__ = [
    "Assignment",
    "AssignmentRule",
    "Attachment",
    "Case",
    "CaseEvent",
    "CaseNote",
    "CaseQuerySet",
    "DelayReason",
    "PaidClaim",
    "Presence",
    "Promise",
    "PromisePart",
    "Proposal",
    "ProposedMove",
    "Stage",
    "Target",
]

import cases.complaints.models
import cases.quality.models
import cases.scripts.models  # noqa: F401
