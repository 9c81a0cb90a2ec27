"""How the entries of this floor read."""

from typing import Any

from django.utils.translation import gettext as _

from audit.models import Entry
from audit.presenters import register
from contacts.models import Channel, Consent, Contact, Hold


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def _call_started(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Called the borrower through contact point %(point)s") % facts


def _call_not_placed(entry: Entry, facts: dict[str, Any]) -> str:
    return _("The call could not be placed: %(reason)s") % facts


def _wrapped_up(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Call ended: %(outcome)s") % {"outcome": _label(Contact.Outcome, facts["outcome"])}


def _logged(entry: Entry, facts: dict[str, Any]) -> str:
    words = {
        "channel": _label(Channel, facts["channel"]),
        "direction": _label(Contact.Direction, facts["direction"]),
        "outcome": _label(Contact.Outcome, facts["outcome"]),
    }
    told = _("Logged a contact that had happened: %(channel)s, %(direction)s, %(outcome)s") % words
    return told + (
        _("; the gate would have refused it by %(rule)s") % {"rule": facts["flagged"]} if facts["flagged"] else ""
    )


def _revealed(entry: Entry, facts: dict[str, Any]) -> str:
    what, _colon, point = str(facts["what"]).partition(":")
    names = {
        "name": _("name"),
        "identity": _("identity number"),
        "point": _("contact point %(point)s") % {"point": point},
    }
    return _("Saw in full: %(what)s") % {"what": names.get(what, what)}


def _hold_placed(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Hold placed: %(kind)s, from %(from_on)s") % {**facts, "kind": _label(Hold.Kind, facts["kind"])}


def _hold_lifted(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Hold lifted: %(kind)s") % {"kind": _label(Hold.Kind, facts["kind"])}


def _opted_out(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Opt-out noted: %(channel)s") % {"channel": _label(Channel, facts["channel"])}


def _opted_in(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Opt-out withdrawn: %(channel)s") % {"channel": _label(Channel, facts["channel"])}


def _consent_given(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Consent noted: %(kind)s") % {"kind": _label(Consent.Kind, facts["kind"])}


def _consent_withdrawn(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Consent withdrawn: %(kind)s") % {"kind": _label(Consent.Kind, facts["kind"])}


def _refused(entry: Entry, facts: dict[str, Any]) -> str:
    return _("Refused for good at contact point %(point)s") % facts


def _came_in(entry: Entry, facts: dict[str, Any]) -> str:
    return _("A call came in from a known number") if facts["is_known"] else _("A call came in from an unknown number")


register("contacts.call_hours_noted", lambda entry, facts: _("Wants to be spoken to between %(hours)s") % facts)
register("contacts.call_hours_ended", lambda entry, facts: _("Any lawful hour suits from now on"))
register("contacts.call_came_in", _came_in)
register("contacts.consent_given", _consent_given)
register("contacts.consent_withdrawn", _consent_withdrawn)
register("contacts.refused_at_a_number", _refused)
register("contacts.call_started", _call_started)
register("contacts.call_not_placed", _call_not_placed)
register("contacts.call_wrapped_up", _wrapped_up)
register("contacts.contact_logged", _logged)
register("contacts.revealed", _revealed)
register("contacts.hold_placed", _hold_placed)
register("contacts.hold_lifted", _hold_lifted)
register("contacts.opted_out", _opted_out)
register("contacts.opted_in", _opted_in)
