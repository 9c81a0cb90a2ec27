"""Answers: a wish to hear no more stops what was planned, a dead number is known, any other answer reaches the case."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from audit.models import Entry
from cases.models import Case, Stage
from contacts.models import OptOut
from dunning.models import Receipt, Reminder, Reply
from dunning.planning import plan
from dunning.receipts import Event, take
from dunning.replies import is_stop
from dunning.sending import Tally, sweep
from lending.models import ContactPoint
from outbox_book import DAY, MORNING, funder, lend, one_due
from signed import post_signed
from stub_gateway import Stub

pytestmark = pytest.mark.usefixtures("closed_day")
LATER = MORNING + timedelta(hours=1)


def swept() -> Tally:
    return sweep(lambda: MORNING, pause=lambda seconds: None)


def sent() -> Reminder:
    borrower, _loan = one_due()
    plan(DAY, MORNING)
    swept()
    return Reminder.objects.get(borrower=borrower)


def tell(row: Reminder, kind: str, number: str = "e1", **facts: str) -> bool:
    return take("acme", Event(number, kind, row.message_id, LATER, **facts), received_at=LATER)


@pytest.mark.parametrize("text", ["T", " t. ", "TD", "退订", "Ｔ", "回复：退订"[3:], "STOP", "Stop!"])
def test_words_that_stop_reminders(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize("text", ["", "Tomorrow", "不要退订", "I paid on the 3rd, please stop asking", "好的", "123"])
def test_words_that_a_person_has_to_read(text: str) -> None:
    assert not is_stop(text)


def test_an_answer_that_opts_out_stops_what_is_planned_already(gateway: Stub) -> None:
    row = sent()
    lend([row.borrower], DAY - timedelta(days=3), mark="M", by=funder("southbank"))
    plan(DAY, MORNING)

    assert tell(row, "replied", text="回T")
    assert not OptOut.objects.exists()
    assert tell(row, "replied", number="e2", text="T")

    assert swept() == Tally(refused=1)
    assert OptOut.objects.get().channel == "sms"
    assert Reminder.objects.get(funder__code="southbank").reason == "opt_out.sms"
    assert Entry.objects.filter(action="contacts.opted_out").count() == 1


def test_the_same_answer_twice_is_one_wish(gateway: Stub) -> None:
    row = sent()

    told = [tell(row, "replied", text="T"), tell(row, "replied", text="T"), tell(row, "replied", number="e2", text="T")]

    assert told == [True, False, True]
    assert OptOut.objects.count() == 1


@pytest.mark.parametrize("kind", ["read", "replied"])
def test_what_was_read_or_answered_was_delivered(kind: str, gateway: Stub) -> None:
    row = sent()

    tell(row, kind, text="ok")
    tell(row, "failed", number="e2")

    row.refresh_from_db()
    assert row.state == Reminder.State.DELIVERED


def test_a_number_that_is_gone_is_not_written_to_again(gateway: Stub) -> None:
    row = sent()

    tell(row, "failed", reason="number_gone")

    assert ContactPoint.objects.get().quality == ContactPoint.Quality.GONE
    lend([row.borrower], DAY - timedelta(days=3), mark="M", by=funder("southbank"))
    assert plan(DAY, MORNING).refused == {"point.none": 1}


def test_a_failure_for_another_reason_leaves_the_number_alone(gateway: Stub) -> None:
    tell(sent(), "failed", reason="inbox_full")

    assert ContactPoint.objects.get().quality == ContactPoint.Quality.UNTRIED


def test_an_answer_for_an_unknown_message_is_kept_and_changes_nothing() -> None:
    take("acme", Event("e1", "replied", "nobody knows", LATER, text="T"), received_at=LATER)

    assert Reply.objects.get().receipt == Receipt.objects.get()
    assert not OptOut.objects.exists()


def test_any_other_answer_stands_on_the_timeline(gateway: Stub, signed_in: Callable[[str], Client]) -> None:
    row = sent()
    case = Case.objects.create(borrower=row.borrower, stage=Stage.EARLY, bucket="M1", opened_on=DAY)
    tell(row, "replied", text="My wages come on Friday")

    page = signed_in("supervisor").get(f"/cases/{case.pk}/").content.decode()

    assert "The borrower answered" in page
    assert "My wages come on Friday" in page


def test_an_answer_comes_by_the_webhook_and_is_never_kept_in_clear(gateway: Stub, settings: Any) -> None:
    settings.WEBHOOK_SECRETS = "acme:k:s3cret"
    row = sent()
    body = {"event_id": "e1", "type": "replied", "message_id": row.message_id, "at": LATER.isoformat(), "text": "T"}

    assert post_signed("/webhooks/messages/acme/", body, secret="s3cret").status_code == 202

    assert OptOut.objects.exists()
    assert str(Reply.objects.get().text) == "•••"
