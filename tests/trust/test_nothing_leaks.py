"""S4 and S5. Filters, orders and searches answer the same whatever stands in a record that one does not see, or behind a mask; and what
is masked stands in full in no page, answer, file, log, task or error.

Who reads a name in full: the agent in whose hands the case is, nobody else. Everything else is shown in full by the reveal alone.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from celery.app.task import Task

from behind import NOW
from cases.complaints.models import Representative
from lending.models import Borrower, ContactPoint, Loan, Mandate
from lending.personal import AccountNumber, EmailAddress, IdentityNumber, PersonName, PhoneNumber, PostalAddress
from sizes import AT_SIZE
from two_desks import House, sent
from who_may import UNKNOWN, Rule, written

NAME, SPEAKER = "欧阳卡纳丽", "司马代言人"
CANARIES = {
    "number": "13877766655", "identity": "110101198811223344", "account": "6222999988887777", "e-mail": "canary.bird@mail.example",
    "address": "卡纳丽路八十八号", "representative": SPEAKER,
}  # fmt: skip
ROLES = ("agent", "other", "supervisor", "manager", "auditor", "administrator")
GETS = [rule for rule in written() if rule.method == "GET" and rule.about != UNKNOWN and not rule.is_public]
POSTS = [rule for rule in written() if rule.method == "POST" and rule.about != UNKNOWN and not rule.is_public]
VARYING = re.compile(rb'nonce="[^"]*"|name="csrf[^>]*|"X-CSRFToken": "[^"]*"|name="one_time_key"[^>]*|[0-9a-f]{16,}')
LISTS = ["/loans/", "/cases/", "/my-day/", "/messages/", "/complaints/", "/loans.csv", "/cases.csv", "/search/"]
LISTS += ["/api/v1/loans/", "/api/v1/cases/", "/api/v1/complaints/", "/api/v1/credit-marks/", "/waivers/", "/quality/"]
MASKED = (
    "identity",
    "name",
    "borrower__name",
    "borrower__identity",
    "contact_points__value",
    "borrower__contact_points__digest",
)
THEIRS = ("arrears__oldest_due_on", "principal", "borrower__loans__principal", "owner", "priority")
LOOKUPS = ("", "__startswith", "__gt", "__lt", "__regex", "__contains") if AT_SIZE else ("", "__startswith", "__gt")

pytestmark = pytest.mark.django_db


def probes() -> list[dict[str, str]]:
    """What somebody would ask who wants to find out digit by digit."""
    names = MASKED + THEIRS
    asked = [{name + lookup: value} for name in names for lookup in LOOKUPS for value in ("1", "王")]
    asked += [
        {how: sign + name} for how in ("ordering", "sort", "order_by", "o") for sign in ("", "-") for name in names
    ]
    asked += [
        {how: value}
        for how in ("q", "search", "name", "borrower", "loan")
        for value in ("138", "王", "1101", "SOUTH", "L-")
    ]
    return asked


def answers(house: House, name: str) -> Iterator[tuple[str, Any]]:
    """In every run each list is asked one in twenty of them, another one each; TESTS_AT_SIZE=1 asks all."""
    for at, route in enumerate(LISTS):
        for asked in [{}, *(probes() if AT_SIZE else probes()[at :: len(LISTS) * 2])]:
            address = f"{route}?{urlencode(asked)}"
            answer = sent(house.browsers[name], "GET", address)
            yield address, (answer.status_code, VARYING.sub(b"", answer.getvalue()))


def disguise(borrower: Borrower, name: str, identity: str, phone: str) -> None:
    number = PhoneNumber(phone)
    Borrower.objects.filter(pk=borrower.pk).update(name=PersonName(name), identity=IdentityNumber(identity))
    ContactPoint.objects.filter(borrower=borrower, kind="mobile").update(value=number, digest=number.digest())


@pytest.mark.parametrize("name", ["agent", "supervisor"])
def test_lists_answer_the_same_whatever_stands_at_the_other_desk(house: House, plain_refusals: None, name: str) -> None:
    south = house.south.borrower
    disguise(south, "王大山", "110101199001011111", "13811112222")
    before = dict(answers(house, name))

    disguise(south, "赵小川", "990101195512319999", "19988887777")
    Loan.objects.filter(borrower=south).update(principal=99_999_999)
    after = dict(answers(house, name))

    assert [address for address in before if before[address] != after[address]] == []
    assert {status for status, _body in before.values()} <= {200, 400, 403}
    assert sum(status == 200 for status, _body in before.values()) > len(before) // 3


@pytest.mark.parametrize("name", ["supervisor"])
def test_lists_answer_the_same_whatever_stands_behind_a_mask(house: House, plain_refusals: None, name: str) -> None:
    """Who sees the borrower but not the middle of the number."""
    north = house.north.borrower
    disguise(north, "王大山", "110101199001011111", "13811112222")
    before = dict(answers(house, name))

    disguise(north, "王小川", "110101195512311111", "13899992222")
    after = dict(answers(house, name))

    assert [address for address in before if before[address] != after[address]] == []


def test_lists_do_tell_what_may_be_read(house: House, plain_refusals: None) -> None:
    """The comparison above sees a difference where there is one: an agent reads the names of their own borrowers."""
    disguise(house.north.borrower, "王大山", "110101199001011111", "13811112222")
    before = dict(answers(house, "agent"))

    disguise(house.north.borrower, "王小川", "110101199001011111", "13811112222")
    after = dict(answers(house, "agent"))

    assert [address for address in before if before[address] != after[address]]


@pytest.fixture
def canaries(house: House) -> None:
    """A borrower of the north desk of whom nothing may be read in full but, by their agent, the name."""
    borrower = house.north.borrower
    disguise(borrower, NAME, CANARIES["identity"], CANARIES["number"])
    for kind, value in (("email", EmailAddress(CANARIES["e-mail"])), ("address", PostalAddress(CANARIES["address"]))):
        ContactPoint.objects.create(borrower=borrower, kind=kind, value=value, digest=value.digest(), added_at=NOW)
    account = AccountNumber(CANARIES["account"])
    Mandate.objects.filter(borrower=borrower).update(account=account, account_digest=account.digest())
    Representative.objects.filter(borrower=borrower).update(name=PersonName(SPEAKER))


def heard(name: str, text: str) -> list[str]:
    """The canaries that stand in full in what somebody was answered."""
    told = json.dumps(text)[1:-1] if "\\u" in text else text
    spoken = {json.dumps(value)[1:-1]: kind for kind, value in CANARIES.items()} | {v: k for k, v in CANARIES.items()}
    found = {kind for value, kind in spoken.items() if value in text or value in told}
    if name != "agent" and (NAME in text or json.dumps(NAME)[1:-1] in text):
        found.add("name")
    return sorted(found)


def asked_of(house: House, rules: list[Rule], name: str) -> Iterator[tuple[Rule, str]]:
    for rule in rules:
        yield rule, house.address(rule.route, rule.about)


@pytest.mark.parametrize("name", ROLES)
def test_no_page_answer_or_file_tells_what_is_masked(
    house: House, canaries: None, plain_refusals: None, name: str
) -> None:
    told, seen = [], 0
    for rule, address in asked_of(house, GETS, name):
        answer = sent(house.browsers[name], "GET", address)
        seen += answer.status_code == 200
        body = answer.getvalue().decode("utf-8", "replace") + str(dict(answer.headers))
        told += [f"{rule.route}: {kind}" for kind in heard(name, body)]

    assert told == []
    assert seen >= 10


@pytest.mark.parametrize("name", ["agent", "supervisor"])
def test_no_refusal_log_or_task_tells_what_is_masked(
    house: House, canaries: None, name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every form is sent with nothing in it, and with canaries that one has typed: a form may keep those, nothing else may."""
    tasks: list[str] = []
    ring: Callable[..., None] = lambda self, *args, **more: tasks.append(repr((args, more)))  # noqa: E731
    monkeypatch.setattr(Task, "apply_async", ring)
    caplog.set_level(logging.DEBUG)

    told = []
    for rule, address in asked_of(house, POSTS, name):
        if rule.route.endswith("/reveal/"):
            continue
        answer = sent(house.browsers[name], "POST", address, {"value": "", "q": NAME})
        told += [
            f"{rule.route}: {kind}"
            for kind in heard(name, answer.getvalue().decode("utf-8", "replace"))
            if kind != "name"
        ]
        told += [f"{rule.route}: address" for _ in [0] if heard("log", str(answer.get("Location", "")))]

    assert told == []
    assert heard("log", caplog.text) == []
    assert heard("log", " ".join(tasks)) == []


def test_the_reveal_alone_tells_and_only_in_its_answer(
    house: House, canaries: None, caplog: pytest.LogCaptureFixture
) -> None:
    """What the tests above look for is there to be found."""
    caplog.set_level(logging.DEBUG)
    point = ContactPoint.objects.get(borrower=house.north.borrower, kind="mobile")

    answer = sent(
        house.browsers["agent"], "POST", house.address("/borrowers/<int:pk>/reveal/", "borrower"),
        {"what": f"point:{point.pk}", "reason": "a call back"},
    )  # fmt: skip

    assert heard("agent", answer.content.decode().replace(" ", "")) == ["number"]
    assert heard("log", caplog.text) == []
