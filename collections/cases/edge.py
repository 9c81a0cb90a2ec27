"""The request of a page of this floor: the book's, and what the case page has read for its panels."""

from cases.facts import LoanNow
from lending.edge import StaffRequest as BookRequest
from lending.edge import day_of

__all__ = ["StaffRequest", "day_of"]


class StaffRequest(BookRequest):
    """`loans_now` and `borrower_name` are set by the case page."""

    loans_now: list[LoanNow]
    borrower_name: str
