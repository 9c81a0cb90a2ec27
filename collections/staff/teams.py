"""Teams in a tree of few levels; nobody stands above themselves."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from audit.record import record
from staff.models import Team, User
from staff.models.people import TEAM_LEVELS
from staff.seen import require_as_seen


class TreeError(Exception):
    """The team would stand below itself, or the tree would grow too deep: nothing was written."""


class Node(NamedTuple):
    """A team in the order of the tree, with how deep it stands and how many people work in it."""

    team: Team
    depth: int
    above: str
    people: int

    @property
    def dots(self) -> str:
        """One for each level above, to be seen at a glance."""
        return "· " * self.depth


def tree() -> list[Node]:
    """Every team, each right above the teams below it, in two queries."""
    below: dict[int | None, list[Team]] = {}
    for each in Team.objects.order_by("name"):
        below.setdefault(each.parent_id, []).append(each)
    working = User.objects.filter(is_active=True, team__isnull=False).order_by().values("team")
    people = dict(working.annotate(n=Count("pk")).values_list("team", "n"))
    nodes: list[Node] = []

    def walk(parent: Team | None, depth: int) -> None:
        for team in below.get(parent.pk if parent else None, []):
            nodes.append(Node(team, depth, parent.name if parent else "", people.get(team.pk, 0)))
            walk(team, depth + 1)

    walk(None, 0)
    return nodes


@transaction.atomic
def add_team(*, name: str, parent: Team | None, pulls: bool, by: User, at: datetime) -> Team:
    """TreeError."""
    team = Team(name=name, parent=parent, pulls=pulls)
    _check(team)
    team.save()
    record("staff.team_added", by=by, at=at, subject=team, **facts_of(team))
    return team


@transaction.atomic
def change_team(team: Team, *, name: str, parent: Team | None, pulls: bool, seen: str, by: User, at: datetime) -> None:
    """TreeError, ChangedMeanwhileError. Teams are locked, so that two changes together make no ring."""
    list(Team.objects.select_for_update().order_by("pk"))
    team.refresh_from_db()
    before = facts_of(team)
    require_as_seen(before, seen)
    team.name, team.parent, team.pulls = name, parent, pulls
    _check(team)
    team.save(update_fields=["name", "parent", "pulls"])
    record("staff.team_changed", by=by, at=at, subject=team, before=before, after=facts_of(team))


def facts_of(team: Team) -> dict[str, Any]:
    """What can be changed of a team."""
    return {"name": team.name, "parent": team.parent_id, "pulls": team.pulls}


def _check(team: Team) -> None:
    parents = dict(Team.objects.values_list("pk", "parent"))
    above, at = 0, team.parent_id
    while at is not None:
        if at == team.pk:
            raise TreeError(_("A team cannot stand below itself."))
        above, at = above + 1, parents.get(at)
    if above + _height(team.pk, parents) > TEAM_LEVELS:
        raise TreeError(_("Teams stand at most %(levels)s deep.") % {"levels": TEAM_LEVELS})


def _height(pk: int | None, parents: dict[int, int | None]) -> int:
    """Levels from this team down, itself included."""
    children = [child for child, parent in parents.items() if parent == pk] if pk is not None else []
    return 1 + max((_height(child, parents) for child in children), default=0)
