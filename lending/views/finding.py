"""The loan within the person's scope."""

from django.shortcuts import get_object_or_404

from lending.edge import StaffRequest
from lending.models import Loan


def find_loan(request: StaffRequest, number: str) -> Loan:
    """The loan, if this person sees its borrower; else 404."""
    loans = Loan.objects.visible_to(request.user).select_related("borrower", "funder", "product")
    return get_object_or_404(loans, number=number)
