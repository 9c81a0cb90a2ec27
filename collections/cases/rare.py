"""What few borrowers have, asked for all at once: the case page then passes by whatever there is not.

A floor says by `register` what is rare with it, and finds in `request.there` the names of what this borrower has.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from staff.statements import answers

Question = Callable[[], "QuerySet[Any, Any]"]
_QUESTIONS: dict[str, Question] = {}


def register(name: str, question: Question) -> None:
    """`question` gives a queryset with Blank("borrower"); whether it has a row is told under that name."""
    _QUESTIONS[name] = question


def there_for(borrower_id: int) -> frozenset[str]:
    """The names of what this borrower has, in one query."""
    found = answers(tuple(_QUESTIONS.values())).values(borrower=borrower_id)
    return frozenset(name for name, value in zip(_QUESTIONS, found, strict=True) if value is not None)


def some(of: Any, **where: Any) -> Question:
    """The question whether there is a row of that model where this holds."""
    return lambda: of.objects.filter(**where).order_by().values_list("pk")[:1]
