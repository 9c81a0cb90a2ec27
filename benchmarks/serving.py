"""A gunicorn of two workers, and somebody who asks it for pages, one after the other."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import NamedTuple


class Pace(NamedTuple):
    """Milliseconds of a page."""

    median: float
    p95: float
    mean: float

    @property
    def rate(self) -> float:
        """Pages a second."""
        return 1000 / self.mean


def pace_of(milliseconds: list[float]) -> Pace:
    ordered = sorted(milliseconds)
    return Pace(ordered[len(ordered) // 2], ordered[ceil(0.95 * len(ordered)) - 1], sum(ordered) / len(ordered))


class Visitor:
    """A browser without pictures: one connection, one session."""

    def __init__(self, port: int, session: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Cookie": f"sessionid={session}", "Accept-Language": "en"}

    def visit(self, url: str) -> tuple[float, bytes]:
        """Milliseconds, and the page."""
        since = time.perf_counter()
        self._connection.request("GET", url, headers=self._headers)
        response = self._connection.getresponse()
        page = response.read()
        elapsed = (time.perf_counter() - since) * 1000
        if response.status != 200:
            raise RuntimeError(f"{url} answered {response.status}, {response.headers.get('Location')}")
        return elapsed, page

    def pace(self, urls: list[str], *, times: int, warm: int) -> Pace:
        """The pages in turn, until each was visited so many times; the first visits are left out."""
        for _ in range(warm):
            for url in urls:
                self.visit(url)
        return pace_of([self.visit(url)[0] for _ in range(times) for url in urls])


@contextmanager
def serving(settings: str) -> Iterator[int]:
    """The port on which a site with these settings answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn", "--workers", "2"]
    command += ["--bind", f"127.0.0.1:{port}", "django.core.wsgi:get_wsgi_application()"]
    process = subprocess.Popen(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": settings}, stdout=sys.stderr)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server has ended")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")
