"""The second factor: who owes one, how it is set up, and that each code is good once.

A session says what it owes: `none` (the role has no second factor, or this is a demonstration), `enrol` (an authenticator must
be set up first), `code`, or `given`.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from audit.clock import machine_now
from audit.record import record
from staff import doors, totp
from staff.models import Factor, RecoveryCode, Role, User
from staff.sealing import decrypt, encrypt

NONE, ENROL, CODE, GIVEN = "none", "enrol", "code", "given"
SIGNED_IN = frozenset({NONE, GIVEN})
ROLES = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR})
RECOVERY_CODES = 10
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12
"""Sixty random bits: a keyed digest is enough to keep it by."""


class CodeError(Exception):
    """The code was not right, or was used before."""


def is_asked_of(user: User) -> bool:
    return not settings.DEMO and user.role in ROLES


def owed_by(user: User) -> str:
    """What a person owes who has just given the right password."""
    if not is_asked_of(user):
        return NONE
    return CODE if Factor.objects.filter(user=user).exists() else ENROL


def check(user: User, code: str, *, at: datetime) -> None:
    """Take a code of the authenticator or a recovery code, once. CodeError, or DoorShutError before anything is looked at."""
    way = doors.take(doors.code_tries(user))
    given = "".join(code.split()).replace("-", "").upper()
    with transaction.atomic():
        is_right = _spend_step(user, given) if given.isdecimal() and len(given) == totp.DIGITS else False
        is_recovery = not is_right and _spend_recovery(user, given)
        if is_recovery:
            left = user.recovery_codes.filter(used_at=None).count()
            record("staff.recovery_code_used", by=user, at=at, subject=user, left=left)
        if not (is_right or is_recovery):
            record("staff.code_refused", by=user, at=at, subject=user)
            if doors.is_now_shut(way):
                record("staff.door_shut", by=None, at=at, subject=user, username=user.username)
    if not (is_right or is_recovery):
        raise CodeError
    doors.give_back(way)


@transaction.atomic
def enrol(user: User, secret: str, code: str, *, at: datetime) -> list[str]:
    """Set up the authenticator that shows this code; the recovery codes, told this once."""
    step = totp.step_of(secret, "".join(code.split()), totp.step_at(machine_now().timestamp()))
    if step is None:
        raise CodeError
    _row, is_new = Factor.objects.get_or_create(
        user=user, defaults={"secret": encrypt(secret), "last_step": step, "made_at": at}
    )
    if not is_new:
        raise CodeError
    record("staff.factor_set_up", by=user, at=at, subject=user)
    return _new_codes(user)


@transaction.atomic
def renew_recovery_codes(user: User, *, at: datetime) -> list[str]:
    """Ten new codes; the old ones are void."""
    record("staff.recovery_codes_renewed", by=user, at=at, subject=user)
    return _new_codes(user)


def _new_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _spend_step(user: User, code: str) -> bool:
    """Compare-and-set on the newest step taken: of the same code sent twice at once, one wins."""
    factor = Factor.objects.filter(user=user).first()
    if factor is None:
        return False
    step = totp.step_of(decrypt(factor.secret), code, totp.step_at(machine_now().timestamp()))
    return step is not None and bool(Factor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step))


def _spend_recovery(user: User, code: str) -> bool:
    unused = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    return bool(unused.update(used_at=machine_now()))


def _digest(user: User, code: str) -> str:
    return salted_hmac("staff.factors", f"{user.pk}:{code}", algorithm="sha256").hexdigest()
