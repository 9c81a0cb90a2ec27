"""Search over everything a person may see: reference, loan number, exact name or a part of it, phone number.

A number that belongs to somebody else's case is answered to an agent with one thing only: in whose hands it is, so that the
caller can be put through; that is recorded.
"""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from audit.record import record
from cases.models import Case
from contacts.names import display_names
from lending.duplicates import called
from lending.models import Borrower, Loan
from lending.personal import PhoneNumber
from staff.models import Role, User

HITS_MAX = 50
NUMBER_DIGITS_MIN = 7


class Hit(NamedTuple):
    """A borrower found, with the newest case that this person sees, if any."""

    borrower: Borrower
    name: str
    case: Case | None
    loan_numbers: list[str]


class Found(NamedTuple):
    hits: list[Hit]
    in_hand_with: str = ""


def is_number(text: str) -> bool:
    """Whether it is written like a phone number."""
    digits = PhoneNumber(text).normalised()
    return len(digits) >= NUMBER_DIGITS_MIN and not any(character.isalpha() for character in text)


def find(text: str, user: User) -> list[Hit]:
    """Borrowers that this person may see, by any of the ways above; in a constant number of queries."""
    text = text.strip()
    if not text:
        return []
    seen = Borrower.objects.visible_to(user)
    by_loan = Loan.objects.filter(number=text).values("borrower")
    ways = called(text) | Q(pk__in=by_loan) | Q(pk__in=Borrower.objects.named(text).values("pk"))
    if is_number(text):
        ways |= Q(pk__in=Borrower.objects.reached_by(text).values("pk"))
    borrowers = list(seen.filter(ways).distinct().order_by("pk")[:HITS_MAX])
    return _hits(borrowers, user)


def _hits(borrowers: list[Borrower], user: User) -> list[Hit]:
    ids = [borrower.pk for borrower in borrowers]
    names = display_names(borrowers, user)
    cases: dict[int, Case] = {}
    for case in Case.objects.visible_to(user).filter(borrower__in=ids).select_related("owner").order_by("pk"):
        held = cases.get(case.borrower_id)
        if held is None or held.state != Case.State.OPEN:
            cases[case.borrower_id] = case
    numbers: dict[int, list[str]] = {}
    for borrower_id, number in Loan.objects.filter(borrower__in=ids).order_by("pk").values_list("borrower", "number"):
        numbers.setdefault(borrower_id, []).append(number)
    return [Hit(each, names[each.pk], cases.get(each.pk), numbers.get(each.pk, [])) for each in borrowers]


@transaction.atomic
def in_hand_with(text: str, *, by: User, at: datetime) -> str:
    """Who has the borrower with this number in hand, where the agent who asks may not see the case; "" for nobody.

    Nothing else is told, and the look-up is recorded.
    """
    if by.role != Role.AGENT or not is_number(text):
        return ""
    callers = Borrower.objects.reached_by(text)
    case = Case.objects.open().filter(borrower__in=callers).exclude(owner=None).select_related("owner").first()
    if case is None or case.owner is None or case.owner_id == by.pk:
        return ""
    record("cases.caller_looked_up", by=by, at=at, subject=case, owner=case.owner.username)
    return str(case.owner)
