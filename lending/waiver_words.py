"""How waivers and write-offs read in the record."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from audit.models import Entry
from audit.presenters import register
from lending.money import format_amount

SAID: dict[str, Callable[[], str]] = {
    "waiver_requested": lambda: _("Asked to waive %(amount)s %(currency)s of loan %(loan)s"),
    "waiver_approved": lambda: _("Waived %(amount)s %(currency)s of loan %(loan)s"),
    "waiver_rejected": lambda: _("Refused to waive %(amount)s %(currency)s of loan %(loan)s"),
    "waiver_withdrawn": lambda: _("Took back the request to waive %(amount)s %(currency)s of loan %(loan)s"),
    "write_off_requested": lambda: _("Proposed to write off loan %(loan)s with %(amount)s %(currency)s"),
    "write_off_approved": lambda: _("Wrote off loan %(loan)s with %(amount)s %(currency)s"),
    "write_off_rejected": lambda: _("Refused to write off loan %(loan)s"),
    "write_off_withdrawn": lambda: _("Took back the proposal to write off loan %(loan)s"),
}


def _presenter(said: Callable[[], str]) -> Callable[[Entry, dict[str, Any]], str]:
    return lambda _entry, facts: said() % (facts | {"amount": format_amount(facts["amount"], facts["currency"])})


for _name, _said in SAID.items():
    register(f"lending.{_name}", _presenter(_said))
