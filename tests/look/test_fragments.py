"""A redirect that answers the drawer moves the whole page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from staff.fragments import FragmentRedirectMiddleware


def request_from(*, htmx: bool) -> HttpRequest:
    request = RequestFactory().post("/", headers={"HX-Request": "true"} if htmx else {})
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return request


def redirect_with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect("/cases/1/")
    response.set_cookie("messages", "saved")
    return response


def test_redirect_in_the_drawer_becomes_hx_redirect() -> None:
    response = FragmentRedirectMiddleware(redirect_with_cookie)(request_from(htmx=True))

    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/cases/1/")
    assert response.cookies["messages"].value == "saved"


def test_redirect_of_a_whole_page_stays_one() -> None:
    response = FragmentRedirectMiddleware(redirect_with_cookie)(request_from(htmx=False))

    assert (response.status_code, response.headers["Location"]) == (302, "/cases/1/")


def test_pages_in_the_drawer_pass_through() -> None:
    response = FragmentRedirectMiddleware(lambda request: HttpResponse("form", status=422))(request_from(htmx=True))

    assert response.status_code == 422
