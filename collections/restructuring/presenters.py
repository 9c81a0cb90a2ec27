"""How the audit entries of this floor read."""

from django.utils.translation import gettext as _

from audit.models import Entry
from audit.presenters import register
from restructuring.words import EVENTS, Facts, event_in_words


def _told(entry: Entry, facts: Facts) -> str:
    return event_in_words(entry.action.removeprefix("restructuring."), facts)


def _means_stated(_entry: Entry, facts: Facts) -> str:
    if facts.get("with_papers"):
        return _("Income and spending of borrower %(borrower)s stated, papers seen") % facts
    return _("Income and spending of borrower %(borrower)s declared") % facts


register("restructuring.means_stated", _means_stated)
for _event in EVENTS:
    register(f"restructuring.{_event}", _told)
