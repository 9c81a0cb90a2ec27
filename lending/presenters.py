"""How the entries of this floor read."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from audit.models import Entry
from audit.presenters import register
from lending.models import Borrower, Pause
from lending.money import format_amount


def _with_amount(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a payment with its amount in major units."""
    return facts | {"amount": format_amount(abs(facts["amount"]), facts["currency"])}


def _payment_posted(_entry: Entry, facts: dict[str, Any]) -> str:
    said = _("Payment %(reference)s of %(amount)s %(currency)s, value day %(value_on)s, posted to loan %(loan)s")
    return said % _with_amount(facts)


def _payment_reversed(_entry: Entry, facts: dict[str, Any]) -> str:
    said = _("Payment %(reverses)s of %(amount)s %(currency)s on loan %(loan)s reversed by %(reference)s")
    return said % _with_amount(facts)


def _payment_spread(_entry: Entry, facts: dict[str, Any]) -> str:
    said = _("Payment %(reference)s of %(amount)s %(currency)s spread over %(loans)s loans of one borrower")
    return str(said % _with_amount(facts))


def _payment_suspended(_entry: Entry, facts: dict[str, Any]) -> str:
    said = _("Payment %(reference)s of %(amount)s %(currency)s for loan %(loan)s kept in suspense: %(reason)s")
    return said % _with_amount(facts)


def _language_set(_entry: Entry, facts: dict[str, Any]) -> str:
    code = facts["language"]
    label = Borrower.Language(code).label if code in Borrower.Language.values else code
    return _("The borrower's language is %(language)s from now on") % {"language": label}


def _refund(said: str) -> Callable[[Entry, dict[str, Any]], str]:
    def read(_entry: Entry, facts: dict[str, Any]) -> str:
        return gettext(said) % _with_amount(facts)

    return read


def _suspense_returned(_entry: Entry, facts: dict[str, Any]) -> str:
    return str(
        _("Suspended payment %(reference)s of %(amount)s %(currency)s returned to the payer") % _with_amount(facts)
    )


def _schedule_put_in_force(_entry: Entry, facts: dict[str, Any]) -> str:
    said = _(
        "Schedule version %(version)s of loan %(loan)s in force from %(effective_on)s, %(instalments)s instalments"
    )
    return str(said % facts)


def _schedule_taken_back(_entry: Entry, facts: dict[str, Any]) -> str:
    said = _("Schedule version %(version)s of loan %(loan)s undone; version %(again)s is in force again")
    return str(said % facts)


def _file_imported(_entry: Entry, facts: dict[str, Any]) -> str:
    said = _("Imported %(file)s: %(new)s new, %(already_there)s already there, %(bad)s left out")
    return said % {**facts["counts"], "file": facts["file"]}


def _pause_made(_entry: Entry, facts: dict[str, Any]) -> str:
    said = (
        _("Paused on loan %(loan)s from %(from_on)s to %(to_on)s, not counted: %(kind)s")
        if facts["to_on"]
        else _("Paused on loan %(loan)s from %(from_on)s on: %(kind)s")
    )
    return str(said % _with_kind(facts))


def _pause_ended(_entry: Entry, facts: dict[str, Any]) -> str:
    return str(_("Pause on loan %(loan)s ended on %(to_on)s: %(kind)s") % _with_kind(facts))


def _with_kind(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"kind": str(Pause.Kind(facts["kind"]).label)}


register("lending.pause_made", _pause_made)
register("lending.pause_ended", _pause_ended)
register("lending.day_closed", lambda entry, facts: _("Closed the day %(day)s") % facts)
register("lending.loan_registered", lambda entry, facts: _("Entered loan %(loan)s") % facts)
register("lending.payment_posted", _payment_posted)
register("lending.payment_reversed", _payment_reversed)
register("lending.payment_spread", _payment_spread)
register("lending.payment_suspended", _payment_suspended)
register(
    "lending.refund_requested",
    _refund(gettext_noop("Refund of %(amount)s %(currency)s of payment %(reference)s asked for")),
)
register(
    "lending.refund_approved",
    _refund(gettext_noop("Refund of %(amount)s %(currency)s of payment %(reference)s approved")),
)
register(
    "lending.refund_rejected",
    _refund(gettext_noop("Refund of %(amount)s %(currency)s of payment %(reference)s rejected")),
)
register("lending.suspense_returned", _suspense_returned)
register("lending.schedule_put_in_force", _schedule_put_in_force)
register("lending.schedule_taken_back", _schedule_taken_back)
register("lending.language_set", _language_set)
register("lending.contact_point_added", lambda entry, facts: _("Added a contact point (%(kind)s)") % facts)
register("lending.contact_point_retired", lambda entry, facts: _("Retired a contact point (%(kind)s)") % facts)
register(
    "lending.bad_rows_exported", lambda entry, facts: _("Exported the rows that were left out of %(title)s") % facts
)
register("lending.exported", lambda entry, facts: _("Exported a list of %(rows)s loans") % facts)
register("lending.file_imported", _file_imported)
register(
    "lending.import_mapping_kept",
    lambda entry, facts: _("Kept how the files of %(lender)s are read (%(format)s)") % facts,
)
