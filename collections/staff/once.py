"""A form sent twice acts once: `{% one_time_key %}` in the form, `@once` on its view.

The key is spent in the same transaction as the act, so a failed act leaves it good. A repeat gets the first answer's
redirect, without acting. A POST without a key is refused.
"""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.clock import now
from staff.models import SpentKey, User

FIELD = "one_time_key"


class _NotActedError(Exception):
    """Rolls the spent key back when the form was refused and will be sent again."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def new_key() -> str:
    return secrets.token_urlsafe(18)


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard the POST of a view; it must answer a redirect (or `HX-Redirect`, or 204) when it acted."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = request.POST.get(FIELD, "")
        if not key or len(key) > 64:
            return HttpResponseBadRequest(
                _("This form has no one-time key. Load the page again and send it once more.")
            )
        user = cast(User, request.user)
        try:
            with transaction.atomic():
                spent = SpentKey.objects.create(user=user, key=key, path=request.path, spent_at=now())
                response = view(request, *args, **kwargs)
                if not _acted(response):
                    raise _NotActedError(response)
                SpentKey.objects.filter(pk=spent.pk).update(answer=_target(response))
                return response
        except _NotActedError as refused:
            return refused.response
        except IntegrityError:
            first = SpentKey.objects.filter(user=user, key=key).first()
            if first is None:
                raise
            return _repeat(request, first)

    return guarded


def _acted(response: HttpResponse) -> bool:
    return 300 <= response.status_code < 400 or response.status_code == 204 or "HX-Redirect" in response


def _target(response: HttpResponse) -> str:
    return str(response.get("HX-Redirect") or response.get("Location") or "")


def _repeat(request: HttpRequest, first: SpentKey) -> HttpResponse:
    target = first.answer or reverse("home")
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)
