"""The drawers of the case page: they act once, keep what was typed, and refuse what is stale."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from behind import NOW, TODAY, make_case
from cases.models import Case, CaseNote, DelayReason, PaidClaim, Promise
from cases.reasons import record_reason
from contacts import telephony
from contacts.models import Contact, Verdict
from reachable import make_point
from staff.models import User
from staff.once import FIELD, new_key

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
DUE = (TODAY + timedelta(days=3)).isoformat()


@pytest.fixture
def case(agent: User) -> Case:
    case = make_case(owner=agent)
    make_point(case.borrower, "13912345678")
    return case


@pytest.fixture
def client(agent: User, sign_in: SignIn) -> Client:
    return sign_in(agent)


def send(client: Client, name: str, case: Case, *more: int, key: str = "", **data: Any) -> Any:
    url = reverse(name, args=[case.pk, *more])
    return client.post(url, {FIELD: key or new_key(), "seen": case.version} | data)


def test_a_promise_is_recorded_and_leads_back_to_the_case(client: Client, case: Case) -> None:
    response = send(client, "case_promise", case, amount="600.00", due_on=DUE)

    assert response.status_code == 302
    assert Promise.objects.get().amount == 60_000


def test_a_form_sent_twice_acts_once(client: Client, case: Case) -> None:
    key = new_key()
    send(client, "case_note", case, key=key, text="Works nights.")

    again = send(client, "case_note", case, key=key, text="Works nights.")

    assert again.status_code == 302
    assert CaseNote.objects.count() == 1


def test_a_form_without_its_key_is_refused(client: Client, case: Case) -> None:
    response = client.post(reverse("case_note", args=[case.pk]), {"text": "Works nights."})

    assert response.status_code == 400
    assert not CaseNote.objects.exists()


def test_a_form_drawn_before_somebody_else_moved_the_case_is_told_so(client: Client, case: Case, agent: User) -> None:
    seen = case.version
    record_reason(case=Case.objects.get(), code="forgot", note="", by=agent, at=NOW, on=TODAY)

    response = client.post(
        reverse("case_promise", args=[case.pk]), {FIELD: new_key(), "seen": seen, "amount": "600", "due_on": DUE}
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "changed by somebody else" in page
    assert 'value="600"' in page
    assert f'name="seen" value="{seen + 1}"' in page
    assert not Promise.objects.exists()


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("nonsense", "not an amount"),
        ("1.234", "not an amount"),
        ("99999", "more than everything owed"),
        ("", "required"),
    ],
)
def test_a_wrong_amount_keeps_what_was_typed_and_says_why(client: Client, case: Case, amount: str, words: str) -> None:
    response = send(client, "case_promise", case, amount=amount, due_on=DUE)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_refused_promise_can_be_sent_again_from_the_same_form(client: Client, case: Case) -> None:
    send(client, "case_promise", case, amount="600", due_on=DUE)
    case.refresh_from_db()

    refused = send(client, "case_promise", case, amount="500", due_on=DUE)

    assert refused.status_code == 422
    assert f'name="seen" value="{case.version}"' in refused.content.decode()
    assert send(client, "case_promise", case, amount="500", due_on=DUE, replace="on").status_code == 302
    assert Promise.objects.get(state="open").amount == 50_000


def test_says_has_paid_pauses_until_two_working_days_later(client: Client, case: Case) -> None:
    send(client, "case_says_paid", case, note="by card")

    assert PaidClaim.objects.get().until_on == TODAY + timedelta(days=2)


def test_a_callback_puts_the_case_away_until_then(client: Client, case: Case) -> None:
    send(client, "case_callback", case, callback_at="2026-07-15T10:30")

    case.refresh_from_db()
    assert case.next_action == "callback"
    assert case.next_at == NOW + timedelta(minutes=30)


def test_a_callback_in_the_past_is_refused(client: Client, case: Case) -> None:
    assert send(client, "case_callback", case, callback_at="2026-07-15T09:30").status_code == 422


def test_a_reason_stands_in_the_header_and_the_earlier_one_stays(client: Client, case: Case) -> None:
    send(client, "case_reason", case, code="forgot")
    case.refresh_from_db()
    send(client, "case_reason", case, code="job_loss", note="since May")

    case.refresh_from_db()
    assert case.reason_behind == "job_loss"
    assert list(DelayReason.objects.order_by("pk").values_list("code", flat=True)) == ["forgot", "job_loss"]


def test_a_case_is_handed_over_to_a_colleague_with_room(client: Client, case: Case, colleague: User) -> None:
    response = send(client, "case_hand_over", case, to=colleague.pk, note="speaks Cantonese")

    case.refresh_from_db()
    assert case.owner == colleague
    assert response["Location"] == reverse("my_day")


def test_the_supervisor_is_asked_where_nobody_is_named(client: Client, case: Case, agent: User) -> None:
    response = send(client, "case_hand_over", case, to="", note="knows me")

    case.refresh_from_db()
    assert case.owner == agent
    assert response["Location"] == reverse("case_page", args=[case.pk])


def test_free_words_stay_out_of_the_audit_record(client: Client, case: Case) -> None:
    send(client, "case_says_paid", case, note="from Wang's own account")

    assert "Wang" not in Entry.objects.get(action="cases.says_paid").facts


DRAWERS = ["case_promise", "case_says_paid", "case_callback", "case_note", "case_reason", "case_hand_over", "case_call"]


@pytest.mark.parametrize("name", DRAWERS)
def test_a_drawer_opens_within_scope_only(
    client: Client, case: Case, colleague: User, sign_in: SignIn, name: str
) -> None:
    url = reverse(name, args=[case.pk])

    assert client.get(url).status_code == 200
    assert sign_in(colleague).get(url).status_code == 404


@pytest.mark.parametrize("name", DRAWERS)
def test_a_drawer_comes_as_a_part_to_htmx(client: Client, case: Case, name: str) -> None:
    page = client.get(reverse(name, args=[case.pk]), headers={"HX-Request": "true"}).content.decode()

    assert "drawer-panel" in page
    assert "<html" not in page


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The calls that would have rung."""
    calls: list[int] = []
    monkeypatch.setattr(telephony, "place", lambda contact_id, at: calls.append(contact_id))
    monkeypatch.setattr(telephony, "collect", lambda contact_id: None)
    return calls


@pytest.fixture
def ringing(client: Client, case: Case, rung: list[int]) -> Contact:
    send(client, "case_call", case)
    return Contact.objects.get()


def test_a_call_reserves_its_slot_and_the_page_brings_its_form_back(
    client: Client, case: Case, ringing: Contact
) -> None:
    page = client.get(reverse("case_page", args=[case.pk])).content.decode()

    assert ringing.state == "reserved"
    assert reverse("case_wrap_up", args=[case.pk, ringing.pk]) in page


def test_at_night_the_call_is_refused_with_its_rule_and_the_next_lawful_moment(
    client: Client, case: Case, rung: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: NOW + timedelta(hours=12, minutes=30))
    page = client.get(reverse("case_call", args=[case.pk])).content.decode()

    response = client.post(reverse("case_call", args=[case.pk]), {FIELD: new_key()}, follow=True)

    assert "CN-WIN" in page
    assert "2026-07-16 08:00" in page
    assert "No call was made." in response.content.decode()
    assert not Contact.objects.exists()
    assert Verdict.objects.get().allowed is False


def test_no_answer_needs_nothing_but_the_outcome(client: Client, case: Case, ringing: Contact) -> None:
    response = send(client, "case_wrap_up", case, ringing.pk, outcome="no_answer")

    case.refresh_from_db()
    assert response.status_code == 302
    assert (case.next_action, case.next_at) == ("call_again", NOW + timedelta(hours=3))


def test_a_talk_asks_for_the_reason_while_nobody_knows_it(client: Client, case: Case, ringing: Contact) -> None:
    response = send(client, "case_wrap_up", case, ringing.pk, outcome="right_party")

    ringing.refresh_from_db()
    assert response.status_code == 422
    assert "Say why the borrower is behind" in response.content.decode()
    assert ringing.state == "reserved"


def test_a_talk_brings_reason_promise_and_note_in_one_form(client: Client, case: Case, ringing: Contact) -> None:
    data = {"outcome": "right_party", "reason": "cash_gap", "amount": "600", "due_on": DUE, "note": "salary late"}

    send(client, "case_wrap_up", case, ringing.pk, **data)

    case.refresh_from_db()
    ringing.refresh_from_db()
    assert (ringing.outcome, ringing.note) == ("right_party", "salary late")
    assert (case.reason_behind, Promise.objects.get().amount) == ("cash_gap", 60_000)


def test_a_refused_promise_leaves_the_whole_call_unwritten(client: Client, case: Case, ringing: Contact) -> None:
    data = {"outcome": "right_party", "reason": "cash_gap", "amount": "99999", "due_on": DUE}

    response = send(client, "case_wrap_up", case, ringing.pk, **data)

    ringing.refresh_from_db()
    assert response.status_code == 422
    assert ringing.state == "reserved"
    assert not DelayReason.objects.exists()


def test_only_the_borrower_can_promise(client: Client, case: Case, ringing: Contact) -> None:
    data = {"outcome": "other_person", "amount": "600", "due_on": DUE}

    assert send(client, "case_wrap_up", case, ringing.pk, **data).status_code == 422


def test_a_call_is_written_down_once(client: Client, case: Case, ringing: Contact) -> None:
    send(client, "case_wrap_up", case, ringing.pk, outcome="no_answer")

    assert send(client, "case_wrap_up", case, ringing.pk, outcome="busy").status_code == 409


def test_a_call_answers_the_callback_that_was_asked_for(client: Client, case: Case, ringing: Contact) -> None:
    Case.objects.update(callback_at=NOW)

    send(client, "case_wrap_up", case, ringing.pk, outcome="busy")

    case.refresh_from_db()
    assert (case.callback_at, case.next_action) == (None, "call_again")


def test_somebody_elses_call_is_not_written_down(
    case: Case, ringing: Contact, supervisor: User, sign_in: SignIn
) -> None:
    assert sign_in(supervisor).get(reverse("case_wrap_up", args=[case.pk, ringing.pk])).status_code == 404
