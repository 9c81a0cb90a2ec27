"""All routes by all methods by nine actors against the matrix as it is written down, each with what is in scope and what is not."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command

from staff.models import Role
from two_desks import ANONYMOUS, ROLE_OF, House, sent
from who_may import ANYONE, EVERY, FILE, SIGNED, TEAM, UNKNOWN, Rule, coded, plain, scopes, written

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
STRANGERS = (ANONYMOUS, "disabled", "expired")
RULES = {(rule.route, rule.method): rule for rule in written()}
ROUTES = sorted({rule.route for rule in RULES.values()})
SCOPES = scopes()

READS_BY_POST = {"/search/", "/cases/", "/audit/proof/", "/cases/<int:pk>/presence/"}
"""Looking that is sent by POST: a name that must not stand in an address, a long proof, that somebody looks too."""
OWN = ("/own/", "/cases/views/", "/sign-", "/theme/", "/language/")
MACHINES = ("/webhooks/", "/loopback/", "/<provider>/", "/api/v1/token/")
"""Signed by a secret, or the demonstration's own, which are not there in production."""
ABOUT_PEOPLE = (
    "/caseloads/training/",
    "/people/",
    "/teams/",
    "/caseloads/<int:pk>/absence/",
    "/api/v1/people/",
    "/api/v1/teams/",
)


def rule_of(route: str, method: str) -> Rule | None:
    return RULES.get((route, "GET" if method == "HEAD" else method))


def methods_of(route: str) -> Iterator[Rule]:
    return (rule for (at, _method), rule in RULES.items() if at == route)


def sees(name: str, about: str, at: str) -> bool:
    """Whether that person sees what stands at that desk, by the scopes as they are written down."""
    agent, supervisor = SCOPES.get(about, ("own", "team"))
    role = ROLE_OF[name]
    if about == "proposal":
        return name == "supervisor"
    if about == "job" and role == Role.SUPERVISOR:
        return name == "supervisor"
    if about == "-" or role in {Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}:
        return True
    if role == Role.SUPERVISOR:
        return supervisor == EVERY or (supervisor == TEAM and at == "north")
    return agent == EVERY or (at == "north") == (name == "agent")


def expected(route: str, method: str, name: str, at: str) -> str:
    rule = rule_of(route, method)
    if rule and rule.is_public:
        return "deny" if rule.may == SIGNED else "allow"
    if name in STRANGERS:
        return "no_method" if all(each.is_public for each in methods_of(route)) else "sign_in"
    if rule is None:
        return "no_method"
    return "deny" if ROLE_OF[name] not in rule.roles else within(rule, name, at)


def within(rule: Rule, name: str, at: str) -> str:
    """What somebody whose role may is answered for what stands at that desk; all of it was made by somebody else."""
    if rule.about == UNKNOWN:
        return "unknown"
    if not sees(name, rule.about, at):
        return "missing"
    return "deny" if rule.only else "allow"


def kept(answer: str, status: int, *, is_api: bool) -> bool:
    """Whether that status is what was promised. An allowed act may be refused for what it lacks, never for who asks."""
    match answer:
        case "deny":
            return status == 403
        case "sign_in":
            return status == (401 if is_api else 302)
        case "no_method":
            return status == 405
        case "missing":
            return status == 404
        case "unknown":
            return status < 500 and status not in {401, 403, 405}
        case _:
            return status < 500 and status not in {401, 403, 404, 405}


def test_every_route_and_method_has_its_line() -> None:
    """The lines to add are in the message; only the last column, and whether the roles are meant, is left to say."""
    missing = [str(rule) for rule in coded() if (rule.route, rule.method) not in RULES]
    stale = [str(rule) for key, rule in RULES.items() if key not in {(rule.route, rule.method) for rule in coded()}]

    told = [f"add to {FILE.name}, with what it is about:", *missing] if missing else []
    told += [f"take out of {FILE.name}, no such route:", *stale] if stale else []
    assert not told, "\n".join(told)


def test_no_line_is_written_twice() -> None:
    assert len(written()) == len(RULES)


def test_the_lines_stand_in_order() -> None:
    places = [(rule.route, rule.method) for rule in written()]

    assert places == sorted(places)


def test_the_views_state_what_is_written() -> None:
    wrong = [
        f"{rule.method} {rule.route}: {rule.may} is stated, {RULES[rule.route, rule.method].may} is written"
        for rule in coded()
        if (rule.route, rule.method) in RULES and RULES[rule.route, rule.method].may.replace(SIGNED, ANYONE) != rule.may
    ]

    assert wrong == []


def test_the_command_prints_what_is_written() -> None:
    printed = StringIO()
    call_command("permission_matrix", as_json=True, stdout=printed)

    lines = [json.loads(line) for line in printed.getvalue().splitlines()]
    wrong = [
        line
        for line in lines
        if line["answer"] != promised(plain(line["route"].removeprefix("/")), line["method"], line["role"])
    ]

    assert wrong == []
    assert len(lines) == len(ROUTES) * len(METHODS) * (len(Role) + 1)


def promised(route: str, method: str, role: str) -> str:
    """What a role is answered before anybody asks what it is about."""
    name = next((name for name, of in ROLE_OF.items() if of == role), role)
    rule = rule_of(route, method)
    if rule and (rule.is_public or (name in ROLE_OF and ROLE_OF[name] in rule.roles)):
        return "allow"
    return expected(route, method, name, "north")


def test_auditors_change_nothing() -> None:
    changing = [rule for rule in RULES.values() if rule.method != "GET" and not rule.is_public]

    assert [
        str(rule)
        for rule in changing
        if Role.AUDITOR in rule.roles and rule.route not in READS_BY_POST and not rule.route.startswith(OWN)
    ] == []


def test_administrators_see_neither_borrowers_nor_money() -> None:
    seen = [rule for rule in RULES.values() if Role.ADMINISTRATOR in rule.roles and not rule.is_public]

    assert [
        str(rule)
        for rule in seen
        if rule.route not in {"/", *ABOUT_PEOPLE} and not rule.route.startswith(OWN + ABOUT_PEOPLE)
    ] == []


def test_only_managers_and_supervisors_decide() -> None:
    deciding = [rule for rule in RULES.values() if rule.route.endswith(("/decide/", "/decision/", "/verify/"))]

    assert len(deciding) >= 10
    assert [str(rule) for rule in deciding if not rule.roles <= {Role.MANAGER, Role.SUPERVISOR}] == []


def test_nobody_changes_anything_without_signing_in() -> None:
    free = [rule for rule in RULES.values() if rule.is_public and rule.method != "GET"]

    assert [str(rule) for rule in free if not rule.route.startswith((*MACHINES, "/sign-in/", "/language/"))] == []


@pytest.mark.once
@pytest.mark.parametrize("route", ROUTES)
def test_a_route_answers_as_it_is_written(house: House, db: None, plain_refusals: None, route: str) -> None:
    wrong = []
    for method, name, at in asked_of(route, house):
        said = expected(route, method, name, at)
        address = house.address(route, next(methods_of(route)).about, at=at)
        status = sent(house.browsers[name], method, address, is_kept_back=said in {"allow", "unknown"}).status_code
        if not kept(said, status, is_api=route.startswith("/api/")):
            wrong.append(f"{method} {address} as {name}: {said} promised, {status} answered")

    assert wrong == []


def asked_of(route: str, house: House) -> Iterator[tuple[str, str, str]]:
    """Every method by everybody at the north desk, and by whoever does not see it at the south one."""
    about = next(methods_of(route)).about
    has_two = house.named(about, at="north") != house.named(about, at="south")
    for method in METHODS:
        for name in (*STRANGERS, *ROLE_OF):
            yield method, name, "north"
            if has_two and expected(route, method, name, "south") == "missing":
                yield method, name, "south"
