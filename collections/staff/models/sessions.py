"""Sessions, each known by its person, so that they can be listed and ended."""

from typing import Any, ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models


class SessionManager(BaseSessionManager["Session"]):
    """A session is read together with its person and their team, whom every page asks for next."""

    def get_queryset(self) -> "models.QuerySet[Session]":
        return super().get_queryset().select_related("user__team")


class Session(AbstractBaseSession):
    """Somebody at a browser. `seen_at` moves with what the person does, at most once a minute."""

    user = models.ForeignKey("staff.User", models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> Any:
        from staff.session_store import SessionStore

        return SessionStore
