"""What higher floors add to the loan page: links and actions. They register in their `AppConfig.ready`; none is named here.

They also say under which name a person may read a borrower; until one does, names are masked.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise

from lending.edge import StaffRequest
from lending.models import Borrower, Loan
from staff.models import User
from staff.statements import Answers, for_person


class Link(NamedTuple):
    """A button at the head of the loan page. `key` is pressed for it; `in_drawer` opens it beside the page."""

    label: str | Promise
    url: str
    icon: str = ""
    key: str = ""
    in_drawer: bool = False


LinkSource = Callable[[StaffRequest, Loan], Iterable[Link]]
_sources: list[LinkSource] = []


def register_link(source: LinkSource) -> LinkSource:
    """`source(request, loan)` gives the links that this person may follow from that loan."""
    _sources.append(source)
    return source


Question = Callable[[User], "QuerySet[Any, Any]"]
_questions: dict[str, Question] = {}


def register_question(name: str, question: Question) -> None:
    """What a link wants to know of a loan: the one value of a queryset within what that person sees, with Blank("loan") and
    Blank("borrower") for the keys. All are asked in one statement; the answer, or None, is `request.known[name]`.
    """
    _questions[name] = question


def _asking(person: User) -> Answers:
    return Answers(question(person) for question in _questions.values())


def links_of(request: StaffRequest, loan: Loan) -> list[Link]:
    """The links of every floor, in the order in which they registered."""
    answers = for_person(_asking, request.user).values(loan=loan.pk, borrower=loan.borrower_id)
    request.known = dict(zip(_questions, answers, strict=True))
    return [link for source in _sources for link in source(request, loan)]


Namer = Callable[[Borrower, User], str]
_namers: list[Namer] = []


def register_namer(namer: Namer) -> None:
    """`namer(borrower, user)` gives the borrower's name as that person may read it."""
    _namers.append(namer)


def name_for(borrower: Borrower, user: User) -> str:
    """The borrower's name as this person may read it."""
    return _namers[-1](borrower, user) if _namers else str(borrower)
