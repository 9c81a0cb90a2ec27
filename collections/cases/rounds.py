"""A round through what is due: it goes on, and does not come back to what was passed over before everything else was seen.

What was passed over is kept in the session, with the moment; a case that fell due after that moment (its callback has come) is
new again. Opening My day begins a new round.
"""

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

from cases.models import Case
from cases.worklist import due_at
from staff.models import User

PASSED = "cases.passed"
KEPT_MAX = 300
"""More than anybody's capacity; the oldest are forgotten first."""


def begin_round(session: SessionBase) -> None:
    session.pop(PASSED, None)


def pass_over(session: SessionBase, pk: int, at: datetime) -> None:
    """This person leaves the case as it is now."""
    passed = {key: moment for key, moment in session.get(PASSED, {}).items() if key != str(pk)}
    kept = list(passed.items())[-(KEPT_MAX - 1) :]
    session[PASSED] = {**dict(kept), str(pk): at.timestamp()}


def next_of_round(session: SessionBase, user: User, at: datetime) -> int | None:
    """The most urgent of one's own due cases that was not passed over in this round. One query."""
    passed: dict[str, float] = session.get(PASSED, {})
    own = due_at(Case.objects.visible_to(user).open().filter(owner=user), at)
    rows = own.order_by("-priority", "pk").values_list("pk", "next_at")[: len(passed) + 1]
    return next((pk for pk, since in rows if not _was_passed(passed.get(str(pk)), since)), None)


def _was_passed(moment: float | None, since: datetime | None) -> bool:
    return moment is not None and (since is None or since.timestamp() <= moment)
