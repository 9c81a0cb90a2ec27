"""The permission matrix as it is written down (`docs/who-may-do-what.txt`), beside the routes as the code has them."""

import re
from pathlib import Path
from typing import NamedTuple

from staff.access import PUBLIC, audience_of
from staff.checks import routes
from staff.matrix import MATRIX
from staff.models import Role

FILE = Path(__file__).resolve().parents[2] / "docs" / "who-may-do-what.txt"
LETTERS = {
    "A": Role.AGENT,
    "S": Role.SUPERVISOR,
    "M": Role.MANAGER,
    "U": Role.AUDITOR,
    "D": Role.ADMINISTRATOR,
}
ALL, ANYONE, SIGNED = "all", "anyone", "signed"
EVERY, TEAM = "every", "team"
UNKNOWN = "?"
"""Not said yet: who may is held to the line, whose it may be is not."""


class Rule(NamedTuple):
    method: str
    route: str
    may: str
    about: str
    only: str = ""

    @property
    def is_public(self) -> bool:
        return self.may in {ANYONE, SIGNED}

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(
            LETTERS.values() if self.may in {ALL, ANYONE, SIGNED} else (LETTERS[each] for each in self.may)
        )

    def __str__(self) -> str:
        return f"{self.method:<5} {self.route:<74} {self.may:<7} {self.about}"


def plain(pattern: str) -> str:
    """A route as people write it: `/api/v1/loans/<number>/` for `api/v1/^loans/(?P<number>[^/]+)/$`."""
    named = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", pattern)
    return "/" + named.replace("^", "").replace("\\Z", "").replace("$", "").removeprefix("/")


def written() -> list[Rule]:
    """The lines of the file."""
    lines = [line.split() for line in FILE.read_text().splitlines() if line and not line.startswith(("#", "scope"))]
    return [Rule(*cells) for cells in lines]


def scopes() -> dict[str, tuple[str, str]]:
    """How much of what each word names an agent and a supervisor see, where it is not as with borrowers."""
    lines = [line.split()[1:] for line in FILE.read_text().splitlines() if line.startswith("scope")]
    return {about: (agent, supervisor) for about, agent, supervisor in lines}


def coded() -> list[Rule]:
    """The same lines as the views state them; `?` is what only a person can say."""
    found = []
    for path, pattern in routes():
        for method, capability in (audience_of(pattern.callback) or {}).items():
            if method != "HEAD":
                route = plain(path)
                found.append(Rule(method, route, _letters(capability), UNKNOWN if "<" in route else "-"))
    return sorted(found, key=lambda rule: (rule.route, rule.method))


def _letters(capability: str) -> str:
    if capability == PUBLIC:
        return ANYONE
    letters = "".join(letter for letter, role in LETTERS.items() if role in MATRIX[capability])
    return ALL if len(letters) == len(LETTERS) else letters


def filled(route: str, parameters: dict[str, str | int]) -> str:
    """The address of a route; KeyError for a parameter that nobody gave."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(parameters[found[1]]), route)
