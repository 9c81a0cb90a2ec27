"""Twilio: its published request, its published signature, and what its statuses mean here."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from django.http import QueryDict
from django.test import Client

from contacts.models import OptOut
from dunning.channels.configuration import GatewaySettings, gateways_of
from dunning.channels.interface import Outgoing, Question, Result, Told
from dunning.channels.numbers import e164
from dunning.channels.twilio.adapter import Twilio
from dunning.channels.twilio.signing import is_signed, signature_of
from dunning.models import Receipt, Reminder
from dunning.planning import plan
from dunning.sending import Tally, sweep
from dunning.texts import MessageText
from lending.personal import PhoneNumber
from outbox_book import DAY, MORNING, one_due
from stub_gateway import Stub

ACCOUNT = "AC" + "0" * 32
EXAMPLE_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"


def example(number: str) -> QueryDict:
    """The form of the example in Twilio's own documentation and libraries."""
    fields = {"Digits": "1234", "To": "+18005551212", "From": number, "Caller": number, "CallSid": "CA1234567890ABCDE"}
    return QueryDict(urlencode(fields))


@pytest.mark.parametrize(
    ("number", "signature"),
    [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")],
)
def test_twilios_own_examples_are_signed_as_twilio_says(number: str, signature: str) -> None:
    assert signature_of("12345", EXAMPLE_URL, example(number)) == signature
    assert is_signed(signature, "12345", EXAMPLE_URL, example(number))


@pytest.mark.parametrize(
    ("signature", "token", "url"),
    [
        ("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12346", EXAMPLE_URL),
        ("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345", EXAMPLE_URL + "3"),
        ("RSOYDt4T1cUTdK1PDd93/VVr8B8", "12345", EXAMPLE_URL),
        ("", "12345", EXAMPLE_URL),
        ("é", "12345", EXAMPLE_URL),
        ("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "", EXAMPLE_URL),
    ],
)
def test_anything_else_is_not_signed(signature: str, token: str, url: str) -> None:
    assert not is_signed(signature, token, url, example("+14158675309"))


def twilio(url: str = "https://api.twilio.com/2010-04-01", **changes: Any) -> GatewaySettings:
    row = {
        "name": "tw",
        "adapter": "twilio",
        "url": url,
        "channels": ["sms"],
        "account": ACCOUNT,
        "sender": "+15005550006",
    }
    (found,) = gateways_of(json.dumps([row | changes]), "tw:token")
    return found


def message(sender: str = "+15005550006") -> Outgoing:
    return Outgoing("k1", PhoneNumber("19900000001"), "sms", MessageText("您好"), sender)


def test_the_request_is_the_published_one(settings: Any) -> None:
    settings.PUBLIC_URL = "https://console.example.com"

    lane = Twilio(twilio()).lane()
    body, headers = Twilio(twilio()).call(message())

    assert lane.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert parse_qs(body.decode()) == {
        "To": ["+8619900000001"],
        "From": ["+15005550006"],
        "Body": ["您好"],
        "StatusCallback": ["https://console.example.com/webhooks/messages/tw/?message_id=k1"],
    }
    assert headers["Authorization"] == "Basic " + base64.b64encode(f"{ACCOUNT}:token".encode()).decode()


def test_a_messaging_service_stands_in_the_place_of_a_number() -> None:
    form = parse_qs(Twilio(twilio()).call(message("MG1")).body.decode())

    assert (form["MessagingServiceSid"], "From" in form) == (["MG1"], False)


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (201, {"sid": "SM1", "status": "queued", "error_code": None}, Result.ACCEPTED),
        (201, {"sid": "SM1", "status": "failed", "error_code": 30007}, Result.REFUSED),
        (201, {}, Result.AMBIGUOUS),
        (400, {"code": 21211, "message": "The 'To' number +8619900000001 is not valid", "status": 400}, Result.REFUSED),
        (400, {}, Result.AMBIGUOUS),
        (401, {"code": 20003}, Result.NOT_SENT),
        (429, {"code": 20429}, Result.NOT_SENT),
        (500, {"code": 20500}, Result.AMBIGUOUS),
        (503, {}, Result.AMBIGUOUS),
    ],
)
def test_an_answer_means(status: int, body: dict[str, Any], result: Result) -> None:
    outcome = Twilio(twilio()).outcome(status, json.dumps(body).encode())

    assert outcome.result == result
    assert "199" not in outcome.detail


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("19900000001", "+8619900000001"),
        ("+1 415 555 0100", "+14155550100"),
        ("0014155550100", "+14155550100"),
        ("021-5555", "+86215555"),
    ],
)
def test_numbers_say_their_country(raw: str, found: str) -> None:
    assert e164(PhoneNumber(raw), "86") == found


@pytest.fixture
def reminder(settings: Any, gateway: Stub, closed_day: None) -> Reminder:
    settings.GATEWAYS = (twilio(gateway.url),)
    settings.PUBLIC_URL = "http://testserver"
    gateway.answer = lambda key: (201, {"sid": "SM1", "status": "queued"})
    one_due()
    plan(DAY, MORNING)
    return Reminder.objects.get()


def tell(fields: dict[str, str], query: str = "", *, token: str = "token") -> int:
    url = f"/webhooks/messages/tw/{query}"
    signature = signature_of(token, f"http://testserver{url}", QueryDict(urlencode(fields)))
    body = urlencode(fields)
    headers = {"X-Twilio-Signature": signature}
    answer = Client().post(url, body, content_type="application/x-www-form-urlencoded", headers=headers)
    return answer.status_code


def status(sid: str, what: str, code: str = "") -> dict[str, str]:
    return {"MessageSid": sid, "MessageStatus": what, "To": "+86", "From": "+1"} | ({"ErrorCode": code} if code else {})


def test_a_message_goes_out_once_and_its_status_comes_back(reminder: Reminder) -> None:
    assert sweep(lambda: MORNING, pause=lambda _: None) == Tally(sent=1)

    query = f"?message_id={reminder.message_id}"
    assert tell(status("SM1", "delivered"), query) == 202
    assert tell(status("SM1", "delivered"), query) == 200
    assert tell(status("SM1", "sent"), query) == 202

    reminder.refresh_from_db()
    assert (reminder.state, reminder.provider_id) == ("delivered", "SM1")


def test_a_number_that_does_not_exist_is_gone(reminder: Reminder) -> None:
    sweep(lambda: MORNING, pause=lambda _: None)

    tell(status("SM1", "undelivered", "30005"), f"?message_id={reminder.message_id}")

    assert Reminder.objects.get().state == "failed"
    assert Reminder.objects.get().point.quality == "gone"  # type: ignore[union-attr]


@pytest.mark.parametrize("token", ["", "wrong"])
def test_what_twilio_did_not_sign_is_refused(reminder: Reminder, token: str) -> None:
    assert tell(status("SM1", "delivered"), f"?message_id={reminder.message_id}", token=token) == 403
    assert Client().post("/webhooks/messages/tw/", status("SM1", "delivered")).status_code == 403
    assert not Receipt.objects.exists()


def test_the_house_signature_opens_no_twilio_webhook(reminder: Reminder, settings: Any) -> None:
    from signed import post_signed

    settings.WEBHOOK_SECRETS = "tw:k:s"
    event = {"event_id": "e", "type": "delivered", "message_id": reminder.message_id, "at": "2026-03-10T02:00:05Z"}

    assert post_signed("/webhooks/messages/tw/", event, secret="s").status_code == 403


@pytest.mark.parametrize("fields", [{}, {"MessageSid": "SM1"}, {"MessageSid": "x" * 61, "MessageStatus": "sent"}])
def test_what_is_signed_and_no_event_is_refused_plainly(reminder: Reminder, fields: dict[str, str]) -> None:
    assert tell(fields, "?message_id=k") == 400


def test_whoever_writes_stop_back_hears_no_more(reminder: Reminder) -> None:
    sweep(lambda: MORNING, pause=lambda _: None)

    answer = {"MessageSid": "SM9", "From": "+8619900000000", "To": "+15005550006", "Body": "STOP"}
    assert tell(answer) == 202

    assert OptOut.objects.get().borrower_id == reminder.borrower_id
    assert Receipt.objects.get().message_id == reminder.message_id


def test_what_a_stranger_writes_is_kept(reminder: Reminder) -> None:
    assert tell({"MessageSid": "SM9", "From": "+15550000", "To": "+1", "Body": "hello"}) == 202
    assert Receipt.objects.get().message_id == "SM9"


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ({"body": "您好", "status": "delivered", "date_created": "Tue, 10 Mar 2026 02:00:01 +0000"}, Told.DELIVERED),
        ({"body": "您好", "status": "sent", "date_created": "Tue, 10 Mar 2026 02:00:01 +0000"}, Told.SENT),
        ({"body": "您好", "status": "failed", "date_created": "Tue, 10 Mar 2026 02:00:01 +0000"}, Told.FAILED),
        ({"body": "您好", "status": "sent", "date_created": "Mon, 09 Mar 2026 02:00:01 +0000"}, Told.UNSAID),
        ({"body": "another", "status": "sent", "date_created": "Tue, 10 Mar 2026 02:00:01 +0000"}, Told.UNSAID),
        ({"body": "您好", "status": "sent", "date_created": "?"}, Told.UNSAID),
    ],
)
def test_a_message_in_doubt_is_looked_for_by_number_time_and_words(
    monkeypatch: pytest.MonkeyPatch, listed: dict[str, str], told: Told
) -> None:
    def get(url: str, **options: Any) -> httpx.Response:
        assert options["params"]["To"] == "+8619900000001"
        return httpx.Response(200, json={"messages": [listed]}, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)

    assert Twilio(twilio()).ask(Question("k", PhoneNumber("19900000001"), MessageText("您好"), MORNING)) is told
