"""What stands around the rows of the case list: chips, heads that sort, and links that keep what was asked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases import stages
from cases.columns import Column
from cases.finding import SEARCHES
from cases.listing import Asked
from cases.models import Case
from cases.order import FIRST, Order
from lending.buckets import BUCKETS
from lending.models import Borrower
from staff.models import Role, User
from staff.templatetags.ui import icon

ALL = "all"
"""A query of nothing: everything one sees, where a saved view would open by itself."""


@dataclass(frozen=True)
class Chip:
    """A filter that a click turns on or off; it has no count, which would ask the database once more for each."""

    label: str
    url: str
    is_on: bool
    count: None = None


def query_of(asked: Asked, columns: Sequence[str], **changes: str) -> str:
    """The query of the same list with these filters or this order instead; a change to nothing takes a filter away."""
    wanted = {**dict(asked.filters), "sort": "" if asked.sort == FIRST else asked.sort, **changes}
    pairs = [(name, value) for name, value in wanted.items() if value]
    return "?" + (urlencode(pairs + [("columns", name) for name in columns]) or f"{ALL}=1")


def chip_groups(asked: Asked, columns: Sequence[str], user: User, on: date) -> list[list[Chip]]:
    """The filters that are asked for all day, always there, and those of the drawer that are set, to be taken away."""
    filters = dict(asked.filters)

    def chip(name: str, value: str, label: str, others: Iterable[str] = ()) -> Chip:
        is_on = filters.get(name) == value
        changes = {**dict.fromkeys(others, ""), name: "" if is_on else value}
        return Chip(label, query_of(asked, columns, **changes), is_on)

    flags = [chip("promise", "true", _("Promise open")), chip("hold", "true", _("On hold"), ["action"])]
    if user.role != Role.AGENT:
        flags.insert(0, chip("unassigned", "true", _("Unassigned"), ["owner", "team"]))
    groups = [
        [chip("stage", value, str(label), ["bucket"]) for value, label in stages.choices(on)],
        [chip("bucket", each.code, each.code, ["stage"]) for each in BUCKETS[1:]],
        flags,
    ]
    shown = {"stage", "bucket", "promise", "hold", "unassigned"}
    set_there = [chip(name, value, _SAID.get(name, str)(value)) for name, value in asked.filters if name not in shown]
    return [*groups, set_there] if set_there else groups


_SAID: dict[str, Callable[[str], str]] = {
    "action": lambda value: str(dict(Case.NextAction.choices).get(value, value)),
    "language": lambda value: str(dict(Borrower.Language.choices).get(value, value)),
    "behind_from": lambda value: _("behind since %(day)s or later") % {"day": value},
    "behind_to": lambda value: _("behind since %(day)s or earlier") % {"day": value},
    "name": lambda value: _("the name searched for"),
    "owner": lambda value: _("in hand with %(person)s") % {"person": value},
}
"""Filters of the drawer in words; any other is its own word."""


def heads(columns: Iterable[Column], asked: Asked, chosen: Sequence[str], currency: str) -> SafeString:
    """The heads of the columns; one that sorts does so the other way when it is pressed again."""
    order = asked.order
    return SafeString("\n".join(_head(column, order, asked, chosen, currency) for column in columns))


def _head(column: Column, order: Order, asked: Asked, chosen: Sequence[str], currency: str) -> str:
    label = escape(f"{column.label}, {currency}" if currency and column.kind == "num" else str(column.label))
    kind = f' class="{column.kind}"' if column.kind == "num" else ""
    if not column.sort:
        return f'<th scope="col"{kind}>{label}</th>'
    is_on = order.name == column.sort
    way, symbol = ("descending", "down") if order.descending else ("ascending", "up")
    url = escape(query_of(asked, chosen, sort=column.sort if is_on and order.descending else f"-{column.sort}"))
    said = f' aria-sort="{way}"' if is_on else ""
    return f'<th scope="col"{kind}{said}><a class="sort" href="{url}">{label}{icon(symbol) if is_on else ""}</a></th>'


def kept_query(asked: Asked, columns: Sequence[str]) -> str:
    """What a saved view keeps: filters, order and columns; nothing that was searched for."""
    without = dict.fromkeys([*SEARCHES, "borrower"], "")
    return query_of(asked, columns, **without).removeprefix("?")
