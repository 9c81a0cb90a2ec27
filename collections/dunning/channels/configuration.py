"""What gateways there are: read from the environment once, typed and checked. One that makes no sense keeps the console from
starting, and says which and why.

`GATEWAYS` is a JSON list of objects, or the path of a file with one; secrets stand apart in `GATEWAY_SECRETS`
(`name:secret,…`), so that the list may lie where anybody can read it. docs/gateways.md shows each key.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from dunning.channels.sms.mapping import Mapped, MappingError, mapped

HOUSE, SMS, TWILIO, EMAIL = "house", "sms", "twilio", "email"
SCHEMES = {
    HOUSE: {"http", "https"},
    SMS: {"http", "https"},
    TWILIO: {"http", "https"},
    EMAIL: {"smtp", "smtp+tls", "smtps"},
}
"""Each adapter, and how its address begins."""
CHANNELS = frozenset({"sms", "email", "letter", "voice"})
"""What goes out as a message."""
PROVIDER = "provider"
"""The name of the gateway at PROVIDER_URL."""
KINDS = ("idempotent", "plain")
COUNTRY = "86"
NAME_CHARACTERS_MAX = 40
SLUG = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class GatewaySettings:
    """A gateway as it is set up. `channels` are those it serves; none means all that are not `elsewhere`."""

    name: str
    adapter: str
    url: str
    kind: str = "plain"
    channels: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    account: str = ""
    secret: str = field(default="", repr=False)
    sender: str = ""
    senders: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    country: str = COUNTRY
    mapping: Mapped | None = None
    per_second: float = 0.0
    per_sender: float = 0.0
    faults: int = 10
    window_seconds: int = 60
    pause_seconds: int = 4

    @property
    def is_plain(self) -> bool:
        """Whether it cannot recognise a repeat by its key."""
        return self.kind == "plain"

    def sender_of(self, funder_code: str) -> str:
        """Under which sender it speaks for a creditor."""
        return self.senders.get(funder_code, self.sender)

    def serves(self, channel: str) -> bool:
        return channel in self.channels if self.channels else channel not in self.elsewhere


def house_gateway(url: str, kind: str, elsewhere: frozenset[str] = frozenset()) -> GatewaySettings:
    """The gateway at PROVIDER_URL, which takes whatever no other gateway serves."""
    return GatewaySettings(PROVIDER, HOUSE, url, kind, elsewhere=elsewhere)


def gateways_of(text: str, secrets: str = "") -> tuple[GatewaySettings, ...]:
    """The gateways of a setting; ImproperlyConfigured names the gateway and the key that is wrong."""
    known = dict(part.strip().split(":", 1) for part in secrets.split(",") if ":" in part)
    found = tuple(_gateway(row, known) for row in _rows(text))
    for twice, number in Counter(each.name for each in found).items():
        if number > 1 or twice == PROVIDER:
            raise ImproperlyConfigured(f"GATEWAYS: the name '{twice}' is taken")
    for channel, number in Counter(channel for each in found for channel in each.channels).items():
        if number > 1:
            raise ImproperlyConfigured(f"GATEWAYS: {number} gateways serve the channel '{channel}'")
    if unused := known.keys() - {each.name for each in found}:
        raise ImproperlyConfigured(f"GATEWAY_SECRETS names gateways that do not exist: {', '.join(sorted(unused))}")
    return found


def _rows(text: str) -> list[Any]:
    text = text.strip()
    if not text:
        return []
    try:
        rows = json.loads(text if text.startswith("[") else Path(text).read_text())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"GATEWAYS is a JSON list, or a file with one: {error}") from None
    if not isinstance(rows, list):
        raise ImproperlyConfigured("GATEWAYS is a JSON list")
    return rows


def _gateway(row: Any, secrets: Mapping[str, str]) -> GatewaySettings:
    if not isinstance(row, dict):
        raise ImproperlyConfigured("GATEWAYS: each gateway is an object")
    given = _Given(row)
    adapter = given.one_of("adapter", tuple(SCHEMES))
    found = GatewaySettings(
        name=given.name,
        adapter=adapter,
        url=given.address("url", SCHEMES[adapter]),
        kind=given.one_of("kind", KINDS if adapter in {HOUSE, SMS} else ("plain",), "plain"),
        channels=given.channels("channels"),
        account=given.text("account", is_wanted=adapter in {SMS, TWILIO}),
        secret=secrets.get(given.name, ""),
        sender=given.text("sender", is_wanted=adapter in {TWILIO, EMAIL}),
        senders=given.texts("senders"),
        subject=given.text("subject", is_wanted=adapter == EMAIL),
        country=given.text("country", COUNTRY),
        mapping=given.mapping("mapping") if adapter == SMS else None,
        per_second=given.number("per_second", 0.0),
        per_sender=given.number("per_sender", 0.0),
        faults=int(given.number("faults", 10, least=1)),
        window_seconds=int(given.number("window_seconds", 60, least=1)),
        pause_seconds=int(given.number("pause_seconds", 4, least=1)),
    )
    if adapter in {SMS, TWILIO} and not found.secret:
        raise given.wrong("secret", f"is wanted: {found.name}:… in GATEWAY_SECRETS")
    given.end()
    return found


class _Given:
    """One object of the list; every key is taken once, and what is left over is wrong."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row, self.name = dict(row), ""
        self.name = self.text("name", is_wanted=True)
        if len(self.name) > NAME_CHARACTERS_MAX or not SLUG.fullmatch(self.name):
            raise self.wrong("name", f"is 1 to {NAME_CHARACTERS_MAX} letters, digits, - and _")

    def wrong(self, key: str, why: str) -> ImproperlyConfigured:
        return ImproperlyConfigured(f"GATEWAYS: {key} of gateway '{self.name}' {why}")

    def end(self) -> None:
        for key in self.row:
            raise self.wrong(key, "means nothing to its adapter")

    def text(self, key: str, default: str = "", *, is_wanted: bool = False) -> str:
        value = self.row.pop(key, default)
        if not isinstance(value, str) or (is_wanted and not value):
            raise self.wrong(key, "is a text")
        return value

    def one_of(self, key: str, choices: tuple[str, ...], default: str = "") -> str:
        value = self.text(key, default)
        if value not in choices:
            raise self.wrong(key, f"is one of: {', '.join(choices)}")
        return value

    def address(self, key: str, schemes: set[str]) -> str:
        value = self.text(key, is_wanted=True)
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname:
            raise self.wrong(key, f"is an address that begins with {' or '.join(sorted(schemes))}://")
        return value

    def channels(self, key: str) -> frozenset[str]:
        value = self.row.pop(key, None)
        if not isinstance(value, list) or not value or not all(each in CHANNELS for each in value):
            raise self.wrong(key, f"is a list of: {', '.join(sorted(CHANNELS))}")
        return frozenset(value)

    def texts(self, key: str) -> dict[str, str]:
        value = self.row.pop(key, {})
        if not isinstance(value, dict) or not all(isinstance(each, str) and each for each in value.values()):
            raise self.wrong(key, "gives a text for each creditor's code")
        return value

    def number(self, key: str, default: float, *, least: float = 0) -> float:
        value = self.row.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= 1_000_000:
            raise self.wrong(key, f"is a number from {least:g} to 1000000")
        return value

    def mapping(self, key: str) -> Mapped:
        try:
            return mapped(self.row.pop(key, None))
        except MappingError as error:
            raise self.wrong(key, f": {error}") from None
