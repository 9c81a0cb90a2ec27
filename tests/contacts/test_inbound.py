"""Calls that come in: signed, once by their id in any order, matched by the number's digest, in the log by themselves."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Entry
from behind import NOW, make_case, make_person, make_team
from cases.models import Case
from cases.ringing import callers_for
from contacts import gate
from contacts.models import Contact, InboundCall
from reachable import make_borrower, make_point
from signed import post_signed
from staff.models import User

pytestmark = pytest.mark.django_db
NUMBER = "13912345678"
URL = "/webhooks/calls/acme/"


@pytest.fixture(autouse=True)
def edge(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_SECRETS = "acme:new:s3cret,other:k:else"
    monkeypatch.setattr("contacts.machines.now", lambda: NOW)
    monkeypatch.setattr("config.middleware.now", lambda: NOW)


@pytest.fixture
def agent() -> User:
    return make_person("li", team=make_team(), display_name="Li Na")


@pytest.fixture
def case(agent: User) -> Case:
    case = make_case(owner=agent)
    make_point(case.borrower, NUMBER)
    return case


def report(kind: str = "ringing", /, **more: Any) -> dict[str, Any]:
    return {"type": kind, "call_id": "c1", "from": "+86 139 1234 5678", "at": NOW.isoformat()} | more


def post(body: Any, *, secret: str = "s3cret", url: str = URL, **options: Any) -> Any:
    return post_signed(url, body, secret=secret, **options)


def test_a_ringing_call_is_matched_and_shown_to_the_owner(case: Case, agent: User) -> None:
    answer = post(report())

    assert (answer.status_code, answer.json()) == (202, {"status": "taken", "is_known": True})
    contact = Contact.objects.get()
    assert (contact.direction, contact.borrower, contact.state, contact.purpose) == (
        "in",
        case.borrower,
        "reserved",
        "service",
    )
    assert [caller.case for caller in callers_for(agent, NOW)] == [case.pk]
    assert callers_for(agent, NOW + timedelta(minutes=2)) == []
    assert callers_for(make_person("sun", team=make_team("South")), NOW) == []
    assert NUMBER not in Entry.objects.get(action="contacts.call_came_in").facts


def test_the_page_that_polls_says_who_is_calling(case: Case, agent: User) -> None:
    other = make_case("B2", owner=agent)
    client = Client()
    client.force_login(agent)
    url = reverse("case_presence", args=[other.pk])
    with CaptureQueriesContext(connection) as quiet:
        assert "is calling" not in client.post(url).content.decode()
    post(report())

    with CaptureQueriesContext(connection) as busy:
        page = client.post(url).content.decode()

    assert "is calling" in page
    assert reverse("case_page", args=[case.pk]) in page
    assert len(busy) <= len(quiet) + 3


def test_a_call_at_another_desk_is_not_shown_to_the_owner(case: Case, agent: User) -> None:
    colleague = make_person("wu", team=make_team())
    post(report(agent="wu"))

    assert callers_for(agent, NOW) == []
    assert Contact.objects.get().by == colleague


def test_whoever_took_the_call_writes_it_down(case: Case, agent: User) -> None:
    post(report(agent="li"))
    post(report("ended", agent="li", seconds=95, recording="rec/1"))

    contact = Contact.objects.get()
    assert (contact.state, contact.by, contact.seconds, contact.recording) == ("reserved", agent, 95, "rec/1")
    assert callers_for(agent, NOW) == []
    client = Client()
    client.force_login(agent)
    assert "not written down yet" in client.get(reverse("case_page", args=[case.pk])).content.decode()


def test_a_call_that_nobody_took_is_written_down_as_unanswered_and_spoils_no_number(case: Case) -> None:
    post(report())
    post(report("ended", seconds=0))

    contact = Contact.objects.get()
    assert (contact.state, contact.outcome, contact.connected) == ("made", "no_answer", False)
    assert contact.point is not None
    assert contact.point.quality == "untried"
    case.refresh_from_db()
    assert case.next_action != "call_again"


EVENTS = [report(), report("ended", agent="li", seconds=30), report("ended", agent="li", seconds=30)]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_reports_come_in_any_order_and_more_than_once(case: Case, agent: User, order: tuple[int, ...]) -> None:
    for place in order:
        assert post(EVENTS[place]).status_code in {200, 202}

    call = InboundCall.objects.get()
    assert (call.ended_at, call.agent, Contact.objects.get().seconds) == (NOW, agent, 30)
    assert Entry.objects.filter(action="contacts.call_came_in").count() == 1


def test_an_unknown_number_is_kept_without_a_case(case: Case) -> None:
    assert post(report(**{"from": "13800000000"})).json()["is_known"] is False
    assert post(report("ended", **{"from": "13800000000"})).status_code == 202

    call = InboundCall.objects.get()
    assert (call.contact, str(call.number), call.ended_at) == (None, "138••••0000", NOW)
    assert not Contact.objects.exists()


def test_a_number_of_two_borrowers_is_nobodys(case: Case) -> None:
    make_point(make_borrower("B9", phone=None), NUMBER)

    assert post(report()).json()["is_known"] is False
    assert not Contact.objects.exists()


def test_a_retired_number_is_not_matched(case: Case) -> None:
    case.borrower.contact_points.update(retired_at=NOW)

    assert post(report()).json()["is_known"] is False


def test_a_call_that_came_in_counts_in_no_cap(case: Case) -> None:
    before = gate.decide(case.borrower, "call", "demand", NOW).counters
    for number in range(8):
        post(report("ended", call_id=f"c{number}", agent="li", seconds=20))

    assert gate.decide(case.borrower, "call", "demand", NOW).counters == before


@pytest.mark.parametrize(
    "body",
    [
        b"no json", b"[]", report("hung up"), report(call_id=""), report(at="today"), report(**{"from": 5}),
        report("ended", seconds=-1), report("ended", seconds="9"), report(recording="r" * 201),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_report_that_makes_no_sense_changes_nothing(case: Case, body: Any) -> None:
    assert post(body).status_code == 400
    assert not InboundCall.objects.exists()


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"secret": "else"}, 403), ({"age": 301}, 403), ({"age": -301}, 403), ({"tamper": b" "}, 403),
        ({"url": "/webhooks/calls/nobody/"}, 403),
    ],
    ids=str,
)  # fmt: skip
def test_only_a_fresh_signed_report_is_taken(case: Case, options: dict[str, Any], status: int) -> None:
    assert post(report(), **options).status_code == status
    assert not InboundCall.objects.exists()


def test_only_posts_are_taken() -> None:
    assert Client().get(URL).status_code == 405


def test_the_database_keeps_a_call_once_by_its_id(case: Case) -> None:
    post(report())
    call = InboundCall.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        InboundCall.objects.create(provider="acme", call_id="c1", number=call.number, digest=call.digest, rang_at=NOW)
