"""How changes of terms, consents and notices read in the record. Importing this registers every kind of change."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from audit.models import Entry
from audit.presenters import register
from lending import fees, funder_terms, guarantees, guarantor_payments, product_terms, share_terms  # noqa: F401 - registered by being imported
from lending.models import Change

SAID: dict[str, Callable[[], str]] = {
    "change_proposed": lambda: _("Put forward a change: %(kind)s %(about)s from %(from_on)s"),
    "change_approved": lambda: _("Approved a change: %(kind)s %(about)s from %(from_on)s"),
    "change_rejected": lambda: _("Rejected a change: %(kind)s %(about)s from %(from_on)s"),
    "change_withdrawn": lambda: _("Took back a change: %(kind)s %(about)s from %(from_on)s"),
}


def _presenter(said: Callable[[], str]) -> Callable[[Entry, dict[str, Any]], str]:
    return lambda _entry, facts: said() % (facts | {"kind": Change.Kind(facts["kind"]).label})


for _name, _said in SAID.items():
    register(f"lending.{_name}", _presenter(_said))
register(
    "lending.funder_consented",
    lambda _entry, facts: _("Recorded the consent of funder %(funder)s for loan %(loan)s: %(reference)s") % facts,
)
register(
    "lending.assignment_notified",
    lambda _entry, facts: _("Recorded that the debtor of loan %(loan)s was told of the new creditor") % facts,
)
register(
    "lending.funder_report",
    lambda _entry, facts: _("Exported what %(funder)s received from %(first)s to %(last)s") % facts,
)
