"""Every password is tried here, from the page and from the API alike, and only after its try was counted."""

from contextvars import ContextVar
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.http import HttpRequest

from audit.clock import machine_now, now
from audit.record import record
from staff import doors
from staff.addresses import client_address, network_of
from staff.models import User

with_session: ContextVar[User | None] = ContextVar("with_session", default=None)
"""The person who was read with the session that is being looked at, so that nobody is read twice."""


class DoorBackend(ModelBackend):
    """Django's own, behind the door. Raises `DoorShutError` when nothing was looked at."""

    def get_user(self, user_id: int) -> User | None:
        person = with_session.get()
        if person is None or person.pk != user_id:
            return super().get_user(user_id)
        return person if self.user_can_authenticate(person) else None

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        address = network_of(client_address(request)) if request else ""
        way = doors.take(doors.password_tries(username, address, machine_now()))
        user = super().authenticate(request, username=username, password=password)
        if isinstance(user, User):
            with transaction.atomic():
                doors.give_back(way)
                doors.welcome(user, address, machine_now())
            return user
        note_failure(username, way)
        return None


@transaction.atomic
def note_failure(username: str, way: list[doors.Mark]) -> None:
    """On record: of whom, if there is such a person; what was typed as a name is told to nobody, it may be a password."""
    at, person = now(), User.objects.filter(username=username).first()
    facts = {"username": person.username} if person else {}
    record("staff.sign_in_failed", by=None, at=at, subject=person, **facts)
    if doors.is_now_shut(way):
        record("staff.door_shut", by=None, at=at, subject=person, **facts)
