"""A gateway that makes no sense keeps the console from starting, and says which and why."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from contacts.models import Channel
from dunning.channels.configuration import CHANNELS, PROVIDER, gateways_of
from dunning.channels.registry import ADAPTERS, adapter_of, configured
from dunning.models import Reminder
from dunning.views.machines import WEBHOOKS

SMS: dict[str, Any] = {
    "name": "carrier",
    "adapter": "sms",
    "url": "https://sms.example.com/send",
    "channels": ["sms"],
    "account": "app-1",
    "mapping": {
        "body": {"mobile": "{to}", "content": "{text}", "id": "{message_id}"},
        "answer": {"status": "code", "accepted": ["0"]},
    },
}
MAIL: dict[str, Any] = {
    "name": "post",
    "adapter": "email",
    "url": "smtp+tls://console@mail.example.com",
    "channels": ["email"],
    "sender": "help@example.com",
    "subject": "About your account",
}


def read(*rows: Any, secrets: str = "carrier:s3cret:with:colons") -> Any:
    return gateways_of(json.dumps(rows), secrets)


def test_a_gateway_is_read_with_its_secret() -> None:
    carrier, post = read(SMS, MAIL)

    assert (carrier.name, carrier.kind, carrier.secret, carrier.channels) == (
        "carrier", "plain", "s3cret:with:colons", frozenset({"sms"}),
    )  # fmt: skip
    assert post.sender == "help@example.com"


def test_a_secret_is_not_printed() -> None:
    assert "s3cret" not in repr(read(SMS))


def test_the_list_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "gateways.json").write_text(json.dumps([MAIL]))

    assert gateways_of(str(tmp_path / "gateways.json"))[0].name == "post"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"adapter": "pigeon"}, "adapter"),
        ({"name": "two words"}, "name"),
        ({"name": ""}, "name"),
        ({"url": "ftp://x/"}, "url"),
        ({"url": "https://"}, "url"),
        ({"channels": []}, "channels"),
        ({"channels": ["call"]}, "channels"),
        ({"kind": "sometimes"}, "kind"),
        ({"account": ""}, "account"),
        ({"per_second": -1}, "per_second"),
        ({"per_second": True}, "per_second"),
        ({"faults": 0}, "faults"),
        ({"senders": {"north": 5}}, "senders"),
        ({"pase": 5}, "pase"),
        ({"mapping": None}, "mapping"),
        ({"mapping": SMS["mapping"] | {"body": {"to": "{nobody}"}}}, "nobody"),
        ({"mapping": SMS["mapping"] | {"body": {"to": "{to!r}"}}}, "to"),
        ({"mapping": SMS["mapping"] | {"body": {"to": "{to"}}}, "to"),
        ({"mapping": SMS["mapping"] | {"answer": {"status": "code", "accepted": []}}}, "accepted"),
        ({"mapping": SMS["mapping"] | {"format": "form", "body": {"a": {"b": "{to}"}}}}, "form"),
        ({"mapping": SMS["mapping"] | {"ask": {"url": "https://x/", "status": "s"}}}, "message_id"),
        (
            {"mapping": SMS["mapping"] | {"ask": {"url": "https://x/{message_id}", "status": "s", "sent": ["1"], "failed": ["1"]}}},
            "both",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        read(SMS | changes)


@pytest.mark.parametrize("text", ["{", "[5]", "/nowhere/gateways.json", '[{"adapter": "sms"}]'])
def test_what_is_no_list_of_gateways_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="GATEWAYS"):
        gateways_of(text)


def test_two_gateways_cannot_serve_one_channel_or_bear_one_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="channel"):
        read(SMS, MAIL | {"channels": ["sms"]})
    with pytest.raises(ImproperlyConfigured, match="taken"):
        read(MAIL, MAIL | {"channels": ["letter"]}, secrets="")
    with pytest.raises(ImproperlyConfigured, match="taken"):
        read(MAIL | {"name": PROVIDER}, secrets="")


def test_a_secret_that_is_missing_or_belongs_to_nobody_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="secret"):
        read(SMS, secrets="")
    with pytest.raises(ImproperlyConfigured, match="stranger"):
        read(SMS, secrets="carrier:x,stranger:y")


def test_the_gateway_of_the_environment_takes_what_others_leave(settings: Any) -> None:
    settings.GATEWAYS, settings.PROVIDER_URL = read(MAIL, secrets=""), "http://gateway.invalid/"

    post, provider = configured()

    assert [provider.serves(channel) for channel in ("sms", "email")] == [True, False]
    assert [post.serves(channel) for channel in ("sms", "email")] == [False, True]


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "state"), [("http://gateway.invalid/", 0), ("", 1)])
def test_a_channel_is_unserved_when_no_gateway_takes_it(settings: Any, address: str, state: int) -> None:
    settings.GATEWAYS, settings.PROVIDER_URL = read(MAIL, secrets=""), address

    assert "channel" in str(Reminder.objects.unserved(configured()).query) if not address else True
    assert Reminder.objects.unserved(configured()).count() == 0
    assert len(configured()) == 2 - state


def test_every_adapter_has_its_webhook_and_every_channel_is_one() -> None:
    assert ADAPTERS.keys() == WEBHOOKS.keys()
    assert set(Channel.values) - {Channel.CALL, Channel.VISIT} == CHANNELS
    assert adapter_of(read(MAIL, secrets="")[0]).can_ask is False
