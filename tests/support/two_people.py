"""The doors at which a second person decides what the clerk has asked for: each page, and its twin for machines."""

import json
import secrets
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from staff.models import User
from staff.once import FIELD
from two_desks import House

UNDECIDED = {"waiting", "withdrawn", "review", "sent_back"}


class Door(NamedTuple):
    """Where something is decided; `yes` is a verdict that passes for a person who may, `no` one against it."""

    about: str
    route: str
    yes: str = "approve"
    no: str = "reject"

    @property
    def is_api(self) -> bool:
        return self.route.startswith("/api/")

    @property
    def is_of_a_hash(self) -> bool:
        """Whether whoever decides says by its hash what they looked at."""
        return self.about in {"change", "waiver", "plan"}


DOORS = [
    Door("change", "/changes/<int:pk>/decide/"),
    Door("change", "/api/v1/changes/<int:pk>/decision/"),
    Door("waiver", "/waivers/<int:pk>/decide/"),
    Door("waiver", "/api/v1/waivers/<int:pk>/decision/"),
    # all of the house's payment settles something: it may be turned down only
    Door("refund", "/refunds/<int:pk>/decide/", yes="reject"),
    Door("refund", "/api/v1/refunds/<int:pk>/decision/", yes="reject"),
    Door("referral", "/referrals/<int:pk>/decide/", no="refuse"),
    Door("referral", "/api/v1/referrals/<int:pk>/decision/", no="refuse"),
    Door("plan", "/plans/<int:pk>/decide/"),
    Door("plan", "/api/v1/plans/<int:pk>/decision/"),
    Door("representative", "/mandates/<int:pk>/verify/"),
]


def row_of(house: House, door: Door, at: str = "north") -> Any:
    """What is to be decided there, as it stands now."""
    row = house.desk(at).rows[door.about]
    return type(row)._default_manager.get(pk=row.pk)


def is_decided(row: Any) -> bool:
    return row.verified_at is not None if hasattr(row, "verified_at") else row.state not in UNDECIDED


def all_waiting(house: House, door: Door) -> bool:
    """Whether nothing of that kind is decided, at either desk."""
    return not any(is_decided(row_of(house, door, at)) for at in ("north", "south"))


def looked_at(house: House, door: Door, at: str = "north") -> dict[str, Any]:
    """What the form of somebody who looks at it now would send."""
    row = row_of(house, door, at)
    seen = {"payload_hash": getattr(row, "payload_hash", ""), "seen": getattr(row, "version", "")}
    return {"verdict": door.yes, "words": "Seen.", "reason": "Seen."} | seen


def knock(
    house: House,
    door: Door,
    browser: Client,
    *,
    method: str = "POST",
    address: str = "",
    key: str | None = None,
    headers: dict[str, str] | None = None,
    as_api: bool | None = None,
    body: dict[str, Any] | None = None,
) -> Any:
    """What somebody is answered who sends that form; what is not given is as an honest person sends it."""
    address = address or house.address(door.route, door.about)
    key = secrets.token_hex(8) if key is None else key
    typed, cookies = looked_at(house, door) | (body or {}), SimpleCookie(browser.cookies)
    if door.is_api if as_api is None else as_api:
        more: dict[str, Any] = {"data": json.dumps(typed), "content_type": "application/json"}
    else:
        more = {"data": encode_multipart(BOUNDARY, {FIELD: key, **typed}), "content_type": MULTIPART_CONTENT}
    answer = browser.generic(method, address, headers={"Idempotency-Key": key, **(headers or {})}, **more)
    browser.cookies = cookies
    return answer


def signed_in(person: User, **more: Any) -> Client:
    """A browser in which that person, as the database has them now, has just signed in."""
    client = Client(raise_request_exception=False, **more)
    client.force_login(User.objects.get(pk=person.pk))
    return client
