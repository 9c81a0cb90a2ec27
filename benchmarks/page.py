"""The loan page beside a view, in the same house, that reads one row by its primary key: `python -m benchmarks.page`."""

import json
import os
import statistics
import sys
import time
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

import config.urls
from lending.models import Loan
from staff.access import audience
from staff.models import Role, User

VISITS = 60


@audience("lending.read")
def one_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign-in, session, permission, one row; no template."""
    return HttpResponse(Loan.objects.get(pk=pk).number)


urlpatterns = [*config.urls.urlpatterns, path("one-row/<int:pk>/", one_row)]


def measure() -> dict[str, float]:
    """Median milliseconds and queries of either page, over the same loans, first visits left out."""
    client = Client()
    client.force_login(User.objects.create_user("bench", role=Role.MANAGER))
    count = Loan.objects.count()
    picked = [1 + n * (count - 1) // VISITS for n in range(VISITS)]
    numbers = dict(Loan.objects.filter(pk__in=picked).values_list("pk", "number"))
    found: dict[str, float] = {}
    with override_settings(ROOT_URLCONF="benchmarks.page", ALLOWED_HOSTS=["*"]):
        pages = {
            "one_row": [f"/one-row/{pk}/" for pk in picked],
            "loan_page": [f"/loans/{numbers[pk]}/" for pk in picked],
        }
        for name, urls in pages.items():
            queries = {_queries(client, url) for url in urls[:5]}
            found[f"{name}_queries"], found[f"{name}_queries_max"] = min(queries), max(queries)
            found[f"{name}_ms"] = statistics.median(_visit(client, url) for url in urls)
    return found


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        _visit(client, url)
    return len(captured)


def _visit(client: Client, url: str) -> float:
    since = time.perf_counter()
    response: Any = client.get(url)
    elapsed = time.perf_counter() - since
    assert response.status_code == 200, (url, response.status_code)
    return elapsed * 1000


if __name__ == "__main__":
    json.dump(measure(), sys.stdout)
