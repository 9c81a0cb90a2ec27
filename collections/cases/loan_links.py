"""What this floor adds to the loan page: the way to the borrower's case."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case
from lending.edge import StaffRequest
from lending.models import Loan
from lending.pages import Link, register_link


def case_of(request: StaffRequest, loan: Loan) -> Iterator[Link]:
    """The open case, else the newest that this person sees."""
    cases = Case.objects.visible_to(request.user).filter(borrower=loan.borrower_id)
    found = [(state == Case.State.OPEN, pk) for state, pk in cases.values_list("state", "pk")]
    if found:
        _is_open, pk = max(found)
        yield Link(_("Case"), reverse("case_page", args=[pk]), "cases", "c")


register_link(case_of)
