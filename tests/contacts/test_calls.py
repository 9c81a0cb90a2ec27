"""Calls: the gate first, the ring after the commit, the outcome once; the number stays hidden."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings
from django.db import transaction
from pytest_django.live_server_helper import LiveServer

from audit.models import Entry
from contacts.calls import RefusedError, WrapUpError, start_call, wrap_up
from contacts.models import Contact, LoopbackCall, Verdict
from lending.models import Borrower
from reachable import local, make_borrower
from risk.models import Observation
from staff.models import User

MORNING = local("2026-11-20 10:00")
NIGHT = local("2026-11-20 22:30")
NUMBER = "13800138000"


def _answering(monkeypatch: pytest.MonkeyPatch, answer: Callable[..., httpx.Response]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    def post(url: str, **told: Any) -> httpx.Response:
        sent.append({"url": url, **told})
        response = answer()
        response.request = httpx.Request("POST", url)
        return response

    monkeypatch.setattr(httpx, "post", post)
    return sent


def _call(borrower: Borrower, agent: User) -> Contact:
    return start_call(borrower=borrower, point=None, purpose="demand", by=agent, at=MORNING)


def test_a_call_rings_after_the_commit(
    borrower: Borrower, agent: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent = _answering(monkeypatch, lambda: httpx.Response(200, json={"status": "accepted", "call_id": "c-1"}))

    with django_capture_on_commit_callbacks(execute=True):
        contact = _call(borrower, agent)
        rang_inside = bool(sent)

    contact.refresh_from_db()
    assert (rang_inside, contact.call_id) == (False, "c-1")
    assert sent[0]["json"] == {"to": NUMBER, "call_ref": str(contact.pk), "agent": agent.username}
    assert sent[0]["headers"]["Idempotency-Key"].startswith(f"call-{contact.pk}-")


def test_a_call_is_told_in_the_record_without_the_number(borrower: Borrower, agent: User) -> None:
    contact = _call(borrower, agent)

    entry = Entry.objects.get(action="contacts.call_started")
    assert (entry.actor, entry.subject_id) == (agent.username, str(borrower.pk))
    assert f'"contact":{contact.pk}' in entry.facts
    assert NUMBER not in entry.facts


@pytest.mark.django_db(transaction=True)
def test_a_refused_call_rings_nobody_and_its_verdict_stays(agent: User) -> None:
    borrower = make_borrower()

    with pytest.raises(RefusedError) as refused:
        start_call(borrower=borrower, point=None, purpose="demand", by=agent, at=NIGHT)

    assert refused.value.answer.rule == "CN-WIN"
    assert Verdict.objects.get().rule == "CN-WIN"
    assert not Contact.objects.exists()


def test_a_call_that_never_left_gives_its_slot_back(
    borrower: Borrower, agent: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse() -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    _answering(monkeypatch, refuse)

    with django_capture_on_commit_callbacks(execute=True):
        contact = _call(borrower, agent)

    contact.refresh_from_db()
    assert contact.state == Contact.State.RELEASED
    assert Entry.objects.filter(action="contacts.call_not_placed").exists()


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(500),
        lambda: httpx.Response(200, text="?"),
        lambda: httpx.Response(200, json={"status": "accepted"}),
        lambda: (_ for _ in ()).throw(httpx.ReadTimeout("late")),
    ],
    ids=["error", "no JSON", "no id", "timeout"],
)
def test_a_call_of_which_nobody_knows_keeps_its_slot(
    borrower: Borrower,
    agent: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
    answer: Callable[[], httpx.Response],
) -> None:
    _answering(monkeypatch, answer)

    with django_capture_on_commit_callbacks(execute=True):
        contact = _call(borrower, agent)

    contact.refresh_from_db()
    assert (contact.state, contact.call_id) == (Contact.State.RESERVED, "")


@pytest.mark.parametrize(
    ("outcome", "taught"),
    [
        ("right_party", (True, "confirmed", "right_party_contact")),
        ("other_person", (True, "wrong_person", "wrong_person")),
        ("no_answer", (False, "silent", "no_answer")),
        ("busy", (False, "silent", "no_answer")),
        ("invalid", (False, "gone", "number_gone")),
    ],
)
def test_the_outcome_teaches_the_number_and_the_risk_floor(
    borrower: Borrower, agent: User, outcome: str, taught: tuple[bool, str, str]
) -> None:
    contact = wrap_up(_call(borrower, agent), outcome=outcome, note="", by=agent, at=MORNING)

    assert (contact.connected, borrower.contact_points.get().quality, Observation.objects.get().kind) == taught


def test_silence_does_not_unsettle_a_confirmed_number(borrower: Borrower, agent: User) -> None:
    borrower.contact_points.update(quality="confirmed")

    wrap_up(_call(borrower, agent), outcome="no_answer", note="", by=agent, at=MORNING)

    assert borrower.contact_points.get().quality == "confirmed"


def test_an_unanswered_call_stays_a_dial(borrower: Borrower, agent: User) -> None:
    wrap_up(_call(borrower, agent), outcome="no_answer", note="rang long", by=agent, at=MORNING)

    contact = Contact.objects.counted().get()
    assert (contact.outcome, contact.note) == ("no_answer", "rang long")


def test_a_call_is_wrapped_up_once(borrower: Borrower, agent: User) -> None:
    contact = _call(borrower, agent)
    wrap_up(contact, outcome="no_answer", note="", by=agent, at=MORNING)

    with pytest.raises(WrapUpError):
        wrap_up(contact, outcome="right_party", note="", by=agent, at=MORNING)


def test_sent_is_no_outcome_of_a_call(borrower: Borrower, agent: User) -> None:
    contact = _call(borrower, agent)

    with pytest.raises(ValueError, match="no outcome of a call"):
        wrap_up(contact, outcome="sent", note="", by=agent, at=MORNING)


@pytest.mark.django_db(transaction=True)
def test_length_and_recording_come_back_from_the_loopback(live_server: LiveServer, agent: User, settings: Any) -> None:
    settings.TELEPHONY_URL = f"{live_server.url}/loopback/calls/"
    borrower = make_borrower()

    contact = _call(borrower, agent)
    contact.refresh_from_db()
    with transaction.atomic():
        wrap_up(contact, outcome="right_party", note="", by=agent, at=MORNING)

    contact.refresh_from_db()
    call = LoopbackCall.objects.get()
    assert (contact.call_id, contact.recording) == (call.call_id, f"loopback:{call.call_id}")
    assert contact.seconds is not None
    assert call.to_masked == "138••••8000"


class TestLoopback:
    @pytest.fixture(autouse=True)
    def _database(self, db: None) -> None:
        self.url = "/loopback/calls/"
        self.body = {"to": NUMBER, "call_ref": "1", "agent": "agent"}

    def _post(self, client: Any, key: str | None = "k1", body: Any = None) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return client.post(self.url, body or self.body, content_type="application/json", headers=headers)

    def test_the_same_key_is_the_same_call(self, client: Any) -> None:
        answers = [self._post(client).json(), self._post(client).json()]

        assert answers[0] == answers[1]
        assert LoopbackCall.objects.count() == 1

    def test_a_post_without_key_or_number_is_refused(self, client: Any) -> None:
        assert self._post(client, key=None).status_code == 400
        assert self._post(client, body={"agent": "x"}).status_code == 400
        assert client.post(self.url, b"\xff", content_type="application/json").status_code == 400

    def test_it_is_not_there_outside_a_demonstration(self, client: Any, settings: Any) -> None:
        settings.DEMO = False

        assert self._post(client).status_code == 404
        assert client.get(f"{self.url}abc/").status_code == 404

    def test_reading_it_is_no_way_to_place_calls(self, client: Any) -> None:
        assert client.get(self.url).status_code in {302, 405}
        assert django_settings.DEMO
