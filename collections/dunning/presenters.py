"""How the entries of this floor read."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.models import Entry
from audit.presenters import register
from dunning.settling import Verdict


def _planned(entry: Entry, facts: dict[str, Any]) -> str:
    words = ngettext(
        "Planned %(reminders)s reminder for %(day)s", "Planned %(reminders)s reminders for %(day)s", facts["reminders"]
    )
    return words % facts


def _written(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Wrote a message to the borrower (%(template)s) in the name of %(funder)s") % facts


def _settled(entry: Entry, facts: dict[str, Any]) -> str:
    verdict = str(facts["verdict"])
    label = Verdict(verdict).label if verdict in Verdict.values else verdict
    return _("Settled a message in doubt: %(verdict)s (%(reason)s)") % {"verdict": label, "reason": facts["reason"]}


register("dunning.planned", _planned)
register("dunning.message_written", _written)
register("dunning.unknown_settled", _settled)
