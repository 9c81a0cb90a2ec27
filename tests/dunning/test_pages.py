"""The outbox, what is in doubt, and the demonstration's phones."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from dunning.listing import PAGE_ROWS
from dunning.models import Attempt, LoopbackMessage, Reminder
from dunning.planning import plan
from dunning.sending import Tally, sweep
from lending.models import Borrower
from outbox_book import DAY, MORNING, lend, one_due, people
from stub_gateway import Stub

pytestmark = pytest.mark.usefixtures("closed_day", "everybody_sees_b")
State = Reminder.State
SignedIn = Callable[[str], Client]


@pytest.fixture
def reminder() -> Reminder:
    one_due()
    plan(DAY, MORNING)
    return Reminder.objects.get()


@pytest.fixture
def in_doubt(reminder: Reminder, plain_gateway: Stub, monkeypatch: pytest.MonkeyPatch) -> Reminder:
    plain_gateway.answer = lambda key: (500, {})
    sweep(lambda: MORNING)
    plain_gateway.answer = lambda key: (200, {"status": "accepted", "id": "1"})
    monkeypatch.setattr("config.middleware.now", lambda: MORNING)
    reminder.refresh_from_db()
    assert reminder.state == State.UNKNOWN
    return reminder


def test_the_outbox_filters_by_state(signed_in: SignedIn, reminder: Reminder) -> None:
    client = signed_in("supervisor")

    assert "王••" in client.get("/outbox/?state=due").content.decode()
    assert "王••" not in client.get("/outbox/?state=sent").content.decode()
    assert client.get("/outbox/?state=nonsense").status_code == 200


def test_the_pages_of_the_outbox_hold_every_row_once(signed_in: SignedIn) -> None:
    lend(people(PAGE_ROWS * 2 + 5), DAY - timedelta(days=1))
    plan(DAY, MORNING)
    client, seen, after = signed_in("manager"), [], ""
    for _page in range(3):
        page = client.get(f"/outbox/?after={after}").context["page"]
        seen += [row.reminder.pk for row in page.rows]
        after = page.next

    assert after == ""
    assert sorted(seen) == sorted(Reminder.objects.values_list("pk", flat=True))
    assert [row.reminder.pk for row in client.get(f"/outbox/?before={page.previous}").context["page"].rows] == seen[
        PAGE_ROWS : PAGE_ROWS * 2
    ]


@pytest.mark.parametrize("cursor", ["x", "1_x", "nan_1", "1e300_1", "_"])
def test_a_cursor_that_is_none_begins_at_the_newest(signed_in: SignedIn, reminder: Reminder, cursor: str) -> None:
    page = signed_in("manager").get("/outbox/", {"after": cursor})

    assert len(page.context["page"].rows) == 1


def test_the_outbox_asks_a_constant_number_of_queries(signed_in: SignedIn, reminder: Reminder) -> None:
    client = signed_in("manager")
    client.get("/outbox/")
    with CaptureQueriesContext(connection) as few:
        client.get("/outbox/")
    lend(people(40, first=100), DAY - timedelta(days=1))
    plan(DAY, MORNING)

    with CaptureQueriesContext(connection) as many:
        client.get("/outbox/")

    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("role", "outbox", "unknown", "messages"),
    [
        ("agent", 403, 403, 200),
        ("supervisor", 200, 200, 200),
        ("manager", 200, 403, 200),
        ("auditor", 200, 403, 200),
        ("administrator", 403, 403, 403),
    ],
)
def test_each_role_opens_what_the_matrix_says(
    signed_in: SignedIn, role: str, outbox: int, unknown: int, messages: int
) -> None:
    client = signed_in(role)

    assert client.get("/outbox/").status_code == outbox
    assert client.get("/outbox/unknown/").status_code == unknown
    assert client.get("/messages/").status_code == messages


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/outbox/").status_code == 302


def test_a_message_out_of_scope_is_not_there(signed_in: SignedIn, reminder: Reminder) -> None:
    Borrower.objects.update(ref="X1")

    assert signed_in("supervisor").get(f"/outbox/{reminder.pk}/").status_code == 404


def test_a_message_shows_its_text_and_its_tries(signed_in: SignedIn, reminder: Reminder, gateway: Stub) -> None:
    sweep(lambda: MORNING)

    page = signed_in("auditor").get(f"/outbox/{reminder.pk}/").content.decode()

    assert "北方银行" in page
    assert "Taken by the gateway" in page


def settle(client: Client, reminder: Reminder, verdict: str, key: str = "k" * 20) -> int:
    form = {"verdict": verdict, "reason": "asked the gateway", "one_time_key": key}
    return client.post(f"/outbox/{reminder.pk}/settle/", form).status_code


@pytest.mark.parametrize(("verdict", "state"), [("sent", State.SENT), ("give_up", State.FAILED), ("again", State.DUE)])
def test_a_person_settles_what_is_in_doubt(signed_in: SignedIn, in_doubt: Reminder, verdict: str, state: str) -> None:
    assert settle(signed_in("supervisor"), in_doubt, verdict) == 302

    in_doubt.refresh_from_db()
    assert in_doubt.state == state
    assert "asked the gateway" in Entry.objects.get(action="dunning.unknown_settled").facts


def test_what_is_sent_again_goes_under_the_same_key(signed_in: SignedIn, in_doubt: Reminder, gateway: Stub) -> None:
    settle(signed_in("supervisor"), in_doubt, "again")

    assert sweep(lambda: MORNING) == Tally(sent=1)
    assert gateway.hits == {in_doubt.message_id: 2}
    assert Attempt.objects.count() == 2


def test_a_day_later_it_may_not_be_sent_again(
    signed_in: SignedIn, in_doubt: Reminder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: MORNING + timedelta(days=1))

    assert settle(signed_in("supervisor"), in_doubt, "again") == 422
    in_doubt.refresh_from_db()
    assert in_doubt.state == State.UNKNOWN


def test_it_is_settled_once(signed_in: SignedIn, in_doubt: Reminder) -> None:
    client = signed_in("supervisor")
    settle(client, in_doubt, "sent", "a" * 20)

    assert settle(client, in_doubt, "give_up", "b" * 20) == 409
    assert Entry.objects.filter(action="dunning.unknown_settled").count() == 1


def test_a_reason_is_wanted(signed_in: SignedIn, in_doubt: Reminder) -> None:
    form = {"verdict": "sent", "reason": " ", "one_time_key": "k"}

    assert signed_in("supervisor").post(f"/outbox/{in_doubt.pk}/settle/", form).status_code == 422


def loop(client: Client, key: str = "k1", body: Any = None) -> Any:
    content = body if body is not None else {"to": "19900000001", "channel": "sms", "text": "Hi", "message_id": key}
    return client.post(
        "/loopback/messages/", content, content_type="application/json", headers={"Idempotency-Key": key}
    )


def test_the_loopback_counts_repeats_and_keeps_one(client: Client) -> None:
    first, again = loop(client), loop(client)

    assert first.json() == again.json() == {"status": "accepted", "id": first.json()["id"]}
    assert LoopbackMessage.objects.get().hits == 2
    assert LoopbackMessage.objects.get().to_masked == "199••••0001"


@pytest.mark.parametrize("body", ["", "[]", "{}", "5", '{"to": "1"}'])
def test_the_loopback_refuses_what_is_no_message(client: Client, body: str) -> None:
    assert loop(client, body=body).status_code == 400
    assert loop(client, key="").status_code == 400


def test_the_loopback_is_closed_outside_demonstrations(client: Client, settings: Any, signed_in: SignedIn) -> None:
    settings.DEMO = False

    assert loop(client).status_code == 404
    assert signed_in("agent").get("/messages/").status_code == 404


def test_the_phones_show_what_was_received(signed_in: SignedIn, client: Client, reminder: Reminder) -> None:
    body = {"to": "19900000001", "channel": "sms", "text": "【北方银行】您好", "message_id": "x"}
    loop(client, reminder.message_id, body)
    loop(client, "somebody else's", body)

    page = signed_in("manager").get("/messages/")

    assert [len(phone.bubbles) for phone in page.context["phones"]] == [1]
    assert "【北方银行】您好" in page.content.decode()
    one = signed_in("manager").get("/messages/", {"borrower": reminder.borrower_id})
    other = signed_in("manager").get("/messages/", {"borrower": "0"})
    assert (len(one.context["phones"]), len(other.context["phones"])) == (1, 0)
