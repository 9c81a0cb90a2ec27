"""Pages that ask the API for a part do so in their session, and with the token against forgery."""

from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class CheckedSession(SessionAuthentication):
    """Looks for the token before the body is read, so that a forged request is refused as one, whatever its content type."""

    def enforce_csrf(self, request: Request) -> None:
        super().enforce_csrf(request._request)  # type: ignore[arg-type]  # noqa: SLF001


class CheckedSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    target_class = "staff.api_session.CheckedSession"
