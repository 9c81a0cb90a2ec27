"""Cases and what happens to them; how they are dealt out."""

from cases.models.cases import (
    LIVE_STATES,
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
from cases.models.saved import SavedView
from cases.models.stages import StagePlan

__all__ = [
    "LIVE_STATES",
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
    "SavedView",
    "Stage",
    "StagePlan",
    "Target",
]

import cases.complaints.models
import cases.quality.models
import cases.referrals.models
import cases.scripts.models
import cases.steps.models  # noqa: F401
