"""What every page's frame shows: rail, business date, demo sign-ins."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    return {}
