"""What production refuses: anything missing, anything that only a demonstration may have, keys that can be guessed."""

from collections.abc import Iterator, Mapping
from itertools import chain
from urllib.parse import urlsplit

WANTED = (
    *("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "DATABASE_URL", "BROKER_URL"),
    *("VAR_DIR", "ALLOWED_HOSTS", "PUBLIC_URL", "PROVIDER_URL"),
)
INSTEAD = {"PROVIDER_URL": "GATEWAYS"}
"""What may stand in the place of what is wanted."""
REFUSED = ("CLOCK", "FAILPOINT")
REFUSED_IF_ON = ("DEBUG", "DEMO")
ON = frozenset({"1", "true", "on", "ok", "y", "yes"})
KEY_CHARACTERS_MIN, KEY_DIFFERENT_MIN = 50, 5
"""The same bounds as Django's own deployment check."""
FIELD_KEY_CHARACTERS_MIN = 16
"""Keys of fields and digests go through SHA-512 or HMAC: 16 random characters are enough."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def production_fault(environment: Mapping[str, str]) -> str:
    """Why production does not start with this environment; empty when it may."""
    return next(chain(_missing(environment), _out_of_place(environment), _guessable(environment)), "")


def _missing(environment: Mapping[str, str]) -> Iterator[str]:
    for name in WANTED:
        instead = environment.get(INSTEAD.get(name, ""), "")
        if not environment.get(name, "").strip() and not instead.strip():
            yield f"{name} must be set in production"


def _out_of_place(environment: Mapping[str, str]) -> Iterator[str]:
    for name in REFUSED:
        if environment.get(name):
            yield f"{name} may not be set in production"
    for name in REFUSED_IF_ON:
        if environment.get(name, "").strip().lower() in ON:
            yield f"{name} may not be on in production"
    if any("*" in host for host in environment["ALLOWED_HOSTS"].split(",")):
        yield "ALLOWED_HOSTS must name the hosts in production, without '*'"
    public = urlsplit(environment["PUBLIC_URL"])
    if public.scheme != "https" and public.hostname not in LOOPBACK:
        yield "PUBLIC_URL must begin with https:// in production"


def _guessable(environment: Mapping[str, str]) -> Iterator[str]:
    secret, index = environment["SECRET_KEY"], environment["INDEX_KEY"]
    fields = [key.strip().rpartition(":")[2] for key in environment["FIELD_KEYS"].split(",")]
    if is_weak(secret):
        yield (
            f"SECRET_KEY can be guessed: it wants {KEY_CHARACTERS_MIN} random characters, "
            "such as `openssl rand -base64 48` prints"
        )
    for name, key in [*(("FIELD_KEYS", key) for key in fields), ("INDEX_KEY", index)]:
        if len(key) < FIELD_KEY_CHARACTERS_MIN or len(set(key)) < KEY_DIFFERENT_MIN:
            yield f"{name} can be guessed: it wants {FIELD_KEY_CHARACTERS_MIN} random characters or more"
    if len({secret, index, *fields}) < 2 + len(fields):
        yield "SECRET_KEY, FIELD_KEYS and INDEX_KEY must differ from each other"


def is_weak(key: str) -> bool:
    return (
        len(key) < KEY_CHARACTERS_MIN or len(set(key)) < KEY_DIFFERENT_MIN or key.lower().startswith("django-insecure-")
    )
