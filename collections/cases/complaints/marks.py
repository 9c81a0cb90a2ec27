"""What open complaints say to whoever reports to the credit bureau: which loans' reports rest, and which are marked disputed."""

from typing import NamedTuple

from cases.complaints.kinds import KINDS
from cases.complaints.models import Complaint
from lending.models import Loan
from staff.models import User

WITHHELD, DISPUTED = "withheld", "disputed"


class Mark(NamedTuple):
    """`mark` is `withheld` or `disputed`; of two complaints on one loan the first weighs more."""

    loan_number: str
    mark: str
    complaint: str
    since: str
    until: str


def credit_marks(user: User) -> list[Mark]:
    """Every loan this person sees whose report rests or is marked, by number; two queries."""
    opened = list(Complaint.objects.visible_to(user).open().order_by("received_on", "pk"))
    wanted = [each for each in opened if KINDS[each.kind].freezes or KINDS[each.kind].marks_credit_report]
    found: dict[str, Mark] = {}
    loans = Loan.objects.filter(borrower__in={each.borrower_id for each in wanted})
    for number, loan_id, borrower_id in loans.order_by("number").values_list("number", "pk", "borrower_id"):
        for each in wanted:
            if each.borrower_id != borrower_id or each.loan_id not in {None, loan_id}:
                continue
            mark = WITHHELD if KINDS[each.kind].freezes else DISPUTED
            if number not in found or found[number].mark == DISPUTED:
                found[number] = Mark(number, mark, str(each), each.received_on.isoformat(), each.due_on.isoformat())
    return list(found.values())
