"""Holds stop direct debits too: whoever is left in peace, or disputes the debt, is not debited meanwhile."""

from datetime import date

from django.utils.translation import gettext as _

from contacts.hold_effects import frozen
from lending.debit_rules import register_stop


@register_stop
def held(borrower_id: int, on: date) -> str:
    """The hold that stands, in words; empty without one."""
    if hold := frozen("debits", [borrower_id], on).get(borrower_id):
        return _("Nothing is debited while the hold stands: %(hold)s.") % {"hold": hold.get_kind_display()}
    return ""
