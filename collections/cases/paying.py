"""Ways to pay on the case page: what stands, a pay link by `l`, a direct debit by `d`."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases import rare
from cases.desk import Action, Panel, register_action, register_panel
from cases.edge import StaffRequest
from cases.models import Case
from lending.models import Debit, Mandate, PayLink
from lending.providers import is_offered
from lending.ways_view import Ways, ways_of
from staff.statements import Blank

SHOWN_MAX = 3
WAYS = {"pay_link", "mandate", "debit"}


def ways(request: StaffRequest, case: Case) -> dict[str, Any]:
    found = ways_of(case.borrower, SHOWN_MAX) if WAYS & request.there else Ways([], [], [])
    return {"borrower": case.borrower, "ways": found}


def is_asked_here(case: Case) -> bool:
    """Whether money can be asked for: a provider is there and the case is worked."""
    return is_offered() and case.state == Case.State.OPEN


def link_url(case: Case) -> str:
    return reverse("pay_link_make", args=[case.borrower_id])


def debit_url(case: Case) -> str:
    return reverse("debit_ask", args=[case.borrower_id])


def register() -> None:
    """Run once, when the app is ready."""
    rare.register("pay_link", rare.some(PayLink, loan__borrower=Blank("borrower")))
    rare.register("mandate", rare.some(Mandate, borrower=Blank("borrower")))
    rare.register("debit", rare.some(Debit, loan__borrower=Blank("borrower")))
    register_panel(Panel("right", 40, "lending/ways/_panel.html", ways))
    ask = "lending.ask_money"
    register_action(Action("pay_link", _("Pay link"), "l", link_url, 35, ask, is_asked_here, icon="import"))
    register_action(Action("debit", _("Direct debit"), "d", debit_url, 36, ask, is_asked_here, icon="payment"))
