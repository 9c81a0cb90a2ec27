"""How the entries about pay links, consent and direct debits read."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.models import Entry
from audit.presenters import register
from lending.debit_words import FAILURES, OBSTACLES, UNSENT
from lending.money import format_amount

SAID: dict[str, Promise] = {
    "pay_link_made": _("Pay link %(code)s of %(amount)s %(currency)s for loan %(loan)s made"),
    "pay_link_cancelled": _("Pay link %(code)s of %(amount)s %(currency)s for loan %(loan)s cancelled"),
    "pay_link_expired": _("Pay link %(code)s of %(amount)s %(currency)s for loan %(loan)s expired"),
    "pay_link_paid": _("Pay link %(code)s of %(amount)s %(currency)s paid by %(reference)s on loan %(loan)s"),
    "debit_asked": _("Direct debit %(code)s of %(amount)s %(currency)s for loan %(loan)s asked for"),
    "debit_cancelled": _("Direct debit %(code)s for loan %(loan)s not sent: %(reason)s"),
    "debit_unknown": _("Nobody knows what became of direct debit %(code)s for loan %(loan)s: %(reason)s"),
    "debit_settled": _("Direct debit %(code)s for loan %(loan)s settled by hand: no money came"),
    "debit_failed": _("Direct debit %(code)s for loan %(loan)s failed: %(reason)s"),
    "debit_succeeded": _("Direct debit %(code)s of %(amount)s %(currency)s paid by %(reference)s on loan %(loan)s"),
    "debit_returned": _(
        "Direct debit %(code)s for loan %(loan)s returned by the bank (%(reason)s): payment %(reference)s is reversed"
    ),
    "debit_returned_open": _(
        "Direct debit %(code)s for loan %(loan)s returned by the bank (%(reason)s): part of payment %(reference)s was refunded, a person has to settle it"
    ),
    "debit_return_settled": _("Returned direct debit %(code)s for loan %(loan)s settled by hand"),
    "mandate_recorded": _("Consent to direct debits from %(from_on)s recorded, evidence: %(evidence)s"),
    "mandate_revoked": _("Consent to direct debits withdrawn: %(words)s"),
    "mandate_ended": _("Consent to direct debits ended by the bank: %(reason)s"),
}


def _said(entry: Entry, facts: dict[str, Any]) -> str:
    words = dict(facts)
    if "amount" in facts:
        words["amount"] = format_amount(facts["amount"], facts["currency"])
    if reason := facts.get("reason"):
        words["reason"] = FAILURES.get(reason) or UNSENT.get(reason) or OBSTACLES.get(reason, reason)
    return str(SAID[entry.action.partition(".")[2]] % words)


for what in SAID:
    register(f"lending.{what}", _said)
