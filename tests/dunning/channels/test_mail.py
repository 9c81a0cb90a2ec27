"""E-mail: one message a connection, our key in its id, and what the server's answers mean."""

import json
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from contacts.models import OptOut
from dunning.channels.configuration import GatewaySettings, gateways_of
from dunning.channels.interface import Outgoing, Result
from dunning.channels.mail.adapter import MailLane, refused, server_of, written
from dunning.models import PolicyStep, Reminder
from dunning.planning import plan
from dunning.sending import Tally, sweep
from dunning.texts import MessageText
from lending.models import ContactPoint
from lending.personal import EmailAddress
from outbox_book import DAY, MORNING, one_due
from signed import post_signed

URL = "smtp+tls://console%40example.com@mail.example.com"


def post(**changes: Any) -> GatewaySettings:
    row = {
        "name": "post", "adapter": "email", "url": URL, "channels": ["email"],
        "sender": "Help <help@example.com>", "subject": "A message from {signature}",
    } | changes  # fmt: skip
    (found,) = gateways_of(json.dumps([row]), "post:pass")
    return found


def message(**changes: Any) -> Outgoing:
    given = Outgoing("k1", EmailAddress("ming@example.org"), "email", MessageText("您好"), "", "Bank\r\nBcc: x@y")
    return given._replace(**changes)


def test_a_mail_bears_our_key_and_says_nothing_in_its_subject() -> None:
    found = written(message(), post())

    assert found.extra_headers["Message-ID"] == "<k1@example.com>"
    assert (found.subject, found.body, found.to) == ("A message from Bank Bcc: x@y", "您好", ["ming@example.org"])
    assert found.from_email == "Help <help@example.com>"


def test_the_server_is_told_as_djangos_backend_wants_it() -> None:
    server = server_of(post())

    assert {name: server[name] for name in ("host", "port", "username", "password", "use_tls", "use_ssl")} == {
        "host": "mail.example.com", "port": 587, "username": "console@example.com", "password": "pass",
        "use_tls": True, "use_ssl": False,
    }  # fmt: skip


def test_what_the_server_takes_is_accepted() -> None:
    outcome = MailLane(post()).post(message())

    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "k1@example.com")
    assert [each.to for each in mail.outbox] == [["ming@example.org"]]


@pytest.mark.parametrize(
    ("error", "result", "detail"),
    [
        (
            smtplib.SMTPRecipientsRefused({"ming@example.org": (550, b"no such ming@example.org")}),
            Result.REFUSED,
            "SMTP 550",
        ),
        (smtplib.SMTPRecipientsRefused({"ming@example.org": (450, b"later")}), Result.NOT_SENT, "SMTP 450"),
        (smtplib.SMTPDataError(554, b"spam"), Result.REFUSED, "SMTP 554"),
        (smtplib.SMTPDataError(451, b"later"), Result.NOT_SENT, "SMTP 451"),
        (smtplib.SMTPSenderRefused(550, b"not you", "help@example.com"), Result.NOT_SENT, "SMTP 550"),
        (smtplib.SMTPServerDisconnected("gone"), Result.AMBIGUOUS, "SMTPServerDisconnected"),
        (TimeoutError("slow"), Result.AMBIGUOUS, "TimeoutError: slow"),
        (ValueError("a header"), Result.AMBIGUOUS, "ValueError"),
    ],
)
def test_what_is_known_when_the_server_says_no(
    monkeypatch: pytest.MonkeyPatch, error: Exception, result: Result, detail: str
) -> None:
    def fails(self: EmailBackend, messages: Any) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", fails)

    outcome = MailLane(post()).post(message())

    assert (outcome.result, outcome.detail) == (result, detail)


def test_a_server_that_cannot_be_reached_got_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: EmailBackend) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "open", away)

    assert MailLane(post()).post(message()).result == Result.NOT_SENT
    assert not mail.outbox


def test_the_milder_of_several_answers_counts() -> None:
    error = smtplib.SMTPRecipientsRefused({"a": (550, b""), "b": (450, b"")})

    assert refused(error).result == Result.NOT_SENT


@pytest.fixture
def reminder(settings: Any, closed_day: None) -> Reminder:
    settings.GATEWAYS, settings.WEBHOOK_SECRETS = (post(),), "post:k:hook"
    borrower, _loan = one_due()
    address = EmailAddress("ming@example.org")
    ContactPoint.objects.create(
        borrower=borrower, kind="email", value=address, digest=address.digest(), added_at=MORNING
    )
    PolicyStep.objects.update(channel="email")
    plan(DAY, MORNING)
    return Reminder.objects.get()


def tell(reminder: Reminder, kind: str, **more: Any) -> int:
    event = {"event_id": f"e-{kind}", "type": kind, "message_id": f"<{reminder.message_id}@example.com>"}
    answer = post_signed("/webhooks/messages/post/", event | {"at": "2026-03-10T02:01:00Z"} | more, secret="hook")
    return int(answer.status_code)


def test_a_step_by_e_mail_goes_out_by_e_mail(reminder: Reminder) -> None:
    assert sweep(lambda: MORNING, pause=lambda _: None) == Tally(sent=1)

    reminder.refresh_from_db()
    assert (reminder.channel, reminder.gateway) == ("email", "post")
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{reminder.message_id}@")


@pytest.mark.parametrize(("hard", "quality"), [(True, "gone"), (False, "untried")])
def test_a_bounce_fails_it_and_a_hard_one_ends_the_address(reminder: Reminder, hard: bool, quality: str) -> None:
    sweep(lambda: MORNING, pause=lambda _: None)

    assert tell(reminder, "bounced", hard=hard) == 202

    reminder.refresh_from_db()
    assert reminder.state == "failed"
    assert reminder.point is not None
    assert reminder.point.quality == quality


def test_whoever_marks_it_as_unwanted_hears_no_more_that_way(reminder: Reminder) -> None:
    sweep(lambda: MORNING, pause=lambda _: None)

    assert tell(reminder, "complained") == 202

    assert OptOut.objects.get().channel == "email"
    assert Reminder.objects.get().state == "delivered"
