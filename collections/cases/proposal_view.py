"""A proposal in the reader's words."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from cases import proposing, stages
from cases.models import Case, Proposal, ProposedMove
from cases.worklist import Row, rows_of
from lending.models import Borrower
from staff.models import User

SHOWN_MAX = 100

WHY: dict[str, Callable[[], str]] = {
    proposing.POOL: lambda: _("from the pool"),
    proposing.AWAY: lambda: _("from other hands"),
    proposing.NOT_THEIRS: lambda: _("from somebody whose rules or skills no longer fit"),
    proposing.MAKES_ROOM: lambda: _("makes room for cases that have no other place"),
    proposing.NAMED: lambda: _("chosen by name"),
    proposing.TAKEN_BACK: lambda: _("taken back"),
}
STAYS: dict[str, Callable[[], str]] = {
    proposing.WELL: lambda: _("stay: it goes well in those hands"),
    proposing.FULL: lambda: _("stay: nobody who may take them has room"),
    proposing.NOBODY: lambda: _("stay: nobody here may take them"),
}


class Line(NamedTuple):
    """A person's cases before and after; `why` says where those that come are from."""

    user: User
    before: int
    coming: int
    going: int
    after: int
    capacity: int
    why: str


class Left(NamedTuple):
    """So many like cases that stay where they are."""

    number: int
    words: str
    stage: str
    language: str
    is_short: bool


class Shown(NamedTuple):
    lines: list[Line]
    left: list[Left]
    missing: int
    whose: User | None
    rows: list[tuple[Row, str]]


def why_words(why: str) -> str:
    return WHY[why]() if why in WHY else ""


def view_of(proposal: Proposal, user: User, agent: str, on: date) -> Shown:
    """The proposal for its page, and where `agent` is given the cases that would come to that person."""
    people = User.objects.in_bulk([line[0] for line in proposal.lines])
    why: dict[int, list[str]] = defaultdict(list)
    for target, reason, number in proposal.reasons:
        why[target or 0].append(f"{number} {why_words(reason)}")
    lines = [
        Line(people[pk], before, coming, going, after, capacity, "; ".join(why[pk]))
        for pk, before, coming, going, after, capacity in proposal.lines
        if pk in people
    ]
    names, languages = dict(stages.choices()), dict(Borrower.Language.choices)
    left = [
        Left(
            number,
            STAYS[reason](),
            names.get(stage, stage),
            str(languages.get(language, language)),
            reason != proposing.WELL,
        )
        for reason, stage, language, number in proposal.left
    ]
    whose = people.get(int(agent)) if agent.isdecimal() else None
    rows = _rows(proposal, whose, user, on) if whose else []
    return Shown(lines, left, sum(each.number for each in left if each.is_short), whose, rows)


def _rows(proposal: Proposal, whose: User, user: User, on: date) -> list[tuple[Row, str]]:
    chosen = ProposedMove.objects.filter(proposal=proposal, target=whose)
    reasons = dict(chosen.order_by("pk")[:SHOWN_MAX].values_list("case", "why"))
    cases = Case.objects.visible_to(user).filter(pk__in=reasons).select_related("borrower").order_by("-priority", "pk")
    return [(row, why_words(reasons[row.case.pk])) for row in rows_of(list(cases), user=user, on=on)]
