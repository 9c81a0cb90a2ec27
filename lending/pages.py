"""What higher floors add to the loan page: links and actions. They register in their `AppConfig.ready`; none is named here.

They also say under which name a person may read a borrower; until one does, names are masked.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.utils.functional import Promise

from lending.edge import StaffRequest
from lending.models import Borrower, Loan
from staff.models import User


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


def links_of(request: StaffRequest, loan: Loan) -> list[Link]:
    """The links of every floor, in the order in which they registered."""
    return [link for source in _sources for link in source(request, loan)]


Namer = Callable[[Borrower, User], str]
_namers: list[Namer] = []


def register_namer(namer: Namer) -> None:
    """`namer(borrower, user)` gives the borrower's name as that person may read it."""
    _namers.append(namer)


def name_for(borrower: Borrower, user: User) -> str:
    """The borrower's name as this person may read it."""
    return _namers[-1](borrower, user) if _namers else str(borrower)
