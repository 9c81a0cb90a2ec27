"""The tables of this floor, one idea a file."""

from dunning.models.gateways import Allowance, Circuit
from dunning.models.loopback import LoopbackFault, LoopbackMessage
from dunning.models.policies import Policy, PolicyStep, Template
from dunning.models.receipts import Receipt, Reply
from dunning.models.reminders import (
    BY_HAND,
    DEAD_REASONS,
    GATEWAY_REFUSED,
    Attempt,
    Reminder,
    ReminderLine,
    ReminderQuerySet,
)

__all__ = [
    "BY_HAND",
    "DEAD_REASONS",
    "GATEWAY_REFUSED",
    "Allowance",
    "Attempt",
    "Circuit",
    "LoopbackFault",
    "LoopbackMessage",
    "Policy",
    "PolicyStep",
    "Receipt",
    "Reminder",
    "ReminderLine",
    "ReminderQuerySet",
    "Reply",
    "Template",
]
