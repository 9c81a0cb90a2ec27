"""How the gateways do, and the filters of the outbox."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.clock import machine_now
from dunning import circuits
from dunning.channels.configuration import gateways_of
from dunning.channels.interface import Outcome, Result
from dunning.channels.registry import configured
from dunning.health import OPEN, PROBING, of_all
from dunning.models import Attempt, Circuit, Reminder
from dunning.planning import plan
from outbox_book import DAY, MORNING, lend, people

pytestmark = pytest.mark.usefixtures("closed_day", "everybody_sees_b")
State = Reminder.State
SignedIn = Callable[[str], Client]
MAIL = (
    '[{"name": "post", "adapter": "email", "url": "smtp://mail.example.com", "channels": ["email"],'
    ' "sender": "help@example.com", "subject": "x", "per_second": 3}]'
)


@pytest.fixture
def house(settings: Any, closed_day: None) -> None:
    """Two gateways, a message by each, and two that were never tried."""
    settings.GATEWAYS = gateways_of(MAIL)
    lend(people(4), DAY - timedelta(days=1))
    plan(DAY, MORNING)
    for number, row in enumerate(Reminder.objects.order_by("pk")):
        tried = "" if number > 1 else ("post", "provider")[number]
        Reminder.objects.filter(pk=row.pk).update(gateway=tried, channel="sms" if number % 2 else "email")


def rows(client: Client, query: str) -> int:
    return len(client.get(f"/outbox/?{query}").context["page"].rows)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 4),
        ("channel=email", 2),
        ("gateway=post", 2),
        ("gateway=provider", 2),
        ("gateway=nobody", 4),
        (f"day={DAY}", 4),
        (f"day={DAY + timedelta(days=1)}", 0),
        ("day=yesterday", 4),
        ("gateway=post&state=due", 2),
        ("gateway=post&state=sent", 0),
        ("dead=true", 0),
    ],
)
@pytest.mark.usefixtures("house")
def test_the_outbox_filters(signed_in: SignedIn, query: str, number: int) -> None:
    assert rows(signed_in("manager"), query) == number


@pytest.mark.usefixtures("house")
def test_chips_count_within_the_other_filters_and_keep_them(signed_in: SignedIn) -> None:
    Reminder.objects.filter(gateway="post").update(state=State.SENT)

    chips = signed_in("manager").get("/outbox/?gateway=post&state=sent").context["chips"]

    assert [(chip["count"], chip["is_on"], chip["url"]) for chip in chips] == [
        (1, False, "?gateway=post&state=due"),
        (1, True, "?gateway=post"),
    ]


def fault(name: str) -> None:
    gateway = next(each for each in configured() if each.name == name)
    circuits.note(replace(gateway, faults=1), [Outcome(Result.AMBIGUOUS, detail="HTTP 503")], machine_now())


@pytest.mark.usefixtures("house")
def test_the_page_says_which_gateway_is_left_alone_and_why(signed_in: SignedIn) -> None:
    fault("post")

    page = signed_in("auditor").get("/outbox/gateways/").content.decode()

    assert "Left alone" in page
    assert "Passable" in page
    assert "HTTP 503" in page


@pytest.mark.usefixtures("house")
def test_health_counts_what_left_and_what_waits() -> None:
    first, second = Reminder.objects.exclude(gateway="").order_by("pk")
    for token, moment in enumerate((MORNING, MORNING - timedelta(minutes=2)), 1):
        Attempt.objects.create(reminder=first, token=token, at=moment, text_digest="", result="accepted")
    Reminder.objects.filter(pk=first.pk).update(state=State.UNKNOWN)
    Reminder.objects.filter(pk=second.pk).update(state=State.FAILED, reason="gateway_unreachable")
    fault("post")

    post, provider = of_all(at=MORNING, machine_at=machine_now())

    assert (post.state, post.last_minute, post.unknown, post.dead) == (OPEN, 1, 1, 0)
    assert (provider.is_open, provider.last_minute, provider.unknown, provider.dead) == (False, 0, 0, 1)
    assert post.next_probe_at is not None


@pytest.mark.usefixtures("house")
def test_a_gateway_that_is_being_tried_says_so() -> None:
    fault("post")
    Circuit.objects.update(probing_until=machine_now() + timedelta(seconds=9))

    assert of_all(at=MORNING, machine_at=machine_now())[0].state == PROBING


@pytest.mark.usefixtures("house")
def test_the_page_asks_a_constant_number_of_queries(signed_in: SignedIn) -> None:
    client = signed_in("manager")
    client.get("/outbox/gateways/")
    with CaptureQueriesContext(connection) as few:
        client.get("/outbox/gateways/")
    fault("post")
    fault("provider")

    with CaptureQueriesContext(connection) as many:
        client.get("/outbox/gateways/")

    assert len(many) == len(few)


@pytest.mark.usefixtures("house")
def test_metrics_tell_it_to_machines(client: Client) -> None:
    fault("post")

    told = client.get("/metrics").content.decode()

    assert 'console_gateway_open{gateway="post"} 1' in told
    assert 'console_gateway_open{gateway="provider"} 0' in told
    assert 'console_gateway_dead_letters{gateway="post"} 0' in told


@pytest.mark.parametrize(("role", "status"), [("agent", 403), ("supervisor", 200), ("administrator", 403)])
def test_who_may_look(signed_in: SignedIn, role: str, status: int) -> None:
    assert signed_in(role).get("/outbox/gateways/").status_code == status


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get("/outbox/gateways/").status_code == 302


def test_it_takes_no_post(signed_in: SignedIn) -> None:
    assert signed_in("supervisor").post("/outbox/gateways/").status_code == 405
