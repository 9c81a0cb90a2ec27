"""By which means a new number may be looked for, and where that is written.

Somebody else than the borrower is asked only by a call that the gate allows, only how to reach the borrower, and is told nothing of the
debt. What is not in this table is not done: no networks, no neighbours, no bought data.
"""

from typing import Final, NamedTuple

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from contacts.models import Purpose
from lending.models import ContactPoint

Holder = ContactPoint.Holder


class Means(NamedTuple):
    """`purpose`: for which the gate is asked, where another person is called."""

    label: Lazy
    says: Lazy
    source: str
    purpose: str = ""


MEANS: Final = {
    "lender": Means(
        _("The lender's own records"),
        _("The application, later letters, calls and payments: what the borrower gave for this contract."),
        "PIPL art. 6, 13",
    ),
    "letter": Means(
        _("A letter or e-mail that asks them to call"),
        _("To an address that the borrower gave; nothing of the debt can be read from outside."),
        "Civil Code art. 1033",
    ),
    "register": Means(
        _("A public register"),
        _("Only what anybody may look up there, and for no other use."),
        "PIPL art. 27",
    ),
    Holder.GUARANTOR: Means(
        _("A guarantor"),
        _("Called within the contact rules; answers for the debt and may be told of it."),
        "CN-OBJ",
        Purpose.SERVICE,
    ),
    Holder.CONTACT: Means(
        _("A contact person"),
        _("Family, colleagues and employers too: asked only how to reach the borrower, or to pass on that we would like a call. Never told of the debt; who refuses is not called again."),
        "CN-CONTACT",
        Purpose.LOCATE,
    ),
}  # fmt: skip
BY_HAND: Final = [code for code, means in MEANS.items() if not means.purpose]
"""Means of which the agent only writes down what came of them; the others begin with a call."""


def means_name(code: str) -> str:
    """The source of a number in words; "" for what says nothing new."""
    return str(MEANS[code].label) if code in MEANS else ""
