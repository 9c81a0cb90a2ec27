"""What this floor itself puts at the head of the loan page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from lending.edge import StaffRequest
from lending.models import Loan
from lending.pages import Link, register_link
from lending.providers import is_offered
from staff.matrix import may


def money_links(request: StaffRequest, loan: Loan) -> Iterator[Link]:
    """Record a payment or a prepayment, quote the pay-off, print the statement, pause, ask for money."""
    if may(request.user.role, "lending.post"):
        yield Link(_("Payment"), reverse("payment_record", args=[loan.number]), "payment", "p", in_drawer=True)
        if loan.status == Loan.Status.ACTIVE:
            yield Link(_("Prepay"), reverse("prepay_record", args=[loan.number]), "payment", "e", in_drawer=True)
    yield Link(_("Pay-off"), reverse("payoff", args=[loan.number]), "info", "o", in_drawer=True)
    yield Link(_("Statement"), reverse("statement", args=[loan.number]), "print", "s")
    if loan.status == Loan.Status.PAID:
        yield Link(_("Clearance"), reverse("clearance", args=[loan.number]), "print")
    if may(request.user.role, "lending.pause"):
        yield Link(_("Pause"), reverse("pause_make", args=[loan.number]), "hold", in_drawer=True)
    if is_offered():
        yield Link(_("Ways to pay"), reverse("ways_to_pay", args=[loan.borrower_id]), "import", "y")


register_link(money_links)
