"""How the audit entries of this floor read."""

from audit.models import Entry
from audit.presenters import register
from restructuring.words import EVENTS, Facts, event_in_words


def _told(entry: Entry, facts: Facts) -> str:
    return event_in_words(entry.action.removeprefix("restructuring."), facts)


for _event in EVENTS:
    register(f"restructuring.{_event}", _told)
