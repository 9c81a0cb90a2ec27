"""Setting up the second factor, on the way in: the authenticator reads the code, shows its own, and that one must be right."""

from typing import Any, cast

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.record import record
from staff import factors, totp
from staff.access import public
from staff.models import User
from staff.qr import drawing_of
from staff.sessions import FACTOR, factor_given
from staff.sign_in_forms import CodeForm
from staff.views.own import safe_next

SALT = "staff.enrolment"
SECONDS_MAX = 15 * 60
"""How long a drawn secret may be used; a page left longer draws another."""


@public(methods=("GET", "HEAD", "POST"))
def enrol(request: HttpRequest) -> HttpResponse:
    """The secret travels signed in the form and is kept only once the authenticator has shown that it knows it."""
    person = cast("User | None", request.waiting_user)  # type: ignore[attr-defined]
    if person is None or request.session.get(FACTOR) != factors.ENROL:
        return redirect("login")
    secret = _secret_of(request, person) or totp.new_secret()
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = _("The six digits that the app shows now.")
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                codes = factors.enrol(person, secret, form.cleaned_data["code"], at=request.now)  # type: ignore[attr-defined]
                record("staff.signed_in", by=person, at=request.now, subject=person)  # type: ignore[attr-defined]
        except factors.CodeError:
            form.add_error("code", _("This is not the code that the app shows now. Is the phone's clock right?"))
        else:
            factor_given(request)
            request.user = person
            shown = {"codes": codes, "next": safe_next(request)}
            return TemplateResponse(request, "registration/recovery_codes.html", shown)
    account = f"{person.username}@{settings.PUBLIC_URL.partition('://')[2]}"
    context: dict[str, Any] = {
        "form": form,
        "next": safe_next(request),
        "sealed": signing.dumps({"secret": secret, "user": person.pk}, salt=SALT),
        "key": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "qr": drawing_of(totp.address_of(secret, account=account, issuer=_("Collections console"))),
    }
    return TemplateResponse(request, "registration/enrol.html", context, status=422 if form.is_bound else 200)


def _secret_of(request: HttpRequest, person: User) -> str:
    """The secret that this page drew for this person a moment ago."""
    try:
        found = signing.loads(request.POST.get("sealed", ""), salt=SALT, max_age=SECONDS_MAX)
    except signing.BadSignature:
        return ""
    return str(found["secret"]) if found["user"] == person.pk else ""
