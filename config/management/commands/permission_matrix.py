"""The permission matrix, computed from what the views state: a line each for route, method and role."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from staff.access import PUBLIC, Audience, asks_for_sign_in, audience_of
from staff.checks import routes
from staff.matrix import may
from staff.models import Role

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ANONYMOUS = "anonymous"


def lines() -> list[dict[str, str]]:
    """What each route answers each role: `allow`, `deny` (403), `sign_in`, or `no_method` (405)."""
    found = []
    for path, pattern in sorted(routes(), key=lambda item: item[0]):
        stated = audience_of(pattern.callback) or {}
        for method in METHODS:
            for role in [ANONYMOUS, *Role.values]:
                found.append(
                    {"route": f"/{path}", "method": method, "role": role, "answer": answer(stated, method, role)}
                )
    return found


def answer(stated: Audience, method: str, role: str) -> str:
    capability = stated.get(method)
    if capability == PUBLIC:
        return "allow"
    if role == ANONYMOUS and asks_for_sign_in(stated):
        return "sign_in"
    if capability is None:
        return "no_method"
    return "allow" if may(role, capability) else "deny"


class Command(BaseCommand):
    help = "Print the permission matrix."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, as_json: bool = False, **options: Any) -> None:
        for line in lines():
            text = json.dumps(line) if as_json else "{answer:<10} {role:<14} {method:<7} {route}".format(**line)
            self.stdout.write(text)
