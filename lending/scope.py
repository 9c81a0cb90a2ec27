"""Who may see a borrower. The answer depends on cases, which stand above the book: `cases` registers it here.

Until it does, only managers and auditors see anyone.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

Scope = Callable[[Any], Q]
NOBODY = Q(pk__in=[])
EVERYBODY = Q()
SEE_EVERYONE = {"manager", "auditor"}

_scopes: list[Scope] = []


def register(scope: Scope) -> None:
    """`scope(user)` gives the condition on `Borrower` under which that user sees a borrower."""
    _scopes.append(scope)


def borrowers_of(user: Any) -> Q:
    """The condition on `Borrower` for this user: deny by default."""
    if not getattr(user, "is_active", False):
        return NOBODY
    if user.role in SEE_EVERYONE:
        return EVERYBODY
    condition = NOBODY
    for scope in _scopes:
        condition |= scope(user)
    return condition
