"""The request of a page of this floor: the book's, and what the case page has read for its panels."""

from datetime import datetime

from cases.facts import LoanNow
from lending.edge import StaffRequest as BookRequest
from lending.edge import day_of

__all__ = ["StaffRequest", "day_of"]


class StaffRequest(BookRequest):
    """`loans_now`, `borrower_name` and `there` (`cases.rare`) are set by the case page; its timeline is of what was before `told_before`, if anything is set."""

    loans_now: list[LoanNow]
    borrower_name: str
    told_before: datetime | None
    there: frozenset[str]
