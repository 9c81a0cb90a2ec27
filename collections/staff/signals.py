"""Sign-ins and sign-outs go into the record."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from audit.clock import now
from audit.record import record
from staff import factors, sessions
from staff.models import User


@receiver(user_logged_in)
def begin_session(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """The password was right. Whoever owes the second factor has not signed in yet."""
    with transaction.atomic():
        sessions.begin(request, user)
        owed = request.session[sessions.FACTOR]
        record("staff.signed_in" if owed == factors.NONE else "staff.password_given", by=user, at=now(), subject=user)


@receiver(user_logged_out)
def record_sign_out(sender: Any, user: User | None, **_: Any) -> None:
    if user is not None:
        with transaction.atomic():
            record("staff.signed_out", by=user, at=now(), subject=user)
