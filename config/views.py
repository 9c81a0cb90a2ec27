"""Error pages; machines get theirs as JSON, in the words that the API has for them."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, "Bad request.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, "You do not have permission to perform this action.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before the last sign-in, or from elsewhere. A page of ours that sent a part gets the token for its next try."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=403)
        answer.headers["HX-Trigger"] = json.dumps({"signed-in": {"token": get_token(request)}})
        return answer
    if _is_machine(request):
        return JsonResponse({"detail": "CSRF token missing or not right."}, status=403)
    return HttpResponse(render_to_string("csrf.html", request=request), status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404, "Not found.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Says what to tell us: the request's number, and nothing of the fault."""
    request_id = getattr(request, "request_id", "")
    if _is_machine(request):
        return JsonResponse({"detail": "The console failed.", "request_id": request_id}, status=500)
    nonce = getattr(request, "csp_nonce", "")
    # without the context of the frame: it may be what failed
    return HttpResponse(render_to_string("500.html", {"request_id": request_id, "CSP_NONCE": nonce}), status=500)


def _page(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if _is_machine(request):
        return JsonResponse({"detail": detail}, status=status)
    return render(request, f"{status}.html", status=status)


def _is_machine(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/webhooks/"))
