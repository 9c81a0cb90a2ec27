"""Views of the case list under a name of one's own: kept, replaced, dropped. They are nobody else's, and no decision is in them."""

from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.models import SavedView
from staff.models import User
from staff.statements import Blank, statement

VIEWS_MAX = 20
"""More names than that nobody finds again."""


class TooManyViewsError(ValueError):
    """This person keeps as many views as there may be."""

    def __init__(self) -> None:
        super().__init__(_("You keep %(most)s views already: drop one first.") % {"most": VIEWS_MAX})


class View(NamedTuple):
    pk: int
    name: str
    query: str
    is_default: bool


def views_of(user: User) -> list[View]:
    return [View(*row) for row in statement(_views).rows(user=user.pk)]


def _views() -> QuerySet[SavedView, tuple[int, str, str, bool]]:
    views = SavedView.objects.filter(user=Blank("user")).order_by("name", "pk")
    return views.values_list("pk", "name", "query", "is_default")


@transaction.atomic
def save_view(*, name: str, query: str, opens_by_itself: bool, by: User) -> SavedView:
    """Keep a query under that name, in the place of an older one; TooManyViewsError."""
    list(User.objects.select_for_update().filter(pk=by.pk))
    known = SavedView.objects.filter(user=by)
    if known.exclude(name=name).count() >= VIEWS_MAX:
        raise TooManyViewsError
    if opens_by_itself:
        known.update(is_default=False)
    view, _is_new = known.update_or_create(
        name=name, defaults={"user": by, "query": query, "is_default": opens_by_itself}
    )
    return view


def drop_view(*, pk: int, by: User) -> bool:
    """Forget a view of one's own; whether there was one."""
    return bool(SavedView.objects.filter(pk=pk, user=by).delete()[0])
