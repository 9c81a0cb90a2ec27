"""May this person be contacted, and what happened when they were.

Invariants: nothing leaves the console without a verdict, and every verdict is kept; a contact that happened is always in
the log; caps are counted over `Contact` rows, reserved before the contact is made; rules are dated data with a source.
"""

from contacts.models.contacts import (
    CONNECTED_OUTCOMES,
    Contact,
    ContactQuerySet,
    InboundCall,
    LoopbackCall,
    Reveal,
    Verdict,
)
from contacts.models.rules import Channel, ContactRule, Purpose
from contacts.models.wishes import CallHours, Consent, Hold, OptOut, Refusal

__all__ = [
    "CONNECTED_OUTCOMES",
    "CallHours",
    "Channel",
    "Consent",
    "Contact",
    "ContactQuerySet",
    "ContactRule",
    "Hold",
    "InboundCall",
    "LoopbackCall",
    "OptOut",
    "Purpose",
    "Refusal",
    "Reveal",
    "Verdict",
]
