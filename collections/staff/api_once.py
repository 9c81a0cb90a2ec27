"""A machine's POST sent twice acts once: `@once_by_key` on the view's method, `Idempotency-Key` on the request.

The key is spent in the transaction of the act and keeps its answer: the same key with the same body gets that answer again, with
200, and with another body or for another address 422. What was refused spends nothing.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.db import IntegrityError, transaction
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from audit.clock import now
from staff.models import SpentKey, User

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
KEY_MAX = 64
CONFLICT, OTHER_BODY = 409, 422
Method = Callable[..., Response]


class _RefusedError(Exception):
    """Rolls the key back with whatever was begun."""

    def __init__(self, response: Response) -> None:
        self.response = response


def once_by_key(method: Method) -> Method:
    """Guard a method of an API view that acts when it answers less than 400."""

    @wraps(method)
    def guarded(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "").strip()
        if not 0 < len(key) <= KEY_MAX:
            raise ValidationError({"Idempotency-Key": f"1 to {KEY_MAX} characters"})
        mine = {"user": cast(User, request.user), "key": key}
        asked = _print_of(request)
        try:
            with transaction.atomic():
                spent = SpentKey.objects.create(**mine, path=request.path, spent_at=now())
                response = method(view, request, *args, **kwargs)
                if response.status_code >= 400:
                    raise _RefusedError(response)
                kept = {"asked": asked, "told": response.data}
                SpentKey.objects.filter(pk=spent.pk).update(answer=json.dumps(kept, cls=JSONEncoder))
                return response
        except _RefusedError as refused:
            return refused.response
        except IntegrityError:
            first = SpentKey.objects.filter(**mine).first()
            if first is None:
                raise
            return _again(first, request.path, asked)

    return guarded


def other_body() -> Response:
    """The key was spent on something else: whoever sends this has mixed up two requests, and trying again is of no use."""
    return Response({"detail": "the key has other content"}, status=OTHER_BODY)


def _print_of(request: Request) -> str:
    return hashlib.sha256(json.dumps(request.data, sort_keys=True).encode()).hexdigest()


def _again(first: SpentKey, path: str, asked: str) -> Response:
    kept = json.loads(first.answer) if first.path == path else {}
    if kept.get("asked") != asked:
        return other_body()
    return Response(kept["told"])
