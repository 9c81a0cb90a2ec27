"""The drawers and the page of rules: who may, what they do, and what they refuse."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Contact, Hold, OptOut, Reveal
from contacts.reveal import REVEALS_PER_HOUR
from lending.models import Borrower
from reachable import make_borrower
from staff.models import Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody_sees_b1", "ten_in_the_morning")]
SignedIn = Callable[[str], Client]


@pytest.fixture
def ten_in_the_morning(settings: Any) -> None:
    settings.CLOCK = "2026-11-20T10:00+08:00"


@pytest.fixture
def desk(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


def _urls(borrower: Borrower, keeper: User) -> dict[str, str]:
    hold = Hold.objects.create(
        borrower=borrower, kind="dispute", reason="-", from_on="2026-11-01", placed_by=keeper,
        placed_at=borrower.contact_points.get().added_at,
    )  # fmt: skip
    OptOut.objects.create(borrower=borrower, channel="sms", from_at=hold.placed_at)
    return {
        "reveal": reverse("reveal", args=[borrower.pk]),
        "hold_place": reverse("hold_place", args=[borrower.pk]),
        "hold_lift": reverse("hold_lift", args=[borrower.pk, hold.pk]),
        "opt_out": reverse("opt_out", args=[borrower.pk]),
        "opt_in": reverse("opt_in", args=[borrower.pk, "sms"]),
        "contact_point_add": reverse("contact_point_add", args=[borrower.pk]),
        "contact_point_retire": reverse("contact_point_retire", args=[borrower.pk, borrower.contact_points.get().pk]),
        "contact_log": reverse("contact_log", args=[borrower.pk]),
    }


def _send(client: Client, url: str, **typed: Any) -> Any:
    """Open the form, take its one-time key where it has one, and send it."""
    found = re.search(r'name="one_time_key" value="([^"]+)"', client.get(url).content.decode())
    return client.post(url, ({"one_time_key": found[1]} if found else {}) | {"next": "/contact-rules/"} | typed)


def test_every_drawer_opens_for_the_agent_and_in_htmx(desk: Client, borrower: Borrower, agent: User) -> None:
    for url in _urls(borrower, agent).values():
        assert desk.get(url).status_code == 200
        assert b"<html" not in desk.get(url, headers={"HX-Request": "true"}).content


def test_a_stranger_is_asked_to_sign_in(client: Client, borrower: Borrower, agent: User) -> None:
    for url in [*_urls(borrower, agent).values(), reverse("contact_rules"), reverse("reach_now", args=[borrower.pk])]:
        assert client.get(url).headers["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_a_role_without_the_right_is_refused(signed_in: SignedIn, borrower: Borrower, agent: User, role: str) -> None:
    for url in _urls(borrower, agent).values():
        assert signed_in(role).get(url).status_code == 403
        assert signed_in(role).post(url).status_code == 403


def test_a_borrower_out_of_scope_is_not_there(desk: Client, borrower: Borrower, agent: User) -> None:
    urls = _urls(borrower, agent)
    Borrower.objects.update(ref="X1")

    assert {desk.get(url).status_code for url in urls.values()} == {404}
    assert {_send(desk, url).status_code for url in urls.values()} <= {404, 400}


def test_a_part_of_somebody_else_is_not_there(desk: Client, borrower: Borrower, agent: User) -> None:
    urls = _urls(borrower, agent)
    other = make_borrower("B2", phone="13900139000")

    for name in ("hold_lift", "opt_in", "contact_point_retire"):
        assert desk.get(urls[name].replace(f"/{borrower.pk}/", f"/{other.pk}/", 1)).status_code == 404


def test_a_post_without_a_key_is_refused(desk: Client, borrower: Borrower, agent: User) -> None:
    urls = _urls(borrower, agent)
    del urls["reveal"]

    assert {desk.post(url).status_code for url in urls.values()} == {400}


def test_the_rules_are_read_and_not_posted_to(signed_in: SignedIn) -> None:
    supervisor = signed_in(Role.SUPERVISOR)

    page = supervisor.get(reverse("contact_rules")).content.decode()

    assert all(word in page for word in ("CN-WIN", "GB/T 45251-2025", "House rule", "2025-02-28", "quiet 22:00–08:00"))
    assert supervisor.post(reverse("contact_rules")).status_code == 405
    assert signed_in(Role.AGENT).get(reverse("contact_rules")).status_code == 403


def test_a_hold_is_placed_from_today_and_the_drawer_closes(desk: Client, borrower: Borrower) -> None:
    answer = _send(desk, reverse("hold_place", args=[borrower.pk]), kind="complaint", reason="wrote to us")

    hold = Hold.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/contact-rules/")
    assert (hold.kind, str(hold.from_on), hold.to_on) == ("complaint", "2026-11-20", None)


def test_a_refused_hold_keeps_what_was_typed(desk: Client, borrower: Borrower) -> None:
    url = reverse("hold_place", args=[borrower.pk])

    answer = _send(desk, url, kind="dispute", reason="a long story", to_on="2026-11-01")

    assert answer.status_code == 422
    assert "a long story" in answer.content.decode()
    assert not Hold.objects.exists()


def test_a_second_hold_of_the_kind_is_explained(desk: Client, borrower: Borrower) -> None:
    url = reverse("hold_place", args=[borrower.pk])
    _send(desk, url, kind="dispute", reason="first")

    answer = _send(desk, url, kind="dispute", reason="second")

    assert answer.status_code == 422
    assert "stands already" in answer.content.decode()


def test_a_hold_sent_twice_stands_once(desk: Client, borrower: Borrower) -> None:
    url = reverse("hold_place", args=[borrower.pk])
    typed = {"one_time_key": "k", "kind": "illness", "reason": "in hospital", "next": "/contact-rules/"}

    answers = [desk.post(url, typed) for _try in range(2)]

    assert [answer.headers["Location"] for answer in answers] == ["/contact-rules/"] * 2
    assert Hold.objects.count() == 1


def test_htmx_is_sent_to_the_page_it_came_from(desk: Client, borrower: Borrower) -> None:
    url = reverse("opt_out", args=[borrower.pk])
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/contact-rules/?a=1"}

    answer = desk.post(url, {"one_time_key": "k", "channel": "sms", "evidence": "in the call"}, headers=headers)

    assert answer.headers["HX-Redirect"] == "/contact-rules/?a=1"
    assert OptOut.objects.get().evidence == "in the call"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_away_from_the_console(desk: Client, borrower: Borrower, away: str) -> None:
    answer = _send(desk, reverse("opt_out", args=[borrower.pk]), channel="sms", evidence="in the call", next=away)

    assert answer.headers["Location"] == reverse("home")


def test_a_hold_is_lifted(desk: Client, borrower: Borrower, agent: User) -> None:
    _send(desk, _urls(borrower, agent)["hold_lift"])

    assert Hold.objects.get().lifted_by == agent


def test_an_opt_out_is_withdrawn(desk: Client, borrower: Borrower, agent: User) -> None:
    _send(desk, _urls(borrower, agent)["opt_in"])

    assert OptOut.objects.get().to_at is not None


def test_a_number_is_added_in_the_form_in_which_it_is_found(desk: Client, borrower: Borrower) -> None:
    url = reverse("contact_point_add", args=[borrower.pk])

    _send(desk, url, kind="mobile", value="+86 139 0013 9000", source="borrower")

    assert [found.pk for found in Borrower.objects.reached_by("13900139000")] == [borrower.pk]


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("mobile", "hello", "no telephone number"),
        ("mobile", "1380013", "No such number"),
        ("mobile", "010 6552 9988", "not a mobile"),
        ("email", "nobody", "email address"),
        ("mobile", "13800138000", "already"),
    ],
)
def test_a_number_that_is_none_is_refused_in_words(
    desk: Client, borrower: Borrower, kind: str, value: str, told: str
) -> None:
    answer = _send(desk, reverse("contact_point_add", args=[borrower.pk]), kind=kind, value=value, source="borrower")

    assert (answer.status_code, borrower.contact_points.count()) == (422, 1)
    assert told in answer.content.decode()


def test_a_number_is_retired(desk: Client, borrower: Borrower, agent: User) -> None:
    _send(desk, _urls(borrower, agent)["contact_point_retire"])

    assert borrower.contact_points.get().retired_at is not None


def test_a_contact_of_the_night_is_logged_with_a_flag(desk: Client, borrower: Borrower) -> None:
    url = reverse("contact_log", args=[borrower.pk])
    typed = {"direction": "out", "channel": "call", "happened_at": "2026-11-19T23:00", "outcome": "no_answer"}

    answer = _send(desk, url, **typed)

    assert Contact.objects.get().flagged == "CN-WIN"
    assert "CN-WIN" in desk.get(answer.headers["Location"], follow=True).content.decode() or answer.status_code == 302


@pytest.mark.parametrize(
    "typed", [{"happened_at": "2026-11-21T10:00"}, {"channel": "sms"}, {"outcome": "unknown"}, {"happened_at": ""}]
)
def test_a_log_that_cannot_be_is_refused(desk: Client, borrower: Borrower, typed: dict[str, str]) -> None:
    whole = {"direction": "in", "channel": "call", "happened_at": "2026-11-19T12:00", "outcome": "no_answer"}

    answer = _send(desk, reverse("contact_log", args=[borrower.pk]), **(whole | typed))

    assert (answer.status_code, Contact.objects.count()) == (422, 0)


class TestReveal:
    @pytest.fixture(autouse=True)
    def _ground(self, desk: Client, borrower: Borrower) -> None:
        self.desk, self.url = desk, reverse("reveal", args=[borrower.pk])

    def _see(self, **typed: str) -> Any:
        return self.desk.post(self.url, {"what": "name", "reason": "asks for a letter"} | typed)

    def test_the_value_is_shown_once_and_not_stored(self) -> None:
        answer = self._see()

        assert "王小明" in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
        assert "王小明" not in self.desk.get(self.url).content.decode()

    def test_without_a_reason_it_is_not_shown(self) -> None:
        answer = self._see(reason="")

        assert answer.status_code == 422
        assert "小明" not in answer.content.decode()
        assert not Reveal.objects.exists()

    def test_what_is_not_offered_is_not_shown(self) -> None:
        assert self._see(what="point:99999").status_code == 422

    def test_beyond_the_quota_it_is_not_shown(self, borrower: Borrower, agent: User) -> None:
        self._see()
        first = Reveal.objects.get()
        Reveal.objects.bulk_create(
            Reveal(user=agent, borrower=borrower, what="name", reason="-----", at=first.at - timedelta(minutes=number))
            for number in range(1, REVEALS_PER_HOUR)
        )

        answer = self._see()

        assert "小明" not in answer.content.decode()
        assert f"{REVEALS_PER_HOUR} values" in answer.content.decode()
