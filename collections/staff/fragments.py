"""Fragments of pages: the drawer is filled by htmx, and what the server answers must fit."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FragmentRedirectMiddleware:
    """Turns a redirect that answers htmx into `HX-Redirect`, so that the whole page goes there.

    Without it the browser would follow the redirect by itself and put the next page inside the drawer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in REDIRECTS or not getattr(request, "htmx", False):
            return response
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = response.headers["Location"]
        answer.cookies.update(response.cookies)
        return answer
