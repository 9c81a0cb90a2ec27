"""Who sees a borrower: whoever sees one of the borrower's cases, running or ended."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from cases.models import Case


def borrowers_seen(user: Any) -> Q:
    """The condition on `Borrower`: through any case that this person sees."""
    return Q(pk__in=Case.objects.visible_to(user).values("borrower"))


def owned_by(user: Any, borrower_ids: Collection[int]) -> set[int]:
    """Which of these borrowers have their open case in this person's hands."""
    cases = Case.objects.open().filter(owner=user, borrower__in=borrower_ids)
    return set(cases.values_list("borrower", flat=True))
