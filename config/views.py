"""Error pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Says what to tell us: the request's number, and nothing of the fault."""
    facts = {"request_id": getattr(request, "request_id", "")}
    return HttpResponse(
        render_to_string("500.html", facts), status=500
    )  # no context of the frame: it may be what failed
