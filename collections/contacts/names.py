"""Who reads a borrower's name in full: the owner of their case. Everybody else sees it masked.

Ownership is known on the floor above, which registers it here; until it does, every name is masked.
"""

from collections.abc import Callable, Collection, Iterable

from lending.models import Borrower
from lending.personal import PersonName
from staff.models import User

OwnerCheck = Callable[[User, Collection[int]], set[int]]
"""Which of these borrowers (ids) have their open case in that person's hands; one query however many."""

_CHECKS: list[OwnerCheck] = []


def register_owner_check(check: OwnerCheck) -> None:
    """`check(user, borrower_ids)` gives the ids among them whose open case that user owns."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def display_names(borrowers: Iterable[Borrower], user: User) -> dict[int, str]:
    """The names by borrower id as this person may read them; a borrower without a name goes by reference."""
    by_id = {borrower.pk: borrower for borrower in borrowers}
    owned = set().union(*(check(user, by_id.keys()) for check in _CHECKS)) if by_id else set()
    return {pk: _name(borrower, in_full=pk in owned) for pk, borrower in by_id.items()}


def display_name(borrower: Borrower, user: User) -> str:
    """The name of one borrower as this person may read it."""
    return display_names([borrower], user)[borrower.pk]


def _name(borrower: Borrower, *, in_full: bool) -> str:
    return shown_name(borrower.name, borrower.ref, in_full=in_full)


def shown_name(name: PersonName, ref: str, *, in_full: bool) -> str:
    """A name as it may be read; a borrower without one goes by reference."""
    return (name.unmasked() if in_full else str(name)) or ref
