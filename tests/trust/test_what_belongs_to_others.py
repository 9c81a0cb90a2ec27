"""What belongs to another desk is as if it were not there: in addresses, nested ones, queries, bodies, lists, files and results of work."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cases.models import Proposal
from lending.imports.uploads import bad_rows_of
from staff.models import Job, Role
from two_desks import NOBODY, House, sent
from who_may import UNKNOWN, Rule, filled, scopes, written

SCOPES = scopes()
OURS = [
    rule
    for rule in written()
    if rule.about not in {"-", UNKNOWN, *SCOPES} and rule.roles & {Role.AGENT, Role.SUPERVISOR}
]
"""What belongs to a borrower, and so to a desk, and is open to people of one desk."""
ELSEWHERE = {"number": "no-such-loan", "channel": "letter", "kind": "voice", "ref": "nobody", "reference": "nothing"}
VARYING = re.compile(
    rb'(nonce="[^"]*"|name="csrf[^>]*|"X-CSRFToken": "[^"]*"|[0-9a-f]{16}|no-such-loan|nobody|nothing|P-[ns]|SOUTH-1|NORTH-1|L-SOUTH-1|L-NORTH-1|\d+)',
    re.IGNORECASE,
)
"""What differs between two answers that say the same: keys of the page, and what was asked for."""

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def asks_as(rule: Rule) -> str:
    """Whoever may ask and does not see the other desk."""
    return "agent" if Role.AGENT in rule.roles else "supervisor"


def swapped(rule: Rule, house: House) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The parameters with one of the other desk among our own, for each in turn, beside those with one that nobody has."""
    mine, theirs = house.named(rule.about), house.named(rule.about, at="south")
    for name in re.findall(r"<(?:\w+:)?(\w+)>", rule.route):
        if mine[name] != theirs[name]:
            nobodys = NOBODY if isinstance(mine[name], int) else ELSEWHERE[name]
            yield mine | {name: theirs[name]}, mine | {name: nobodys}


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: f"{rule.method} {rule.route}")
def test_what_is_theirs_is_answered_as_what_is_not_there(house: House, rule: Rule) -> None:
    browser = house.browsers[asks_as(rule)]
    pairs = list(swapped(rule, house))

    for theirs, nobodys in pairs:
        answers = [sent(browser, rule.method, filled(rule.route, each)) for each in (theirs, nobodys)]
        assert [answer.status_code for answer in answers] == [404, 404], theirs
        first, second = (VARYING.sub(b"", answer.content) for answer in answers)
        assert first == second
    assert pairs


LISTS = {"/my-day/", "/loans/", "/messages/", "/waivers/", "/quality/", "/loans.csv", "/loans.xlsx", "/search/"}


@pytest.mark.parametrize("route", sorted({r.route for r in written() if r.method == "GET" and r.about == "-"}))
@pytest.mark.parametrize("name", ["agent", "supervisor"])
def test_lists_and_files_hold_nothing_of_theirs(house: House, name: str, route: str) -> None:
    """Whatever is asked for in the query, by whatever name a list may know."""
    south = house.south
    names = ("q", "search", "loan", "number", "borrower", "agent", "owner", "case", "id", "pk", "person", "ref")
    asked = [{}, *({each: value} for each in names for value in (south.loan.number, south.agent.pk))]
    if route not in LISTS:
        asked = asked[:3]

    for query in asked:
        address = f"{route}?{'&'.join(f'{key}={value}' for key, value in query.items())}"
        answer = sent(house.browsers[name], "GET", address)
        body = answer.getvalue()
        told = re.sub(rb'(value|href|src|hx-get|data-\w+|content)="[^"]*"', b"", body)
        echoed = south.loan.number.encode()  # a page may say what it was asked for
        assert south.borrower.ref.encode() not in told.replace(echoed, b""), address
        if not any(value == south.loan.number for value in query.values()):
            assert south.loan.number.encode() not in body, address


BODIES: list[tuple[str, str, str, str, dict[str, str]]] = [
    # as whom, method, route, about, the field of the body and the word for what stands in it
    ("supervisor", "POST", "/api/v1/payments/", "-", {"loan": "number"}),
    ("supervisor", "POST", "/api/v1/borrower-payments/", "-", {"borrower": "ref"}),
    ("agent", "POST", "/api/v1/complaints/", "-", {"borrower": "ref"}),
    ("supervisor", "POST", "/suspense/<int:pk>/match/", "suspended", {"number": "number"}),
    ("agent", "POST", "/cases/<int:pk>/call/", "case", {"point": "point"}),
    ("agent", "POST", "/borrowers/<int:pk>/debit/", "borrower", {"mandate": "mandate"}),
    ("agent", "POST", "/borrowers/<int:pk>/debit/", "borrower", {"loan": "number"}),
    ("agent", "POST", "/borrowers/<int:pk>/pay-link/", "borrower", {"loan": "number"}),
    ("agent", "POST", "/borrowers/<int:pk>/reveal/", "borrower", {"what": "what"}),
    ("agent", "POST", "/borrowers/<int:pk>/complaint/", "borrower", {"loan": "loan"}),
    ("agent", "POST", "/cases/<int:pk>/message/", "case", {"point": "point"}),
    ("agent", "POST", "/cases/<int:pk>/message/", "case", {"loan": "loan"}),
    ("supervisor", "POST", "/api/v1/loans/<str:number>/refunds/", "loan", {"payment": "reference"}),
]


def words_of(house: House, at: str) -> dict[str, Any]:
    desk = getattr(house, at)
    point = desk.rows["point"].pk
    return {
        "number": desk.loan.number, "ref": desk.borrower.ref, "point": point, "mandate": desk.rows["mandate"].pk,
        "loan": desk.loan.pk, "what": f"point:{point}", "reference": desk.rows["payment"].reference,
    }  # fmt: skip


@pytest.mark.parametrize(("name", "method", "route", "about", "field"), BODIES)
def test_what_is_theirs_in_a_body_does_nothing(
    house: House, name: str, method: str, route: str, about: str, field: dict[str, str]
) -> None:
    theirs = words_of(house, "south")
    body = {
        "value_on": "2026-07-15", "amount": "10.00", "currency": "CNY", "reference": "Z-1", "reason": "wants a letter",
        "kind": "service", "source": "phone", "words": "They never call back.", "covers": "due", "note": "-",
    } | {key: theirs[word] for key, word in field.items()}  # fmt: skip

    answer = sent(house.browsers[name], method, filled(route, house.named(about)), body)

    assert answer.status_code in {202, 400, 404, 409, 422}, answer.content[:300]  # 202: money waits in suspense
    assert house.south.rows["point"].typed.unmasked() not in answer.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("do", ["", "take_back"])
def test_a_pick_with_one_of_theirs_proposes_nothing(house: House, do: str) -> None:
    browser, before = house.browsers["supervisor"], Proposal.objects.count()
    ours, theirs = house.north.case.pk, house.south.case.pk

    mixed = sent(browser, "POST", "/caseloads/assign/", {"selected": [ours, theirs], "do": do}, is_kept_back=False)
    nobodys = sent(browser, "POST", "/caseloads/assign/", {"selected": [ours, NOBODY], "do": do}, is_kept_back=False)

    assert (mixed.status_code, nobodys.status_code, Proposal.objects.count()) == (409, 409, before)


def test_cases_are_not_dealt_to_somebody_of_another_team(house: House) -> None:
    answer = sent(
        house.browsers["supervisor"], "POST", "/caseloads/assign/",
        {"selected": [house.north.case.pk], "to": house.south.agent.pk},
    )  # fmt: skip

    assert answer.status_code == 409


@pytest.mark.parametrize("address", ["/jobs/{}/", "/imports/{}/bad-rows.csv"])
def test_the_result_of_work_that_somebody_else_began_is_not_there(house: House, address: str) -> None:
    job = Job.objects.get(pk=house.rows["job"].pk)
    theirs = Job.objects.create(
        kind=job.kind, title="theirs.csv", started_by=house.people["clerk"], created_at=job.created_at
    )
    bad_rows_of(theirs.pk).write_text("line")

    assert sent(house.browsers["supervisor"], "GET", address.format(theirs.pk)).status_code == 404
    bad_rows_of(theirs.pk).unlink()


def test_the_api_lists_nothing_of_theirs(house: House) -> None:
    for name in ("agent", "supervisor"):
        for path in ("/api/v1/loans/", "/api/v1/cases/"):
            told = json.loads(sent(house.browsers[name], "GET", path).content)
            assert told["results"]
            assert "SOUTH" not in json.dumps(told)
