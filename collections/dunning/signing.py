"""Signatures of webhooks: HMAC-SHA256 over `timestamp.body`, at most five minutes old, any of the provider's keys."""

import hashlib
import hmac
from collections import defaultdict

SKEW_SECONDS_MAX = 300


def secrets_of(setting: str) -> dict[str, list[str]]:
    """`provider:keyid:secret,…` as secrets by provider; two keys of one provider are both valid while keys rotate."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in filter(None, (part.strip() for part in setting.split(","))):
        provider, _, rest = item.partition(":")
        _key_id, _, secret = rest.partition(":")
        if provider and secret:
            found[provider].append(secret)
    return dict(found)


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(*, secrets: list[str], timestamp: str, signature: str, body: bytes, unix_now: float) -> bool:
    """Whether one of the secrets signed this body at about this time; every comparison takes the same time."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and signature.isascii()):
        return False
    is_fresh = abs(unix_now - int(timestamp)) <= SKEW_SECONDS_MAX
    matches = [hmac.compare_digest(signature_of(secret, timestamp, body), signature.lower()) for secret in secrets]
    return is_fresh and any(matches)
