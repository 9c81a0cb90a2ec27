"""Receipts: signed, fresh, counted once, in any order."""

import json
from random import Random
from typing import Any

import pytest
from django.test import Client

from audit.clock import machine_now
from dunning.models import Receipt, Reminder, ReminderLine
from dunning.planning import plan
from dunning.sending import sweep
from outbox_book import DAY, MORNING, one_due
from signed import post_signed
from sizes import sized
from staff.webhooks import secrets_of, signature_of
from stub_gateway import Stub

pytestmark = pytest.mark.usefixtures("closed_day")
State = Reminder.State
URL = "/webhooks/messages/acme/"


@pytest.fixture(autouse=True)
def secrets(settings: Any) -> None:
    settings.WEBHOOK_SECRETS = "acme:new:s3cret,acme:old:0ld,other:k:else"


def post(event: dict[str, Any] | bytes, *, secret: str = "s3cret", url: str = URL, **options: Any) -> int:
    return int(post_signed(url, event, secret=secret, **options).status_code)


def event(kind: str = "delivered", message: str = "m", number: str = "e1") -> dict[str, Any]:
    return {"event_id": number, "type": kind, "message_id": message, "at": "2026-03-10T02:00:05Z"}


def reminder(state: str, token: int = 1) -> Reminder:
    one_due()
    plan(DAY, MORNING)
    Reminder.objects.update(state=state, token=token)
    return Reminder.objects.get()


def test_a_delivered_message_is_delivered() -> None:
    row = reminder(State.SENT)

    assert post(event(message=row.message_id)) == 202
    assert Reminder.objects.get().state == State.DELIVERED


@pytest.mark.parametrize(
    ("state", "kind", "becomes"),
    [
        (State.SENDING, "delivered", State.DELIVERED),
        (State.UNKNOWN, "delivered", State.DELIVERED),
        (State.FAILED, "delivered", State.DELIVERED),
        (State.DUE, "delivered", State.DELIVERED),
        (State.SENT, "failed", State.FAILED),
        (State.UNKNOWN, "failed", State.FAILED),
        (State.DELIVERED, "failed", State.DELIVERED),
        (State.CANCELLED, "delivered", State.CANCELLED),
        (State.REFUSED, "failed", State.REFUSED),
        (State.SENT, "seen", State.SENT),
    ],
)
def test_what_each_event_makes_of_each_state(state: str, kind: str, becomes: str) -> None:
    row = reminder(state)

    post(event(kind, row.message_id))

    assert Reminder.objects.get().state == becomes


def test_a_row_that_was_never_tried_believes_no_receipt() -> None:
    row = reminder(State.DUE, token=0)

    post(event(message=row.message_id))

    assert Reminder.objects.get().state == State.DUE


def test_the_same_event_counts_once() -> None:
    assert post(event()) == 202
    assert post(event()) == 200
    assert Receipt.objects.count() == 1


def test_a_receipt_for_an_unknown_message_is_kept() -> None:
    assert post(event(message="nobody knows")) == 202
    assert Receipt.objects.get().message_id == "nobody knows"


@pytest.mark.parametrize("kinds", [("delivered",), ("delivered", "failed"), ("failed", "delivered"), ("failed",)])
def test_a_receipt_that_came_before_its_row_counts_when_the_row_is_there_and_nothing_is_sent_anew(
    kinds: tuple[str, ...], gateway: Stub
) -> None:
    key = reminder(State.SENT).message_id
    ReminderLine.objects.all().delete()
    Reminder.objects.all().delete()  # the book is restored from a copy of the day before
    for number, kind in enumerate(kinds):
        post(event(kind, key, f"e{number}"))
    assert plan(DAY, MORNING).planned == 1

    sweep(lambda: MORNING, pause=lambda seconds: None)

    row = Reminder.objects.get(message_id=key)
    assert row.state == (State.DELIVERED if "delivered" in kinds else State.FAILED)
    assert not gateway.hits


def test_both_keys_are_valid_while_they_rotate() -> None:
    assert post(event(number="a"), secret="s3cret") == 202
    assert post(event(number="b"), secret="0ld") == 202


@pytest.mark.parametrize(
    "options",
    [
        {"secret": "wrong"},
        {"secret": "else"},
        {"age": 301},
        {"age": -302},
        {"tamper": b" "},
        {"url": "/webhooks/messages/nobody/"},
    ],
    ids=["wrong key", "another provider's key", "too old", "from the future", "changed body", "unknown provider"],
)
def test_what_is_not_signed_now_by_that_provider_is_refused(options: dict[str, Any]) -> None:
    assert post(event(), **options) == 403
    assert not Receipt.objects.exists()


def test_of_many_forged_events_none_is_accepted() -> None:
    """Each is spoilt in one way: the key, the time, a byte of the body, of the signature, or of the stamp, or a header is gone."""
    chance = Random(21)
    for number in range(sized(150, 2_000)):
        body = json.dumps(event(number=f"e{number}")).encode()
        stamp = int(machine_now().timestamp())
        headers = {"X-Timestamp": str(stamp), "X-Signature": signature_of("s3cret", str(stamp), body)}
        match number % 6:
            case 0:
                headers["X-Signature"] = signature_of(
                    chance.choice(["else", "", "S3cret", "s3cret "]), str(stamp), body
                )
            case 1:
                old = str(stamp + chance.choice([-1, 1]) * chance.randint(302, 10**6))
                headers = {"X-Timestamp": old, "X-Signature": signature_of("s3cret", old, body)}
            case 2:
                place = chance.randrange(len(body))
                body = body[:place] + bytes([body[place] ^ 1 << chance.randrange(8)]) + body[place + 1 :]
            case 3:
                place = chance.randrange(64)
                other = "0" if headers["X-Signature"][place] != "0" else "1"
                headers["X-Signature"] = headers["X-Signature"][:place] + other + headers["X-Signature"][place + 1 :]
            case 4:
                headers["X-Timestamp"] = str(stamp + chance.choice([-1, 1]))
            case _:
                del headers[chance.choice(list(headers))]

        answer = Client().post(URL, body, content_type="application/json", headers=headers)

        assert answer.status_code == 403, (number, headers)
    assert not Receipt.objects.exists()


def test_a_key_that_was_taken_out_of_rotation_signs_nothing(settings: Any) -> None:
    assert post(event(number="a"), secret="0ld") == 202
    settings.WEBHOOK_SECRETS = "acme:new:s3cret"

    assert post(event(number="b"), secret="0ld") == 403
    assert post(event(number="b"), secret="s3cret") == 202


@pytest.mark.parametrize("headers", [{}, {"X-Timestamp": "now", "X-Signature": "é"}])
def test_headers_that_make_no_sense_are_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.post(URL, "{}", content_type="application/json", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 10_000,
        {"event_id": "e"},
        {**event(), "event_id": "x" * 81},
        {**event(), "at": "yesterday"},
        {**event(), "at": "2026-03-10T02:00:05"},
        {**event(), "type": 5},
        {**event(), "message_id": "\0"},
        {**event(), "message_id": "\ud800"},
    ],
)
def test_a_signed_body_that_is_no_event_is_refused_plainly(body: Any) -> None:
    assert post(body) == 400
    assert not Receipt.objects.exists()


def test_it_takes_no_get(client: Client) -> None:
    assert client.get(URL).status_code in {302, 405}


def test_secrets_are_read_by_provider() -> None:
    assert secrets_of("a:1:x:y,b:2:z, a:2:w,broken,:1:q") == {"a": ["x:y", "w"], "b": ["z"]}
