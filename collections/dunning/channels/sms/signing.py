"""How a request to a carrier is signed: a time, a number used once, and the digest of both with the body.

`X-Signature` is the hex HMAC-SHA256 of `timestamp.nonce.body` under the shared secret; `X-Key-Id` says under whose.
"""

import hashlib
import hmac


def signed(body: bytes, *, account: str, secret: str, timestamp: str, nonce: str) -> dict[str, str]:
    """The headers that sign this body."""
    return {
        "X-Key-Id": account,
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Signature": signature_of(secret, timestamp, nonce, body),
    }


def signature_of(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
