"""Passwords and second factors changed: by oneself, or by an administrator for somebody else. Either ends the other sessions."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.record import record
from staff.models import Factor, RecoveryCode, User
from staff.people import SelfChangeError
from staff.sessions import end_sessions


@transaction.atomic
def change_own_password(person: User, *, password: str, session: str | None, at: datetime) -> None:
    """The person's own change; the session in which it was made stays."""
    _set(person, password)
    ended = end_sessions(person, but=session)
    record("staff.password_changed", by=person, at=at, subject=person, ended=ended)


@transaction.atomic
def set_password(person: User, *, password: str, by: User, at: datetime) -> None:
    """A new password for somebody who lost theirs."""
    _refuse_oneself(person, by)
    _set(person, password)
    ended = end_sessions(person)
    record("staff.password_set", by=by, at=at, subject=person, username=person.username, ended=ended)


@transaction.atomic
def reset_factor(person: User, *, by: User, at: datetime) -> None:
    """Forget the authenticator and its recovery codes: at the next sign-in a new one is set up."""
    _refuse_oneself(person, by)
    Factor.objects.filter(user=person).delete()
    RecoveryCode.objects.filter(user=person).delete()
    ended = end_sessions(person)
    record("staff.factor_reset", by=by, at=at, subject=person, username=person.username, ended=ended)


@transaction.atomic
def sign_out_everywhere(person: User, *, by: User, at: datetime) -> int:
    """End a person's sessions and tokens."""
    ended = end_sessions(person)
    record("staff.signed_out_everywhere", by=by, at=at, subject=person, username=person.username, ended=ended)
    return ended


@transaction.atomic
def end_other_sessions(person: User, *, session: str | None, at: datetime) -> int:
    """End a person's own sessions but the one at hand."""
    ended = end_sessions(person, but=session)
    record("staff.other_sessions_ended", by=person, at=at, subject=person, ended=ended)
    return ended


def _set(person: User, password: str) -> None:
    person.set_password(password)
    person.save(update_fields=["password"])


def _refuse_oneself(person: User, by: User) -> None:
    if person.pk == by.pk:
        raise SelfChangeError(_("Your own role and access can only be changed by another administrator."))
