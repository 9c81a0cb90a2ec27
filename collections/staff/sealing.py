"""Text and files encrypted at rest: AES-SIV under the newest key, prefixed with that key's id, so that keys can rotate.

The same text under the same key is the same cipher text.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings


class KeyMissingError(LookupError):
    """A stored value names an encryption key that is not configured, or was tampered with."""


@lru_cache(maxsize=8)
def _ciphers(keys: str) -> dict[str, AESSIV]:
    """Key id to cipher, newest first."""
    ciphers = {}
    for item in keys.split(","):
        key_id, _, key = item.strip().rpartition(":")
        ciphers[key_id or "1"] = AESSIV(hashlib.sha512(key.encode()).digest())
    return ciphers


def newest_key() -> str:
    """The id of the key under which everything is written now."""
    return next(iter(_ciphers(settings.FIELD_KEYS)))


def encrypt(text: str) -> str:
    key_id, cipher = next(iter(_ciphers(settings.FIELD_KEYS).items()))
    return f"{key_id}:{base64.b64encode(cipher.encrypt(text.encode(), None)).decode()}" if text else ""


def decrypt(stored: str) -> str:
    if not stored:
        return ""
    key_id, _, body = stored.partition(":")
    try:
        return _ciphers(settings.FIELD_KEYS)[key_id].decrypt(base64.b64decode(body), None).decode()
    except (KeyError, ValueError, InvalidTag):
        raise KeyMissingError(f"a stored value cannot be read with key '{key_id}'") from None


def seal(content: bytes) -> bytes:
    """Bytes of a file, encrypted."""
    key_id, cipher = next(iter(_ciphers(settings.FIELD_KEYS).items()))
    return key_id.encode() + b":" + cipher.encrypt(content, None)


def unseal(stored: bytes) -> bytes:
    key_id, _, body = stored.partition(b":")
    try:
        return _ciphers(settings.FIELD_KEYS)[key_id.decode()].decrypt(body, None)
    except (KeyError, ValueError, InvalidTag):
        raise KeyMissingError("a stored file cannot be read with the keys that are configured") from None
