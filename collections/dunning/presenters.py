"""How the entries of this floor read."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.models import Entry
from audit.presenters import register
from dunning.dead_letters import Fate
from dunning.models import LoopbackFault
from dunning.settling import Verdict
from dunning.words import reason_in_words


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


def _dead_settled(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Settled a message that was tried out (%(why)s): %(fate)s (%(reason)s)") % _told(facts)


def _dead_settled_all(entry: Entry, facts: dict[str, Any]) -> str:
    words = ngettext(
        "Settled %(messages)s message that was tried out (%(why)s): %(fate)s (%(reason)s)",
        "Settled %(messages)s messages that were tried out (%(why)s): %(fate)s (%(reason)s)",
        facts["messages"],
    )
    return words % _told(facts)


def _loopback_fault(entry: Entry, facts: dict[str, Any]) -> str:
    kind = str(facts["kind"])
    label = LoopbackFault.Kind(kind).label if kind in LoopbackFault.Kind.values else kind
    return _("Switched the demonstration's gateway: %(kind)s") % {"kind": label}


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    fate = str(facts["fate"])
    label = Fate(fate).label if fate in Fate.values else fate
    return facts | {"fate": label, "why": reason_in_words(str(facts["why"]), {})}


register("dunning.dead_settled", _dead_settled)
register("dunning.dead_settled_all", _dead_settled_all)
register("dunning.loopback_fault", _loopback_fault)
register("dunning.planned", _planned)
register("dunning.message_written", _written)
register("dunning.unknown_settled", _settled)
