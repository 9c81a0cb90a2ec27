"""How Twilio signs its webhooks (https://www.twilio.com/docs/usage/security): base64 of HMAC-SHA1, under the account's token, of
the address as Twilio called it, followed by every posted field and its value in the order of the fields' names.
"""

import base64
import hashlib
import hmac

from django.utils.datastructures import MultiValueDict


def signature_of(token: str, url: str, fields: MultiValueDict[str, str]) -> str:
    """What `X-Twilio-Signature` has to be."""
    words = "".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields.getlist(name))))
    return base64.b64encode(hmac.new(token.encode(), (url + words).encode(), hashlib.sha1).digest()).decode()


def is_signed(signature: str, token: str, url: str, fields: MultiValueDict[str, str]) -> bool:
    expected = signature_of(token, url, fields)
    return bool(token) and signature.isascii() and hmac.compare_digest(expected, signature)
