"""Cases by a borrower's name, reference or loan number: few that were found are named one by one, many are looked for on the way."""

from collections.abc import Callable
from typing import NamedTuple

from django.db.models import QuerySet

from cases.models import Case, CaseQuerySet
from lending.models import Borrower, Loan, NameDigest
from lending.personal import PersonName

FOUND_MAX = 200
"""So many borrowers are named in the query; a surname that more have is looked for row by row in the order of the list."""


def digest_of(text: str) -> str:
    """What a name, or a part of one, is found by; it tells nobody the name."""
    return PersonName(text).digest()


class Sought(NamedTuple):
    """Whom a search is about, looked up once: some borrowers, or, where these are too many to be named, whoever has that name."""

    digest: str
    borrowers: tuple[int, ...]

    def among(self, cases: CaseQuerySet) -> QuerySet[Case]:
        if len(self.borrowers) > FOUND_MAX:
            return cases.of_name(self.digest)
        return cases.filter(borrower__in=self.borrowers)


def named(digest: str) -> Sought:
    """Borrowers whose whole name, or a part of it, has that digest; asks one query."""
    return Sought(digest, tuple(pk for (pk,) in _bearers(digest)))


def found(text: str) -> Sought:
    """The borrowers with that reference, loan number or name; asks one query."""
    text = text.strip().replace("\x00", "")
    digest = digest_of(text)
    by_ref = Borrower.objects.filter(ref=text).values_list("pk")
    by_loan = Loan.objects.filter(number=text).values_list("borrower")
    some = NameDigest.objects.filter(pk__in=_bearers(digest).values("pk")).values_list("borrower")
    return Sought(digest, tuple(pk for (pk,) in by_ref.union(by_loan, some)))


SEARCHES: dict[str, Callable[[str], Sought]] = {"name": named, "q": found}
"""The filters of which somebody has to be looked up first."""


def _bearers(digest: str) -> QuerySet[NameDigest, tuple[int]]:
    return NameDigest.objects.filter(digest=digest).values_list("borrower")[: FOUND_MAX + 1]
