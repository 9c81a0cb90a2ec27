"""The people of the demo: one sign-in per role, and colleagues who cannot sign in."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from cases.absences import note_absence
from staff.demo import TEAM, ensure_sign_ins
from staff.models import Role, Team, User


class Colleague(NamedTuple):
    username: str
    name: str
    team: str
    capacity: int


COLLEAGUES = [
    Colleague("chen.jie", "Chen Jie 陈杰", TEAM, 150),
    Colleague("wang.lan", "Wang Lan 王兰", TEAM, 150),
    Colleague("liu.fang", "Liu Fang 刘芳", TEAM, 110),
    Colleague("owen", "Owen Hart", TEAM, 120),
    Colleague("zhao.min", "Zhao Min 赵敏", "Team Two", 120),
    Colleague("sun.lei", "Sun Lei 孙磊", "Team Two", 120),
]
DEMO_AGENT_CAPACITY = 100
AWAY = "liu.fang"


def write_team() -> tuple[User, list[User]]:
    """Make everybody; gives the supervisor and the agents of their team, the demo's own agent first."""
    ensure_sign_ins()
    with transaction.atomic():
        for one in COLLEAGUES:
            team, _ = Team.objects.get_or_create(name=one.team)
            colleague = User(
                username=one.username, display_name=one.name, team=team, role=Role.AGENT, capacity=one.capacity
            )
            colleague.set_unusable_password()
            colleague.save()
        User.objects.filter(username="agent").update(capacity=DEMO_AGENT_CAPACITY)
    supervisor = User.objects.get(username="supervisor")
    agents = list(User.objects.agents().filter(team__name=TEAM).order_by("username"))
    return supervisor, agents


def send_on_leave(*, by: User, day: date, at: datetime) -> None:
    """One colleague is away from the last day on: their cases wait to be moved."""
    away = User.objects.get(username=AWAY)
    note_absence(user=away, from_on=day, to_on=day + timedelta(days=4), reason="Annual leave", by=by, at=at)
