"""The door before a password or a code: a try is counted, and that is committed, before anything is compared.

For one user name at most ten guesses are looked at in any half hour, however many come at once and from however many places:
four from places where the person has signed in before, six from anywhere else, and of these four from one place. So whoever
guesses from one place shuts that place and never the person elsewhere; whoever guesses from everywhere never shuts the
places where the person is known. A place (an address) gets a hundred tries over all names before it is shut itself.

A right answer gives its try back. Tries that are minutes apart add up; half an hour without one clears the count.
"""

import time
import unicodedata
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.crypto import salted_hmac

from audit.clock import machine_now
from audit.record import record
from staff.models import Door, User

Kind = Door.Kind
TRIES_MAX = {Kind.ADDRESS: 100, Kind.PLACE: 4, Kind.ELSEWHERE: 6, Kind.KNOWN: 4, Kind.CODE: 5}
COOL_OFF = timedelta(minutes=30)
KNOWN_FOR = timedelta(days=90)
PATIENCE = timedelta(seconds=1)
"""How long a try waits for others that are just being looked at: right ones give their place back."""
PAUSE_SECONDS = 0.05


class DoorShutError(Exception):
    """Nothing was looked at; `until` is when the door opens by itself."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"shut until {until.isoformat()}")
        self.until = until


class Mark(NamedTuple):
    """One counter of a try."""

    kind: Door.Kind
    key: str
    user: User | None = None
    address: str = ""


def password_tries(username: str, address: str, at: datetime) -> list[list[Mark]]:
    """The ways in for a password, the first open one is taken: as somebody known there, or as anybody."""
    name = _name_of(username)
    user = User.objects.filter(username=username).first()
    place = Mark(Kind.PLACE, _place_key(username, address), user, address)
    stranger = [
        Mark(Kind.ADDRESS, digest(address), None, address),
        place,
        Mark(Kind.ELSEWHERE, digest(name), user),
    ]
    is_known = Door.objects.filter(kind=place.kind, key=place.key, welcome_at__gt=at - KNOWN_FOR).exists()
    return [[Mark(Kind.KNOWN, digest(name), user)], stranger] if is_known else [stranger]


def code_tries(user: User) -> list[list[Mark]]:
    return [[Mark(Kind.CODE, digest(str(user.pk)), user)]]


def take(ways: list[list[Mark]]) -> list[Mark]:
    """Count a try on the first way that is open; DoorShutError when none is, and nothing was written then."""
    while True:
        at = machine_now()
        shut = None
        for way in ways:
            shut = _shut_on(way, at) or _count(way, at)
            if shut is None:
                return way
        assert shut is not None, "there is always a way"
        if at - shut.last_at > PATIENCE:
            raise DoorShutError(shut.last_at + COOL_OFF)
        time.sleep(PAUSE_SECONDS)


@transaction.atomic
def give_back(way: list[Mark]) -> None:
    """The answer was right: its try does not count."""
    for mark in way:
        Door.objects.filter(kind=mark.kind, key=mark.key, tries__gt=0).update(tries=F("tries") - 1)


def welcome(user: User, address: str, at: datetime) -> None:
    """The right password came from that place: it is one where the person is known."""
    here = Door.objects.filter(kind=Kind.PLACE, key=_place_key(user.username, address))
    if not here.update(welcome_at=at, tries=0, user=user):
        Door.objects.bulk_create(
            [
                Door(
                    kind=Kind.PLACE,
                    key=_place_key(user.username, address),
                    user=user,
                    address=address,
                    tries=0,
                    last_at=at,
                    welcome_at=at,
                )
            ],
            ignore_conflicts=True,
        )


def is_now_shut(way: list[Mark]) -> bool:
    """Whether the try just counted was the last one that this way allows."""
    return any(
        Door.objects.filter(kind=mark.kind, key=mark.key, tries__gte=TRIES_MAX[mark.kind]).exists() for mark in way
    )


def shut_doors(at: datetime) -> models.QuerySet[Door]:
    """Doors that are shut now and that an administrator can name."""
    full = Q()
    for kind, tries in TRIES_MAX.items():
        full |= Q(kind=kind, tries__gte=tries)
    named = Q(user__isnull=False) | Q(kind=Kind.ADDRESS)
    return Door.objects.filter(full, named, last_at__gt=at - COOL_OFF).select_related("user").order_by("-last_at")


@transaction.atomic
def lift(door: Door, *, by: User, at: datetime) -> None:
    """Let the person, or the address, try again at once."""
    same = Q(user=door.user) if door.user else Q(kind=door.kind, key=door.key)
    Door.objects.filter(same).update(tries=0)
    record("staff.door_lifted", by=by, at=at, subject=door.user, address=door.address, kind=door.kind)


def stale(at: datetime) -> models.QuerySet[Door]:
    """Counters that say nothing any more."""
    says_nothing = Q(welcome_at=None) | Q(welcome_at__lt=at - KNOWN_FOR)
    return Door.objects.filter(says_nothing, last_at__lt=at - COOL_OFF)


def _name_of(username: str) -> str:
    """The name under which its spellings are counted together."""
    return unicodedata.normalize("NFKC", username).casefold()


def _place_key(username: str, address: str) -> str:
    return digest(f"{_name_of(username)}@{address}")


def digest(text: str) -> str:
    return salted_hmac("staff.doors", text, algorithm="sha256").hexdigest()


def _shut_on(way: list[Mark], at: datetime) -> Door | None:
    """A counter of the way that is full, seen without a lock: whoever hammers on a shut door keeps nobody from writing."""
    counters = Q()
    for mark in way:
        counters |= Q(kind=mark.kind, key=mark.key, tries__gte=TRIES_MAX[mark.kind])
    return Door.objects.filter(counters, last_at__gt=at - COOL_OFF).first()


def _count(way: list[Mark], at: datetime) -> Door | None:
    """Count on every counter of the way or on none; the counter that is full."""
    try:
        with transaction.atomic():
            for mark in way:
                _raise(mark, at)
    except _FullError as full:
        return full.door
    return None


class _FullError(Exception):
    def __init__(self, door: Door) -> None:
        self.door = door


def _raise(mark: Mark, at: datetime) -> None:
    """One more try on a counter. A conditional update: of many at once the database lets only as many through as are left."""
    here = Door.objects.filter(kind=mark.kind, key=mark.key)
    is_over = Q(last_at__lte=at - COOL_OFF)
    open_ones = here.filter(is_over | Q(tries__lt=TRIES_MAX[mark.kind]))
    raised = Case(When(is_over, then=Value(1)), default=F("tries") + 1)
    if open_ones.update(tries=raised, last_at=at):
        return
    try:
        with transaction.atomic():
            Door.objects.create(**mark._asdict(), tries=1, last_at=at)
    except IntegrityError:
        if not open_ones.update(tries=raised, last_at=at):
            raise _FullError(here.get()) from None
