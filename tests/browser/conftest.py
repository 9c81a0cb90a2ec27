"""The console in this process, with a clock that a test moves and the loopback telephone."""

import threading
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from seated import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("config.middleware.now", lambda: clock.at)
    return clock


@pytest.fixture
def desk(live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> LiveServer:
    """The console with the loopback telephone. Its threads share one connection in memory: one request at a time."""
    settings.TELEPHONY_URL = f"{live_server.url}/loopback/calls/"
    answer, alone = WSGIHandler.get_response, threading.Lock()

    def one_at_a_time(handler: WSGIHandler, request: Any) -> Any:
        if request.path.startswith("/loopback/"):  # asked for by a request that waits for it
            return answer(handler, request)
        with alone:
            return answer(handler, request)

    monkeypatch.setattr(WSGIHandler, "get_response", one_at_a_time)
    return live_server
