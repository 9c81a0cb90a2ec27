"""What a form was drawn from: nobody writes over what somebody else has changed since.

A page that edits something carries the print of what it showed (`{{ seen }}` in its form, as `seen`); the service locks the row and
compares. Two who opened the same and both save: the first one's change stands, the second one is told and looks again.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from audit.chain import canonical

CONFLICT = 409


class ChangedMeanwhileError(Exception):
    """It is not what was looked at: nothing was written."""

    def __init__(self) -> None:
        super().__init__(_("This was changed by somebody else since you opened it. Nothing was saved; look again."))


def print_of(values: Mapping[str, Any]) -> str:
    """A short text that differs when anything in these values does."""
    told = {name: str(value) for name, value in values.items()}
    return hashlib.sha256(canonical(told).encode()).hexdigest()[:16]


def require_as_seen(values: Mapping[str, Any], seen: str) -> None:
    """ChangedMeanwhileError unless that is what was looked at; the caller holds the row."""
    if print_of(values) != seen:
        raise ChangedMeanwhileError
