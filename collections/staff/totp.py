"""Time-based one-time passwords (RFC 6238): six digits, half a minute, SHA-1, as every authenticator app reads them."""

import base64
import hmac
import secrets
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1
"""How many half minutes the phone's clock may be off, either way."""
SECRET_BYTES = 20


def new_secret() -> str:
    """A secret in base32, as it is typed in by hand."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_at(seconds: float) -> int:
    return int(seconds // STEP_SECONDS)


def code_of(secret: str, step: int) -> str:
    """The code of one half minute (RFC 4226, dynamic truncation)."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, now_step: int) -> int | None:
    """The half minute whose code this is, within the drift; every comparison takes the same time."""
    found = None
    for step in range(now_step - DRIFT_STEPS, now_step + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode()):
            found = step
    return found


def address_of(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code says to the app."""
    label = f"{quote(issuer)}:{quote(account)}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}&digits={DIGITS}&period={STEP_SECONDS}"
