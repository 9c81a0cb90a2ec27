"""Cases that wait to be dealt out, and a proposal asked and applied in one go."""

from behind import NOW, TODAY, close_day, make_loan
from cases.applying import apply
from cases.caseloads import EVERYBODY, Filters
from cases.models import Case, Proposal
from cases.proposing import Question, propose
from reachable import make_borrower
from staff.models import User

POOL = Question()
ALL = Question(filters=Filters(owner=EVERYBODY))


def make_dealt_pool() -> list[Case]:
    """Six cases that nobody has in hand: three early, three in the middle stage; the second of each speaks English."""
    for number in range(6):
        borrower = make_borrower(f"B{number}", phone=None)
        borrower.language = "en" if number in {1, 4} else "zh-hans"
        borrower.save(update_fields=["language"])
        make_loan(borrower, days=10 if number < 3 else 45, amount=100_00 * (number + 1))
    close_day(TODAY)
    return list(Case.objects.order_by("borrower__ref"))


def ask(by: User, question: Question = POOL) -> Proposal:
    proposal = propose(question, by=by, at=NOW, on=TODAY)
    assert proposal
    return proposal


def deal_out(by: User, question: Question = POOL) -> Proposal:
    return apply(ask(by, question).pk, by=by, at=NOW, on=TODAY)


def owners(cases: list[Case]) -> list[str]:
    found = {case.pk: case.owner for case in Case.objects.select_related("owner")}
    return [owner.username if (owner := found[case.pk]) else "" for case in cases]
