"""S9: ways of deciding what one may not, each tried at every door at which a second person decides, by page and by its twin for machines.

Who it is (their own request above all), what they send, how they send it, and at which address. What is decided twice, too late or in pieces
stands in `test_cheating_twice_and_late.py`, what the database alone refuses in `test_two_people_decide.py`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from staff.models import Role, User
from two_desks import ANONYMOUS, House, taken_back
from two_people import DOORS, Door, all_waiting, is_decided, knock, looked_at, row_of, signed_in
from who_may import written

BATCHES = "/referrals/batches/<slug:batch>/decide/"
Browser = Callable[[House], Client]

DEAD_LETTER = "/api/v1/dead-letters/<int:pk>/decision/"
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_every_door_is_tried() -> None:
    """Decisions on many at once are made of decisions on one; that page has a test of its own. A dead letter has no second person."""
    doors = {rule.route for rule in written() if rule.route.endswith(("/decide/", "/decision/", "/verify/"))}

    assert doors == {door.route for door in DOORS} | {BATCHES, DEAD_LETTER}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.route)
def test_the_doors_do_open(house: House, door: Door) -> None:
    """What is refused below passes for a manager who asked for nothing."""
    with taken_back():
        answer = knock(house, door, house.browsers["manager"])

        assert answer.status_code < 400, answer.content.decode()[-2_000:]
        assert is_decided(row_of(house, door))


def changed(person: User, **columns: Any) -> User:
    User.objects.filter(pk=person.pk).update(**columns)
    return person


def maker(house: House, **columns: Any) -> Client:
    """The clerk, who asked for everything, in a new browser after that has changed."""
    return signed_in(changed(house.people["clerk"], **columns))


def by_token(house: House) -> Client:
    clerk = changed(house.people["clerk"], role=Role.MANAGER)
    return Client(headers={"Authorization": f"Token {Token.objects.create(user=clerk).key}"})


def left_behind(house: House, **columns: Any) -> Client:
    """A manager's browser, signed in before that happened to them."""
    other = User.objects.create_user("second-manager", role=Role.MANAGER)
    browser = signed_in(other)
    changed(other, **columns)
    return browser


PRETENDERS: dict[str, Browser] = {
    "one's own request": lambda house: house.browsers["clerk"],
    "one's own, made a manager since": lambda house: maker(house, role=Role.MANAGER),
    "one's own, in the borrower's team since": lambda house: maker(house, role=Role.MANAGER, team=house.rows["team"]),
    "one's own, under another name since": lambda house: maker(house, role=Role.MANAGER, username="somebody-else"),
    "one's own, by a token": by_token,
    "somebody who was made an agent since": lambda house: left_behind(house, role=Role.AGENT),
    "somebody who left since": lambda house: left_behind(house, is_active=False),
    "an agent, whose case it is": lambda house: house.browsers["agent"],
    "another's agent": lambda house: house.browsers["other"],
    "another team's supervisor": lambda house: house.browsers["other_supervisor"],
    "an auditor": lambda house: house.browsers["auditor"],
    "an administrator": lambda house: house.browsers["administrator"],
    "somebody disabled": lambda house: house.browsers["disabled"],
    "somebody whose session ran out": lambda house: house.browsers["expired"],
    "a stranger": lambda house: house.browsers[ANONYMOUS],
}


def is_refused(answer: Any) -> bool:
    return 400 <= answer.status_code < 500 or "/sign-in/" in answer.get("Location", "")


def passes(house: House, door: Door, answer: Any) -> str:
    """What came of a way that should lead nowhere; empty when it led nowhere."""
    if is_refused(answer) and all_waiting(house, door):
        return ""
    return f"{door.route}: {answer.status_code}, {'decided' if is_decided(row_of(house, door)) else 'waits'}"


@pytest.mark.parametrize("who", PRETENDERS)
def test_who_may_not_decide_does_not(house: House, plain_refusals: None, who: str) -> None:
    wrong = []
    for door in DOORS:
        for verdict in {door.yes, door.no} if door.is_api else {door.yes}:
            with taken_back():
                answer = knock(house, door, PRETENDERS[who](house), body={"verdict": verdict})
                wrong.append(passes(house, door, answer))

    assert [each for each in wrong if each] == []


def claims(house: House) -> dict[str, Any]:
    """The manager, by every name that a field or a header may have for whoever decides."""
    boss = house.people["manager"]
    names = ("by", "checker", "checker_id", "decided_by", "approved_by", "verified_by", "user", "maker", "maker_id")
    return dict.fromkeys(names, boss.pk) | {"actor": boss.username, "username": boss.username, "role": "manager"}


def named_in_the_body(house: House, door: Door) -> Any:
    return knock(house, door, maker(house, role=Role.MANAGER), body=claims(house))


def named_in_the_address(house: House, door: Door) -> Any:
    asked = "&".join(f"{name}={value}" for name, value in claims(house).items())
    address = f"{house.address(door.route, door.about)}?{asked}"
    return knock(house, door, maker(house, role=Role.MANAGER), address=address)


def named_in_a_header(house: House, door: Door) -> Any:
    boss = house.people["manager"].username
    names = ("X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Authenticated-User", "X-User", "From")
    return knock(house, door, maker(house, role=Role.MANAGER), headers=dict.fromkeys(names, boss))


def with_the_key_of_who_may(house: House, door: Door) -> Any:
    """A key is spent by the person who sent it: another's answers nothing."""
    with taken_back():
        assert knock(house, door, house.browsers["manager"], key="shared-key").status_code < 400
        body = looked_at(house, door) | {"payload_hash": getattr(row_of(house, door), "payload_hash", "")}
        stolen = knock(house, door, maker(house, role=Role.MANAGER), key="shared-key", body=body)
        assert is_refused(stolen)
    return knock(house, door, maker(house, role=Role.MANAGER), key="shared-key")


@pytest.mark.parametrize(
    "way",
    [named_in_the_body, named_in_the_address, named_in_a_header, with_the_key_of_who_may],
    ids=lambda way: way.__name__,
)
def test_who_asked_does_not_decide_by_another_s_name(
    house: House, plain_refusals: None, way: Callable[[House, Door], Any]
) -> None:
    wrong = []
    for door in DOORS:
        with taken_back():
            wrong.append(passes(house, door, way(house, door)))

    assert [each for each in wrong if each] == []


class Letter(NamedTuple):
    """What a manager, who may decide, sends wrongly."""

    given: dict[str, Any]
    applies: Callable[[Door], bool] = lambda door: True


def has_verdict(door: Door) -> bool:
    return door.about != "representative"


def says(verdict: Any) -> Letter:
    return Letter({"body": {"verdict": verdict}}, has_verdict)


def looked(seen: Any) -> Letter:
    return Letter({"body": {"payload_hash": seen}}, lambda door: door.is_of_a_hash)


LETTERS: dict[str, Letter] = {
    "no key": Letter({"key": ""}),
    "too long a key": Letter({"key": "k" * 65}),
    "no verdict": says(""),
    "a state for a verdict": says("approved"),
    "a verdict in capitals": says("APPROVE"),
    "a verdict and a space": says("approve "),
    "another verdict": says("publish"),
    "nothing that was looked at": looked(""),
    "what nobody looked at": looked("0" * 64),
    "a version that nobody saw": Letter({"body": {"seen": "99"}}, lambda door: door.route.startswith("/referrals/")),
    "with PUT": Letter({"method": "PUT"}),
    "with PATCH": Letter({"method": "PATCH"}),
    "with DELETE": Letter({"method": "DELETE"}),
    "with PUT, said to be POST": Letter({"method": "PUT", "headers": {"X-HTTP-Method-Override": "POST"}}),
}


@pytest.mark.parametrize("name", LETTERS)
def test_what_is_sent_wrongly_decides_nothing(house: House, plain_refusals: None, name: str) -> None:
    letter = LETTERS[name]
    doors = [door for door in DOORS if letter.applies(door)]
    wrong = []
    for door in doors:
        with taken_back():
            wrong.append(passes(house, door, knock(house, door, house.browsers["manager"], **letter.given)))

    assert doors
    assert [each for each in wrong if each] == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_decides_nothing(house: House, method: str) -> None:
    for door in DOORS:
        asked = "&".join(f"{name}={value}" for name, value in looked_at(house, door).items())
        address = f"{house.address(door.route, door.about)}?{asked}&one_time_key=k&_method=POST"
        headers = {"X-HTTP-Method-Override": "POST"}

        knock(house, door, house.browsers["manager"], method=method, address=address, headers=headers)

        assert all_waiting(house, door), door.route


def test_the_hash_of_the_other_desk_s_request_decides_nothing(house: House) -> None:
    for door in DOORS:
        if door.is_of_a_hash:
            body = {"payload_hash": row_of(house, door, "south").payload_hash}
            with taken_back():
                assert passes(house, door, knock(house, door, house.browsers["manager"], body=body)) == ""


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Referer": "https://evil.example/"}])
def test_another_site_does_not_decide_in_somebody_s_browser(
    house: House, plain_refusals: None, headers: dict[str, str]
) -> None:
    browser = signed_in(house.people["manager"], enforce_csrf_checks=True)
    for door in DOORS:
        for as_api in (True, False):
            with taken_back():
                answer = knock(house, door, browser, headers=headers, as_api=as_api)

                assert answer.status_code == 403, door.route
                assert all_waiting(house, door)


def test_the_other_kind_of_content_decides_nothing(house: House) -> None:
    """A form sent to machines' address, JSON sent to people's."""
    for door in DOORS:
        with taken_back():
            answer = knock(house, door, house.browsers["manager"], as_api=not door.is_api)

            assert answer.status_code in {400, 415}, door.route
            assert all_waiting(house, door)


SPELT = [
    "+{pk}",
    "-{pk}",
    "0{pk}",
    "{pk}.0",
    "{pk}%00",
    "%20{pk}",
    "{pk}%2F",
    "{pk}e0",
    "0x{pk}",
    "{other}%2F..%2F{pk}",
]


@pytest.mark.parametrize("spelt", SPELT)
def test_who_asked_does_not_decide_at_another_spelling_of_the_address(
    house: House, plain_refusals: None, spelt: str
) -> None:
    for door in DOORS:
        pk, other = row_of(house, door).pk, row_of(house, door, "south").pk
        address = door.route.replace("<int:pk>", spelt.format(pk=pk, other=other))
        with taken_back():
            answer = knock(house, door, maker(house, role=Role.MANAGER), address=address)

            assert passes(house, door, answer) == ""


def test_who_asked_does_not_decide_through_the_door_of_another_kind(house: House, plain_refusals: None) -> None:
    """At each page what another kind's request is called, at each address of machines what every other kind's is."""
    rows = {door.about: door for door in DOORS}
    for at, door in enumerate(DOORS):
        others = [other for about, other in rows.items() if about != door.about]
        for other in others if door.is_api else [others[at % len(others)]]:
            address = door.route.replace("<int:pk>", str(row_of(house, other).pk))
            with taken_back():
                knock(house, door, maker(house, role=Role.MANAGER), address=address, body=looked_at(house, other))

                assert all_waiting(house, door), door.route
                assert all_waiting(house, other), other.route
