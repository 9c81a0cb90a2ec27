"""A carrier over HTTP: signed requests in its own fields, answers and receipts as its mapping means them."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from django.test import Client

from dunning.channels.configuration import GatewaySettings, gateways_of
from dunning.channels.interface import Outgoing, Question, Result, Told
from dunning.channels.sms.adapter import Sms
from dunning.channels.sms.mapping import at_path
from dunning.models import Receipt, Reminder
from dunning.planning import plan
from dunning.sending import Tally, sweep
from dunning.texts import MessageText
from lending.personal import PhoneNumber
from outbox_book import DAY, MORNING, one_due
from signed import post_signed
from stub_gateway import Stub

MAPPING: dict[str, Any] = {
    "body": {"to": ["{to}"], "sms": {"content": "{text}", "sign": "{signature}", "from": "{sender}"}, "out_id": "{message_id}"},
    "answer": {"status": "code", "accepted": ["0", "OK"], "later": ["BUSY"], "id": "data.0.biz"},
    "receipt": {
        "event_id": "rid", "message_id": "out_id", "status": "state", "reason": "err", "text": "content",
        "delivered": ["DELIVRD"], "failed": ["UNDELIV"], "replied": ["MO"], "gone": ["MK:0001"],
    },
    "ask": {
        "url": "https://sms.example.com/status?id={message_id}", "status": "state",
        "delivered": ["DELIVRD"], "sent": ["ACCEPTD"], "failed": ["UNDELIV"], "never": ["NONE"],
    },
}  # fmt: skip


def carrier(url: str = "https://sms.example.com/send", **changes: Any) -> GatewaySettings:
    row = {
        "name": "carrier", "adapter": "sms", "url": url, "channels": ["sms"], "account": "app-1", "sender": "1069",
        "senders": {"north": "10690001"}, "mapping": MAPPING,
    } | changes  # fmt: skip
    (found,) = gateways_of(json.dumps([row]), "carrier:s3cret")
    return found


def message() -> Outgoing:
    return Outgoing("k1", PhoneNumber("19900000001"), "sms", MessageText("您好 {to} & more"), "10690001", "北方银行")


def test_the_body_is_filled_as_the_mapping_says_and_a_text_with_braces_stays_as_it_is() -> None:
    body = json.loads(Sms(carrier()).call(message()).body)

    assert body == {
        "to": ["19900000001"],
        "sms": {"content": "您好 {to} & more", "sign": "北方银行", "from": "10690001"},
        "out_id": "k1",
    }


def test_a_form_is_a_form() -> None:
    mapping = MAPPING | {"format": "form", "body": {"m": "{to_e164}", "c": "{text}"}}

    call = Sms(carrier(mapping=mapping)).call(message())

    assert parse_qs(call.body.decode()) == {"m": ["+8619900000001"], "c": ["您好 {to} & more"]}


def test_a_request_is_signed_with_its_time_and_a_number_used_once() -> None:
    first, second = Sms(carrier()).call(message()), Sms(carrier()).call(message())

    told = f"{first.headers['X-Timestamp']}.{first.headers['X-Nonce']}.".encode() + first.body
    assert first.headers["X-Signature"] == hmac.new(b"s3cret", told, hashlib.sha256).hexdigest()
    assert (first.headers["X-Key-Id"], first.headers["Idempotency-Key"]) == ("app-1", "k1")
    assert first.headers["X-Nonce"] != second.headers["X-Nonce"]


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (200, {"code": 0, "data": [{"biz": "b7"}]}, Result.ACCEPTED),
        (200, {"code": "OK"}, Result.ACCEPTED),
        (200, {"code": "INVALID_NUMBER", "message": "19900000001 is wrong"}, Result.REFUSED),
        (200, {"code": "BUSY"}, Result.NOT_SENT),
        (400, {"code": "BLOCKED"}, Result.REFUSED),
        (400, {"code": "OK"}, Result.AMBIGUOUS),
        (429, {"code": "OK"}, Result.NOT_SENT),
        (401, {}, Result.NOT_SENT),
        (500, {"code": "OK"}, Result.AMBIGUOUS),
        (200, {}, Result.AMBIGUOUS),
        (200, {"code": {}}, Result.AMBIGUOUS),
        (200, [], Result.AMBIGUOUS),
        (302, {"code": "OK"}, Result.AMBIGUOUS),
    ],
)
def test_an_answer_means_what_the_mapping_says(status: int, body: Any, result: Result) -> None:
    assert Sms(carrier()).outcome(status, json.dumps(body).encode()).result == result


def test_an_answer_that_is_no_json_is_ambiguous() -> None:
    assert Sms(carrier()).outcome(200, b"\xff<html>").result == Result.AMBIGUOUS
    assert Sms(carrier()).outcome(200, b"[" * 100_000).result == Result.AMBIGUOUS


def test_only_the_carriers_code_is_kept_of_a_refusal() -> None:
    outcome = Sms(carrier()).outcome(200, b'{"code": "no such number 19900000001"}')

    assert (outcome.result, outcome.detail) == (Result.REFUSED, "")


def test_its_number_at_the_carrier_is_kept() -> None:
    assert Sms(carrier()).outcome(200, b'{"code": "0", "data": [{"biz": 7}]}').provider_id == "7"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b", "1"),
        ("a.c.1", "y"),
        ("a.c.9", None),
        ("a", None),
        ("", None),
        ("a.b.c", None),
        ("a.t", "true"),
        ("x", None),
    ],
)
def test_paths_lead_into_objects_and_lists(path: str, found: str | None) -> None:
    assert at_path({"a": {"b": 1, "c": ["x", "y"], "t": True}}, path) == found


@pytest.mark.usefixtures("closed_day")
class TestSending:
    @pytest.fixture
    def reminder(self, settings: Any, gateway: Stub) -> Reminder:
        settings.GATEWAYS = (carrier(gateway.url),)
        one_due()
        plan(DAY, MORNING)
        return Reminder.objects.get()

    def test_a_reminder_goes_out_in_the_name_of_its_creditor(self, reminder: Reminder, gateway: Stub) -> None:
        gateway.answer = lambda key: (200, {"code": 0, "data": [{"biz": "b7"}]})

        assert sweep(lambda: MORNING, pause=lambda _: None) == Tally(sent=1)

        reminder.refresh_from_db()
        assert (reminder.gateway, reminder.provider_id) == ("carrier", "b7")
        assert gateway.only_body()["sms"]["sign"] == "北方银行"

    def test_a_refusal_with_status_200_ends_it_and_gives_its_slot_back(self, reminder: Reminder, gateway: Stub) -> None:
        gateway.answer = lambda key: (200, {"code": "BLACKLISTED"})

        assert sweep(lambda: MORNING, pause=lambda _: None) == Tally(failed=1)

        reminder.refresh_from_db()
        assert (reminder.state, reminder.reason, reminder.contact_id) == ("failed", "gateway_refused.BLACKLISTED", None)
        assert gateway.hits == {reminder.message_id: 1}

    def test_a_refusal_after_a_try_in_doubt_leaves_the_doubt(
        self, settings: Any, reminder: Reminder, gateway: Stub
    ) -> None:
        """A carrier that knows the key may refuse the repeat of what it took."""
        settings.GATEWAYS = (carrier(gateway.url, kind="idempotent"),)
        answers = [(500, {}), (200, {"code": "DUPLICATE"})]
        gateway.answer = lambda key: answers.pop(0)

        def at_once(seconds: float) -> None:
            Reminder.objects.update(retry_at=None)

        assert sweep(lambda: MORNING, pause=at_once) == Tally(unknown=1)

    @pytest.mark.parametrize(
        ("state", "err", "becomes", "kind"),
        [
            ("DELIVRD", "", "delivered", "delivered"),
            ("UNDELIV", "MK:0001", "failed", "failed"),
            ("ACCEPTD", "", "sent", "other"),
        ],
    )
    def test_a_receipt_means_what_the_mapping_says(
        self, settings: Any, reminder: Reminder, state: str, err: str, becomes: str, kind: str
    ) -> None:
        settings.WEBHOOK_SECRETS = "carrier:k:hook"
        Reminder.objects.update(state="sent", token=1)
        body = {"rid": "r1", "out_id": reminder.message_id, "state": state, "err": err}

        assert post_signed("/webhooks/messages/carrier/", body, secret="hook").status_code == 202
        assert post_signed("/webhooks/messages/carrier/", body, secret="hook").status_code == 200

        assert Reminder.objects.get().state == becomes
        assert (Receipt.objects.get().kind, Receipt.objects.get().reason) == (kind, "number_gone" if err else "")

    def test_a_receipt_that_is_not_signed_or_lacks_a_field_is_refused(self, settings: Any, reminder: Reminder) -> None:
        settings.WEBHOOK_SECRETS = "carrier:k:hook"

        assert post_signed("/webhooks/messages/carrier/", {"rid": "r"}, secret="wrong").status_code == 403
        assert post_signed("/webhooks/messages/carrier/", {"rid": "r"}, secret="hook").status_code == 400
        assert Client().post("/webhooks/messages/carrier/").status_code == 403


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"state": "DELIVRD"}, Told.DELIVERED),
        ({"state": "ACCEPTD"}, Told.SENT),
        ({"state": "UNDELIV"}, Told.FAILED),
        ({"state": "NONE"}, Told.NEVER),
        ({"state": "?"}, Told.UNSAID),
        ({}, Told.UNSAID),
    ],
)
def test_it_is_asked_as_the_mapping_says(monkeypatch: pytest.MonkeyPatch, body: dict[str, str], told: Told) -> None:
    asked: list[str] = []

    def get(url: str, **options: Any) -> httpx.Response:
        asked.append(url)
        assert options["headers"]["X-Signature"]
        return httpx.Response(200, json=body, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)

    assert Sms(carrier()).ask(Question("k/1", PhoneNumber("1"), MessageText("x"), MORNING)) is told
    assert asked == ["https://sms.example.com/status?id=k%2F1"]


def test_a_carrier_that_does_not_answer_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(url: str, **options: Any) -> httpx.Response:
        raise httpx.ConnectError("away")

    monkeypatch.setattr(httpx, "get", get)

    assert Sms(carrier()).ask(Question("k1", PhoneNumber("1"), MessageText("x"), MORNING)) is Told.UNSAID
