"""What production refuses: anything missing, anything that only a demonstration may have, keys that can be guessed."""

from collections.abc import Mapping

WANTED = (
    *("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "DATABASE_URL", "BROKER_URL"),
    *("VAR_DIR", "ALLOWED_HOSTS", "PUBLIC_URL", "PROVIDER_URL"),
)
REFUSED = ("CLOCK", "FAILPOINT")
REFUSED_IF_ON = ("DEBUG", "DEMO")
ON = frozenset({"1", "true", "on", "ok", "y", "yes"})
KEY_CHARACTERS_MIN, KEY_DIFFERENT_MIN = 50, 5
"""The same bounds as Django's own deployment check."""


def production_fault(environment: Mapping[str, str]) -> str:
    """Why production does not start with this environment; empty when it may."""
    for name in WANTED:
        if not environment.get(name, "").strip():
            return f"{name} must be set in production"
    for name in REFUSED:
        if environment.get(name):
            return f"{name} may not be set in production"
    for name in REFUSED_IF_ON:
        if environment.get(name, "").strip().lower() in ON:
            return f"{name} may not be on in production"
    if any("*" in host for host in environment["ALLOWED_HOSTS"].split(",")):
        return "ALLOWED_HOSTS must name the hosts in production, without '*'"
    if is_weak(environment["SECRET_KEY"]):
        return (
            f"SECRET_KEY can be guessed: it wants {KEY_CHARACTERS_MIN} random characters, "
            "such as `openssl rand -base64 48` prints"
        )
    return ""


def is_weak(key: str) -> bool:
    return (
        len(key) < KEY_CHARACTERS_MIN or len(set(key)) < KEY_DIFFERENT_MIN or key.lower().startswith("django-insecure-")
    )
