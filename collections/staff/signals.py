"""Sign-ins and sign-outs go into the record."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.dispatch import receiver

from audit.clock import now
from audit.record import record
from staff.models import User


@receiver(user_logged_in)
def record_sign_in(sender: Any, user: User, **_: Any) -> None:
    with transaction.atomic():
        record("staff.signed_in", by=user, at=now(), subject=user)


@receiver(user_logged_out)
def record_sign_out(sender: Any, user: User | None, **_: Any) -> None:
    if user is not None:
        with transaction.atomic():
            record("staff.signed_out", by=user, at=now(), subject=user)
