"""Entries in words: each floor registers how its own actions read."""

import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from audit.models import Entry

Presenter = Callable[[Entry, dict[str, Any]], str]
_PRESENTERS: dict[str, Presenter] = {}


def register(action: str, presenter: Presenter) -> None:
    """`presenter(entry, facts)` gives the sentence for entries of that action, in the reader's language."""
    _PRESENTERS[action] = presenter


def facts_of(entry: Entry) -> dict[str, Any]:
    return dict(json.loads(entry.facts))


def in_words(entry: Entry) -> str:
    """What happened, as a sentence; an action without a presenter is named plainly with its facts."""
    facts = facts_of(entry)
    presenter = _PRESENTERS.get(entry.action)
    if presenter:
        return presenter(entry, facts)
    plain = ", ".join(f"{name}: {value}" for name, value in facts.items())
    return _("%(action)s (%(facts)s)") % {"action": entry.action, "facts": plain} if plain else entry.action
