"""Two records of one borrower: how they are found, and why two records are taken for one person.

Either both bear the same identity number, or one of their numbers and the whole name agree and no identity number says otherwise. Two records
with different identity numbers are never one person, whatever else agrees.
"""

from collections.abc import Collection
from itertools import combinations
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from lending.models import Borrower, ContactPoint
from lending.personal import PersonName

IDENTITY, PHONE_AND_NAME = "identity", "phone_and_name"
GROUPS_MAX = 200
"""So many shared numbers are looked at in one go; merging them brings up the next."""
PEOPLE_MAX = 10
"""A number that more people share than this is a firm's, or nobody's."""
NUMBERS = [ContactPoint.Kind.MOBILE, ContactPoint.Kind.PHONE]


class Pair(NamedTuple):
    """The record that was there first, the other one, and why they are taken for one."""

    first: Borrower
    second: Borrower
    why: str


def why_words(why: str) -> str:
    return _("same identity number") if why == IDENTITY else _("same number and same name")


def why_one(first: Borrower, second: Borrower) -> str:
    """Why these are one person: `identity`, `phone_and_name`, or "" where nothing says so or an identity number speaks against it."""
    if first.pk == second.pk or first.merged_into_id or second.merged_into_id:
        return ""
    if first.identity_digest and second.identity_digest:
        return IDENTITY if first.identity_digest == second.identity_digest else ""
    if not first.name or not second.name or PersonName.digest(first.name) != PersonName.digest(second.name):
        return ""
    shared = _numbers().filter(borrower=first, digest__in=_numbers().filter(borrower=second).values("digest"))
    return PHONE_AND_NAME if shared.exists() else ""


def pairs(seen: QuerySet[Borrower]) -> list[Pair]:
    """Pairs among these borrowers, by identity number first."""
    groups = [*_by_identity(seen), *_by_number(seen)]
    known = seen.in_bulk({pk for group in groups for pk in group})
    found: dict[tuple[int, int], Pair] = {}
    for group in groups:
        people = sorted((known[pk] for pk in group if pk in known), key=lambda each: each.pk)
        for first, second in combinations(people, 2):
            if (first.pk, second.pk) not in found and (why := why_one(first, second)):
                found[first.pk, second.pk] = Pair(first, second, why)
    return list(found.values())


def _numbers() -> QuerySet[ContactPoint]:
    """Numbers at which borrowers themselves are reached."""
    return ContactPoint.objects.filter(retired_at=None, holder=ContactPoint.Holder.BORROWER, kind__in=NUMBERS)


def _by_identity(seen: QuerySet[Borrower]) -> list[Collection[int]]:
    known = seen.exclude(identity_digest="").filter(merged_into=None).order_by()
    shared = known.values("identity_digest").annotate(n=Count("pk")).filter(n__gt=1).values_list("identity_digest")
    return _grouped(known.filter(identity_digest__in=shared[:GROUPS_MAX]).values_list("identity_digest", "pk"))


def _by_number(seen: QuerySet[Borrower]) -> list[Collection[int]]:
    points = _numbers().filter(borrower__in=seen.filter(merged_into=None)).order_by()
    counted = points.values("digest").annotate(n=Count("borrower", distinct=True))
    shared = list(counted.filter(n__gt=1, n__lte=PEOPLE_MAX).values_list("digest", flat=True)[:GROUPS_MAX])
    return _grouped(points.filter(digest__in=shared).values_list("digest", "borrower"))


def _grouped(
    rows: QuerySet[Borrower, tuple[str, int]] | QuerySet[ContactPoint, tuple[str, int]],
) -> list[Collection[int]]:
    found: dict[str, set[int]] = {}
    for digest, pk in rows:
        found.setdefault(digest, set()).add(pk)
    return list(found.values())


def called(ref: str) -> Q:
    """The condition on borrowers to go by that reference, their own or one of a record merged into theirs."""
    return Q(ref=ref, merged_into=None) | Q(merged_from__ref=ref)
