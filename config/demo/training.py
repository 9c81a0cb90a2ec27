"""Everybody in the demo has passed the examination that the stages ask for; two of them have to sit it again soon."""

from datetime import date, timedelta

from cases.stage_publishing import put_forward_plan
from cases.stages import HOUSE
from config.demo.days import instant
from lending.changes import decide
from staff.models import Training, User
from staff.training import record_training

EXAM_DAYS = 365
LAST_YEAR = {"chen.jie", "agent"}
"""Whose examination ends within the month."""


def train(supervisor: User, day: date) -> None:
    """Publish that every stage asks for an examination within the year, and record everybody's."""
    for n, agent in enumerate(User.objects.agents().order_by("username")):
        exam_on = day - timedelta(days=EXAM_DAYS - 20 if agent.username in LAST_YEAR else 40 + 30 * n)
        record_training(
            user=agent, kind=Training.Kind.YEARLY, values=[], trained_on=exam_on - timedelta(days=2), exam_on=exam_on,
            score=84 + 2 * n, evidence=f"2026-{n + 1:02d}", by=supervisor, at=instant(day, 8), on=day,
        )  # fmt: skip
    plan = HOUSE._replace(stages=tuple(stage._replace(exam_days=EXAM_DAYS) for stage in HOUSE.stages))
    tomorrow, at = day + timedelta(days=1), instant(day, 8, 5)
    change = put_forward_plan(plan, from_on=tomorrow, words="Training rule of the year", by=supervisor, at=at, on=day)
    manager = User.objects.get(username="manager")
    decide(change, approve=True, words="", payload_hash=change.payload_hash, by=manager, at=at, on=day)
