"""Messages that were tried out stand with their reason until a person sends them anew or gives them up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from audit.models import Entry
from dunning.claiming import CLAIMS_MAX, is_last, wait_after
from dunning.dead_letters import groups
from dunning.models import Attempt, Reminder
from dunning.planning import plan
from dunning.sending import Tally, sweep
from lending.models import Borrower
from outbox_book import DAY, MORNING, lend, people
from staff.models import User
from stub_gateway import Stub

pytestmark = pytest.mark.usefixtures("closed_day", "everybody_sees_b")
State = Reminder.State
SignedIn = Callable[[str], Client]
UNREACHABLE, REFUSED = "gateway_unreachable", "gateway_refused.21610"


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: MORNING)


@pytest.fixture
def dead() -> list[Reminder]:
    """Three that could not reach the gateway, and one that it refused."""
    lend(people(4), DAY - timedelta(days=1))
    plan(DAY, MORNING)
    Reminder.objects.update(state=State.FAILED, reason=UNREACHABLE, token=CLAIMS_MAX, finished_at=MORNING)
    found = list(Reminder.objects.order_by("pk"))
    Reminder.objects.filter(pk=found[3].pk).update(reason=REFUSED)
    return list(Reminder.objects.order_by("pk"))


def settle(client: Client, path: str, fate: str, **more: str) -> int:
    form = {"fate": fate, "reason": "the line is mended", "one_time_key": "k" * 20} | more
    return client.post(path, form).status_code


def test_one_is_sent_anew_under_its_key_and_its_tries_begin_anew(
    signed_in: SignedIn, dead: list[Reminder], gateway: Stub
) -> None:
    assert settle(signed_in("supervisor"), f"/outbox/{dead[0].pk}/dead/", "again") == 302

    assert sweep(lambda: MORNING, pause=lambda _: None) == Tally(sent=1)
    assert gateway.hits == {dead[0].message_id: 1}
    assert "the line is mended" in Entry.objects.get(action="dunning.dead_settled").facts


def test_the_first_try_of_a_new_round_is_not_its_last() -> None:
    assert [is_last(token) for token in (1, CLAIMS_MAX - 1, CLAIMS_MAX, CLAIMS_MAX + 1)] == [False, False, True, False]
    assert wait_after(CLAIMS_MAX + 1) == wait_after(1) == timedelta(seconds=1)


def test_all_of_a_reason_are_sent_anew_in_one_step(signed_in: SignedIn, dead: list[Reminder]) -> None:
    assert settle(signed_in("supervisor"), "/outbox/dead/", "again", why=UNREACHABLE) == 302

    assert Reminder.objects.filter(state=State.DUE, reason="sent_anew").count() == 3
    facts = Entry.objects.get(action="dunning.dead_settled_all").facts
    assert '"messages":3' in facts.replace(" ", "")


@pytest.mark.parametrize("path", ["/outbox/{pk}/dead/", "/outbox/dead/"])
def test_what_is_given_up_is_no_dead_letter_any_more(signed_in: SignedIn, dead: list[Reminder], path: str) -> None:
    settle(signed_in("supervisor"), path.format(pk=dead[3].pk), "give_up", why=REFUSED)

    dead[3].refresh_from_db()
    assert (dead[3].state, dead[3].reason) == (State.FAILED, "given_up")
    assert Reminder.objects.dead().count() == 3


def test_a_message_whose_day_is_over_is_not_sent_anew(
    signed_in: SignedIn, dead: list[Reminder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: MORNING + timedelta(days=2))
    client = signed_in("supervisor")

    assert settle(client, f"/outbox/{dead[0].pk}/dead/", "again") == 422
    assert settle(client, "/outbox/dead/", "again", why=UNREACHABLE, one_time_key="l" * 20) == 302
    assert not Reminder.objects.filter(state=State.DUE).exists()
    assert not Entry.objects.filter(action__startswith="dunning.dead").exists()


def test_it_is_settled_once(signed_in: SignedIn, dead: list[Reminder]) -> None:
    client, path = signed_in("supervisor"), f"/outbox/{dead[0].pk}/dead/"
    settle(client, path, "give_up")

    assert settle(client, path, "again", one_time_key="l" * 20) == 409


@pytest.mark.parametrize("state", [State.SENT, State.UNKNOWN, State.CANCELLED])
def test_what_may_have_left_is_no_dead_letter(dead: list[Reminder], state: str) -> None:
    Reminder.objects.update(state=state)

    assert not Reminder.objects.dead().exists()


def test_what_may_have_left_in_an_earlier_try_becomes_a_doubt_and_no_dead_letter(settings: Any) -> None:
    lend(people(1), DAY - timedelta(days=1))
    plan(DAY, MORNING)
    row = Reminder.objects.get()
    Attempt.objects.create(reminder=row, token=CLAIMS_MAX - 1, at=MORNING, text_digest="", result="ambiguous")
    Reminder.objects.update(token=CLAIMS_MAX - 1)
    settings.PROVIDER_URL = "http://127.0.0.1:9/sms"

    assert sweep(lambda: MORNING, pause=lambda _: None) == Tally(unknown=1)
    assert Attempt.objects.get(token=CLAIMS_MAX).result == "not_sent"


def test_reasons_are_counted_and_what_may_still_go_out(dead: list[Reminder]) -> None:
    Reminder.objects.filter(pk=dead[0].pk).update(local_day=DAY - timedelta(days=9))

    assert groups(Reminder.objects.all(), MORNING) == [(UNREACHABLE, 3, 2), (REFUSED, 1, 1)]


def test_the_outbox_shows_them_apart_and_leads_a_supervisor_to_their_settling(
    signed_in: SignedIn, dead: list[Reminder]
) -> None:
    Reminder.objects.filter(pk=dead[0].pk).update(state=State.SENT, reason="")

    page = signed_in("supervisor").get("/outbox/?dead=true")
    read = signed_in("auditor").get("/outbox/?dead=true").content.decode()

    assert len(page.context["page"].rows) == 3
    assert f"/outbox/{dead[1].pk}/dead/" in page.content.decode()
    assert f"/outbox/{dead[1].pk}/dead/" not in read
    assert "the gateway refused it (21610)" in read


def test_the_drawer_asks_a_constant_number_of_queries(signed_in: SignedIn, dead: list[Reminder]) -> None:
    client = signed_in("supervisor")
    client.get("/outbox/dead/")
    with CaptureQueriesContext(connection) as few:
        client.get("/outbox/dead/")
    lend(people(20, first=100), DAY - timedelta(days=1))
    plan(DAY, MORNING)
    Reminder.objects.filter(state=State.DUE).update(state=State.FAILED, reason="template")

    with CaptureQueriesContext(connection) as many:
        client.get("/outbox/dead/")

    assert len(many) == len(few)


@pytest.mark.parametrize("role", ["agent", "manager", "auditor", "administrator"])
def test_only_supervisors_settle_them(signed_in: SignedIn, dead: list[Reminder], role: str) -> None:
    assert settle(signed_in(role), f"/outbox/{dead[0].pk}/dead/", "again") == 403
    assert settle(signed_in(role), "/outbox/dead/", "again", why=UNREACHABLE) == 403


def test_out_of_scope_is_not_there_and_not_touched(signed_in: SignedIn, dead: list[Reminder]) -> None:
    Borrower.objects.filter(pk=dead[0].borrower_id).update(ref="X1")
    client = signed_in("supervisor")

    assert settle(client, f"/outbox/{dead[0].pk}/dead/", "again") == 404
    settle(client, "/outbox/dead/", "give_up", why=UNREACHABLE, one_time_key="l" * 20)

    dead[0].refresh_from_db()
    assert dead[0].reason == UNREACHABLE


class TestMachines:
    @pytest.fixture
    def api(self, person: Callable[[str], User]) -> APIClient:
        client = APIClient()
        client.force_authenticate(person("supervisor"))
        return client

    def post(self, api: APIClient, path: str, key: str = "k1", **body: Any) -> Any:
        return api.post(f"/api/v1/dead-letters/{path}", body, format="json", headers={"Idempotency-Key": key})

    def test_they_are_listed_by_reason(self, api: APIClient, dead: list[Reminder]) -> None:
        assert api.get("/api/v1/dead-letters/").json() == [
            {"why": UNREACHABLE, "number": 3, "sendable": 3},
            {"why": REFUSED, "number": 1, "sendable": 1},
        ]

    def test_all_of_a_reason_are_settled_once(self, api: APIClient, dead: list[Reminder]) -> None:
        first = self.post(api, "", why=UNREACHABLE, fate="again", reason="mended")
        again = self.post(api, "", why=UNREACHABLE, fate="again", reason="mended")

        assert (first.status_code, first.json()) == (201, {"settled": 3})
        assert (again.status_code, again.json()) == (200, {"settled": 3})
        assert self.post(api, "", why=UNREACHABLE, fate="give_up", reason="x").status_code == 422

    def test_one_is_settled(self, api: APIClient, dead: list[Reminder]) -> None:
        assert self.post(api, f"{dead[0].pk}/decision/", fate="give_up", reason="too late").status_code == 201
        assert self.post(api, f"{dead[0].pk}/decision/", "k2", fate="again", reason="after all").status_code == 409

    @pytest.mark.parametrize("body", [{}, {"fate": "burn", "reason": "x"}, {"fate": "again", "reason": ""}])
    def test_what_makes_no_sense_is_refused(self, api: APIClient, dead: list[Reminder], body: dict[str, str]) -> None:
        assert self.post(api, f"{dead[0].pk}/decision/", **body).status_code == 400
        assert self.post(api, "", "k2", **body).status_code == 400
