"""The demonstration's payment provider over HTTP: what the console orders there, and the page on which a borrower pays."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from audit.clock import now
from lending import loopback
from lending.models import Borrower, LoopbackOrder
from staff.access import public
from staff.webhooks import BadEventError, Body, signed


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404


@csrf_exempt
@public(methods=("POST",))
@signed
def link(request: HttpRequest, provider: str, body: Body) -> JsonResponse:
    """Order a page to pay on."""
    _only_in_the_demo()
    try:
        order = loopback.take_link(body)
    except KeyError as missing:
        raise BadEventError(f"{missing} is missing") from None
    url = settings.PUBLIC_URL + reverse("loopback_pay", args=[order.token])
    return JsonResponse({"status": "accepted", "id": str(order.pk), "url": url})


@csrf_exempt
@public(methods=("POST",))
@signed
def link_cancel(request: HttpRequest, provider: str, body: Body) -> JsonResponse:
    """Close a page."""
    _only_in_the_demo()
    loopback.cancel(str(body.get("code")))
    return JsonResponse({"status": "accepted"})


@csrf_exempt
@public(methods=("POST",))
@signed
def debit(request: HttpRequest, provider: str, body: Body) -> JsonResponse:
    """Order a debit."""
    _only_in_the_demo()
    try:
        order = loopback.take_debit(body, now())
    except KeyError as missing:
        raise BadEventError(f"{missing} is missing") from None
    return JsonResponse({"status": "accepted", "id": str(order.pk)})


@public(methods=("GET", "HEAD", "POST"))
@never_cache
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """The borrower's page: who asks, for how much and for what, and nothing else about anybody."""
    _only_in_the_demo()
    order = get_object_or_404(LoopbackOrder, token=token, is_debit=False)
    at, asked = now(), request.GET.get("language", "")
    language = asked if asked in Borrower.Language.values else order.facts["language"]
    if request.method == "POST":
        loopback.pay(order, at)
        return redirect(f"{request.path}?language={language}")
    with translation.override(language):
        context = {
            "order": order,
            "language": language,
            "languages": Borrower.Language.choices,
            "creditor": order.facts["creditor"][language],
            "purpose": order.facts["purpose"][language],
            "is_over": loopback.is_over(order, at),
            "expires_at": loopback.expiry_of(order),
        }
        return TemplateResponse(request, "lending/loopback/pay.html", context).render()
