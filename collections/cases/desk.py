"""What stands on the case page. Floors above add to it from their `AppConfig.ready`; this floor names none of them.

A panel is a template in one of three columns, an action a link with a key, a timeline kind a provider of happenings.
Providers and panels keep to a constant number of queries. A provider gives the newest happenings before a moment, the newest first,
`TIMELINE_MAX` of them are enough (`newest`): older ones open on demand, part by part.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise as Lazy

from cases.edge import StaffRequest
from cases.models import Case
from staff.matrix import may
from staff.models import User
from staff.statements import answers

Text = str | Lazy
Row = TypeVar("Row", bound=Model)
SLOTS = ("left", "middle", "right")
FIRST_MAX, TIMELINE_MAX = 20, 60
"""So many happenings are shown at first, and in each older part; more only where several happened in one instant, which stay together."""


class TimelineItem(NamedTuple):
    """One happening. `tone` is good, bad or accent where it matters; `url` leads to more."""

    at: datetime
    kind: str
    icon: str
    title: str
    detail: str = ""
    by: str = ""
    url: str = ""
    tone: str = ""

    @property
    def day(self) -> date:
        """The day under whose heading it stands."""
        return timezone.localtime(self.at).date()


@dataclass(frozen=True)
class Panel:
    """A template in a column, lowest order first; `context` gives what it needs."""

    slot: str
    order: int
    template: str
    context: Callable[[StaffRequest, Case], dict[str, Any]] = lambda request, case: {}


@dataclass(frozen=True)
class Action:
    """A link that opens in the drawer by a key; shown to roles with the capability while it is available."""

    code: str
    label: Text
    key: str
    url: Callable[[Case], str]
    order: int
    capability: str
    available: Callable[[Case], bool] = lambda case: case.state == Case.State.OPEN
    icon: str = ""
    wide: bool = False


Provider = Callable[[Case, StaffRequest], Iterable[TimelineItem]]


ThereIs = Callable[[], "QuerySet[Any, Any]"]


@dataclass
class _Kind:
    """Providers, each with what tells whether there is anything for it to tell; without, it is always asked."""

    label: Text
    providers: dict[Provider, ThereIs | None] = field(default_factory=dict)


_PANELS: list[Panel] = []
_ACTIONS: dict[str, Action] = {}
_KINDS: dict[str, _Kind] = {}


def register_panel(panel: Panel) -> None:
    assert panel.slot in SLOTS, panel.slot
    if panel not in _PANELS:
        _PANELS.append(panel)


def register_action(action: Action) -> None:
    _ACTIONS[action.code] = action


def register_timeline(kind: str, label: Text, provider: Provider, there_is: ThereIs | None = None) -> None:
    """Several providers may tell of one kind; the first label stands.

    `there_is` gives a queryset of one value with Blank("borrower"): a provider of what is rare is asked only where that finds
    something. All of them are asked in one statement.
    """
    _KINDS.setdefault(kind, _Kind(label)).providers.setdefault(provider, there_is)


class Drawn(NamedTuple):
    """A panel with what it shows, for `{% panel drawn %}`."""

    template: str
    values: dict[str, Any]


def panels_of(slot: str, request: StaffRequest, case: Case) -> list[Drawn]:
    chosen = sorted((panel for panel in _PANELS if panel.slot == slot), key=lambda panel: panel.order)
    return [Drawn(panel.template, panel.context(request, case)) for panel in chosen]


class Link(NamedTuple):
    """An action as this person sees it on this case."""

    code: str
    label: Text
    key: str
    url: str
    icon: str
    wide: bool


def actions_of(case: Case, user: User) -> list[Link]:
    chosen = [each for each in _ACTIONS.values() if may(user.role, each.capability) and each.available(case)]
    return [
        Link(each.code, each.label, each.key, each.url(case), each.icon or each.code, each.wide)
        for each in sorted(chosen, key=lambda each: each.order)
    ]


def timeline_kinds() -> list[tuple[str, Text]]:
    return [(code, kind.label) for code, kind in _KINDS.items()]


def newest(rows: "QuerySet[Row]", request: StaffRequest, at: str = "at") -> "QuerySet[Row]":
    """The rows that a part of the timeline can show, by the instant at which they happened."""
    if request.told_before:
        rows = rows.filter(**{f"{at}__lt": request.told_before})
    return rows.order_by(f"-{at}", "-pk")[: shown_max(request) + 1]


def shown_max(request: StaffRequest) -> int:
    return TIMELINE_MAX if request.told_before else FIRST_MAX


class Part(NamedTuple):
    """Happenings, newest first; `before` is the moment before which older ones stand, None where there are none."""

    items: list[TimelineItem]
    before: datetime | None


def timeline_of(case: Case, request: StaffRequest, kind: str = "") -> Part:
    """The newest happenings before `request.told_before` of that kind, or of all."""
    chosen = [_KINDS[kind]] if kind in _KINDS else list(_KINDS.values())
    providers = {provider: there_is for known in chosen for provider, there_is in known.providers.items()}
    rare = tuple(there_is for there_is in providers.values() if there_is)
    found = dict(zip(rare, answers(rare).values(borrower=case.borrower_id), strict=True))
    telling = [provider for provider, there_is in providers.items() if there_is is None or found[there_is] is not None]
    told = (item for provider in telling for item in provider(case, request))
    before = request.told_before
    items = sorted(
        (item for item in told if before is None or item.at < before), key=lambda item: item.at, reverse=True
    )
    most = shown_max(request)
    if len(items) <= most:
        return Part(items, None)
    last = items[most - 1].at
    shown = [item for item in items if item.at >= last]
    return Part(shown, last if len(shown) < len(items) else None)
