"""A machine that signs what it posts."""

import hashlib
import hmac
import json
from typing import Any

from django.test import Client

from audit.clock import machine_now


def post_signed(url: str, body: Any, *, secret: str, age: int = 0, tamper: bytes = b"") -> Any:
    """Post `body` (raw bytes, or made into JSON), signed `age` seconds ago; `tamper` is added after signing."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(machine_now().timestamp()) - age)
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
    answer: Any = Client(enforce_csrf_checks=True, raise_request_exception=False).post(
        url, raw + tamper, content_type="application/json", headers={"X-Timestamp": stamp, "X-Signature": signature}
    )
    return answer
