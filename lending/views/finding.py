"""The loan within the person's scope."""

from django.db.models import CharField
from django.http import Http404

from lending.edge import StaffRequest
from lending.models import Loan
from staff.models import User
from staff.statements import Blank, Statement, kept_for_people


def find_loan(request: StaffRequest, number: str) -> Loan:
    """The loan, if this person sees its borrower; else 404."""
    user = request.user
    found: list[Loan] = _of_number(user.pk, user.role, user.team_id).objects(number=number)
    if not found:
        raise Http404
    return found[0]


@kept_for_people
def _of_number(pk: int, role: str, team_id: int | None) -> Statement:
    loans = Loan.objects.visible_to(User(pk=pk, role=role, team_id=team_id))
    return Statement(loans.select_related("borrower", "funder", "product").filter(number=Blank("number", CharField())))
