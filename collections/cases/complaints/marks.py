"""What open complaints and holds say to whoever reports to the credit bureau: which loans' reports rest, and which are marked disputed."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from cases.complaints.kinds import KINDS
from cases.complaints.models import Complaint
from contacts.hold_effects import EFFECTS, effect_on
from contacts.models import Hold
from lending.models import Borrower, Loan
from staff.models import User

WITHHELD, DISPUTED = "withheld", "disputed"


class Mark(NamedTuple):
    """`mark` is `withheld` or `disputed`; of two on one loan the first weighs more. It rests on a complaint or else on a hold."""

    loan_number: str
    mark: str
    complaint: str
    hold: str
    since: str
    until: str | None


class _Cause(NamedTuple):
    """Of every loan of the borrower where `loan` is empty."""

    borrower: int
    loan: int | None
    mark: str
    complaint: str
    hold: str
    since: date
    until: date | None


def credit_marks(user: User, on: date) -> list[Mark]:
    """Every loan this person sees whose report rests or is marked on that day, by number; three queries."""
    causes: dict[int, list[_Cause]] = {}
    for cause in [*_complaints(user), *_holds(user, on)]:
        causes.setdefault(cause.borrower, []).append(cause)
    found: dict[str, Mark] = {}
    loans = Loan.objects.filter(borrower__in=causes).order_by("number")
    for number, loan_id, borrower_id in loans.values_list("number", "pk", "borrower_id"):
        for cause in causes[borrower_id]:
            if cause.loan not in {None, loan_id} or (number in found and found[number].mark == WITHHELD):
                continue
            if number not in found or cause.mark == WITHHELD:
                until = cause.until.isoformat() if cause.until else None
                found[number] = Mark(number, cause.mark, cause.complaint, cause.hold, cause.since.isoformat(), until)
    return list(found.values())


def _complaints(user: User) -> Iterator[_Cause]:
    for each in Complaint.objects.visible_to(user).open().order_by("received_on", "pk"):
        kind = KINDS[each.kind]
        if kind.freezes or kind.marks_credit_report:
            mark = WITHHELD if kind.freezes else DISPUTED
            yield _Cause(each.borrower_id, each.loan_id, mark, str(each), "", each.received_on, each.due_on)


def _holds(user: User, on: date) -> Iterator[_Cause]:
    kinds = [kind for kind in EFFECTS if effect_on(kind, on).credit_report]
    seen = Borrower.objects.visible_to(user).values("pk")
    holds = Hold.objects.filter(kind__in=kinds, lifted_at=None, from_on__lte=on, borrower__in=seen).exclude(
        to_on__lt=on
    )
    for hold in holds.order_by("from_on", "pk"):
        yield _Cause(hold.borrower_id, None, WITHHELD, "", hold.kind, hold.from_on, hold.to_on)
