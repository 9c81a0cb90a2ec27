"""Where sessions are kept, and for how long one holds: an ended session is none, wherever it is asked for."""

from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField, QuerySet
from django.utils.dateparse import parse_datetime

from audit.clock import machine_now
from staff.models import Session
from staff.statements import Blank, statement

TOUCH = timedelta(minutes=1)
"""`seen_at` is moved no oftener than this, so a session ends up to a minute before its time and never after it."""


def _holding() -> QuerySet[Session]:
    kept_until = Blank("at", DateTimeField())
    return Session.objects.filter(session_key=Blank("key", CharField()), expire_date__gt=kept_until)


class SessionStore(DatabaseStore):
    """Sessions end after IDLE without a sign of the person, and AGE after they began, whatever happens."""

    ended = ""
    """Why the session that this request named holds no more: `idle`, `old`, or empty."""
    was_of: int | None = None
    """Whose session that was."""
    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Its row, in one statement that is put together once: every page begins with it."""
        at = machine_now()
        rows = statement(_holding).objects(key=self.session_key or "", at=at)
        row: Session | None = rows[0] if rows else None
        if row is None:
            self._session_key = None
        if row is None or row.user_id is None:
            return row
        if at - row.seen_at >= settings.SESSION_IDLE - TOUCH:
            self.ended = "idle"
        elif at - row.started_at >= settings.SESSION_AGE:
            self.ended = "old"
        else:
            self.row = row
            return row
        self.was_of = row.user_id
        self._session_key = None
        return None

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        at = machine_now()
        row.user_id = int(data["_auth_user_id"]) if "_auth_user_id" in data else None
        row.started_at = parse_datetime(data.get("started_at", "")) or at
        row.seen_at = at
        row.address, row.agent = data.get("address", ""), data.get("agent", "")
        return row

    def touch(self) -> None:
        """The person is there."""
        at = machine_now()
        if self.row and at - self.row.seen_at >= TOUCH:
            Session.objects.filter(pk=self.row.pk, seen_at__lt=at).update(seen_at=at)
