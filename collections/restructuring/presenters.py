"""How the audit entries of this floor read."""

from django.utils.translation import gettext as _

from audit.models import Entry
from audit.presenters import register
from restructuring import limit_publishing  # noqa: F401 - a kind of change registers by being imported
from restructuring.words import EVENTS, Facts, event_in_words


def _told(entry: Entry, facts: Facts) -> str:
    return event_in_words(entry.action.removeprefix("restructuring."), facts)


def _means_stated(_entry: Entry, facts: Facts) -> str:
    if facts.get("with_papers"):
        return _("Income and spending of borrower %(borrower)s stated, papers seen") % facts
    return _("Income and spending of borrower %(borrower)s declared") % facts


def _stand_in_named(_entry: Entry, facts: Facts) -> str:
    return _("%(person)s stands in for approvals from %(from_on)s to %(to_on)s") % facts


def _stand_in_ended(_entry: Entry, facts: Facts) -> str:
    return _("%(person)s no longer stands in for approvals") % facts


register("restructuring.means_stated", _means_stated)
register("restructuring.stand_in_named", _stand_in_named)
register("restructuring.stand_in_ended", _stand_in_ended)
for _event in EVENTS:
    register(f"restructuring.{_event}", _told)
