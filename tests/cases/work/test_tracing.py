"""Whoever changed phones is looked for by lawful means, and the task ends by itself when they are found or call."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from behind import NOW, TODAY, close_day, instant, make_case
from cases.models import Case, CaseEvent
from cases.moments import morning_of
from cases.priority import CaseFacts, holds_until, plan
from cases.tracing.forms import SAID_WORDS
from cases.tracing.looking import SAID, Found, TraceRefusedError, ask_somebody, record_trace
from cases.tracing.means import BY_HAND, MEANS
from contacts import telephony
from contacts.calls import RefusedError, start_call, wrap_up
from contacts.logbook import log_past_contact
from contacts.models import Contact, Refusal
from lending.models import ContactPoint
from reachable import make_point
from risk.models import Observation
from staff.models import User
from staff.once import FIELD, new_key

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LATER = TODAY + timedelta(days=7)
NEW = "13812345678"


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephony, "place", lambda contact_id, at: None)
    monkeypatch.setattr(telephony, "collect", lambda contact_id: None)


@pytest.fixture
def case(agent: User) -> Case:
    """Nobody can be reached at the one number that there was."""
    case = make_case(owner=agent)
    point = make_point(case.borrower, "13912345678")
    contact = start_call(borrower=case.borrower, point=point, purpose="demand", by=agent, at=NOW)
    wrap_up(contact, outcome="invalid", note="", by=agent, at=NOW)
    case.refresh_from_db()
    return case


@pytest.fixture
def friend(case: Case) -> ContactPoint:
    point = make_point(case.borrower, "13712345678")
    ContactPoint.objects.filter(pk=point.pk).update(holder="contact")
    return ContactPoint.objects.get(pk=point.pk)


@pytest.fixture
def client(agent: User, sign_in: SignIn) -> Client:
    return sign_in(agent)


def send(client: Client, name: str, args: list[int], **data: Any) -> Any:
    return client.post(reverse(name, args=args), {FIELD: new_key()} | data)


def now(case: Case) -> tuple[str, Any, str]:
    case.refresh_from_db()
    return case.next_action, case.next_at, case.priority_reasons[0]["code"]


def test_a_number_that_is_gone_opens_the_task_at_once(case: Case) -> None:
    assert case.borrower.contact_points.get().quality == "gone"
    assert now(case) == ("find_number", None, "no_number")


def test_who_changed_phones_is_not_taken_for_one_who_does_not_answer(case: Case) -> None:
    assert set(Observation.objects.filter(borrower=case.borrower).values_list("kind", flat=True)) == {"number_gone"}


def test_addresses_and_other_peoples_numbers_are_no_way_to_call_the_borrower(case: Case, friend: ContactPoint) -> None:
    ContactPoint.objects.create(borrower=case.borrower, kind="address", value="x", digest="a", added_at=NOW)

    close_day(TODAY + timedelta(days=1))

    assert now(case)[0] == "find_number"


def test_nothing_found_rests_until_the_day_that_was_set(case: Case, agent: User) -> None:
    record_trace(
        case=case, means="register", found=Found(look_again_on=LATER, note="no entry"), by=agent, at=NOW, on=TODAY
    )

    assert now(case) == ("find_number", morning_of(LATER), "looked_for")
    event = CaseEvent.objects.get(case=case, event="traced")
    assert (event.facts["means"], event.facts["again_on"]) == ("register", LATER.isoformat())


def test_a_number_that_was_found_keeps_its_source_and_ends_the_task(case: Case, agent: User) -> None:
    record_trace(case=case, means="register", found=Found(look_again_on=LATER), by=agent, at=NOW, on=TODAY)

    record_trace(case=case, means="lender", found=Found("mobile", NEW), by=agent, at=NOW, on=TODAY)

    assert now(case)[0] == "call"
    assert case.look_again_on is None
    assert case.borrower.contact_points.get(quality="untried").source == "lender"


@pytest.mark.parametrize(
    ("means", "found", "field"),
    [
        ("contact", Found(look_again_on=LATER), "means"),
        ("neighbours", Found(look_again_on=LATER), "means"),
        ("lender", Found(), "look_again_on"),
        ("lender", Found(look_again_on=TODAY), "look_again_on"),
        ("lender", Found(look_again_on=TODAY + timedelta(days=61)), "look_again_on"),
        ("lender", Found("mobile", "12"), "value"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    case: Case, agent: User, means: str, found: Found, field: str
) -> None:
    with pytest.raises(TraceRefusedError) as refused:
        record_trace(case=case, means=means, found=found, by=agent, at=NOW, on=TODAY)

    assert refused.value.field == field
    assert not CaseEvent.objects.filter(event="traced").exists()


def test_a_call_from_the_borrower_closes_the_task_and_a_silence_after_it_opens_it_anew(case: Case, agent: User) -> None:
    record_trace(case=case, means="register", found=Found(look_again_on=LATER), by=agent, at=NOW, on=TODAY)

    log_past_contact(
        borrower=case.borrower, channel="call", direction="in", purpose="service", outcome="right_party",
        happened_at=NOW, note="", by=agent, at=NOW,
    )  # fmt: skip

    assert now(case)[0] == "call"
    close_day(TODAY + timedelta(days=3))
    assert now(case) == ("find_number", None, "no_number")


def test_a_number_that_is_confirmed_again_ends_the_task(case: Case, agent: User) -> None:
    contact = Contact.objects.create(
        borrower=case.borrower, point=case.borrower.contact_points.get(), channel="call", direction="in",
        purpose="service", at=NOW, by=agent,
    )  # fmt: skip

    wrap_up(contact, outcome="right_party", note="", by=agent, at=NOW)

    assert now(case)[0] == "call"
    assert case.borrower.contact_points.get().quality == "confirmed"


@pytest.mark.parametrize("days", range(8))
def test_the_plan_holds_until_the_rest_after_a_talk_is_over(days: int) -> None:
    facts = CaseFacts(
        oldest_due_on=TODAY - timedelta(days=40), bucket="M2", overdue=1, currency="CNY", can_be_reached=False,
        talked_on=TODAY, last_contact_on=TODAY, rest_days=3,
    )  # fmt: skip
    on = TODAY + timedelta(days=days)

    assert (plan(facts, on).action == "find_number") == (days >= 3)
    until = holds_until(facts, TODAY)
    assert until is not None
    assert until <= TODAY + timedelta(days=3)


def test_the_drawer_writes_a_try_down_once_and_keeps_what_was_typed(client: Client, case: Case) -> None:
    page = client.get(reverse("case_page", args=[case.pk])).content.decode()
    assert reverse("case_trace", args=[case.pk]) in page
    bad = send(client, "case_trace", [case.pk], means="lender", kind="mobile", value="12", note="page 3 of the form")
    assert bad.status_code == 422
    assert "page 3 of the form" in bad.content.decode()

    good = send(
        client, "case_trace", [case.pk], means="lender", kind="mobile", value=NEW, look_again_on=LATER.isoformat()
    )

    assert good.status_code == 302
    assert CaseEvent.objects.filter(event="traced").count() == 1
    assert (
        reverse("case_trace", args=[case.pk]) not in client.get(reverse("case_page", args=[case.pk])).content.decode()
    )


def test_machines_write_a_try_down_once_by_its_key(client: Client, case: Case) -> None:
    url, body = f"/api/v1/cases/{case.pk}/traces/", {"means": "register", "look_again_on": LATER.isoformat()}

    answers = [client.post(url, body, "application/json", headers={"Idempotency-Key": "k"}) for _time in range(2)]
    bad = client.post(url, {"means": "lender"}, "application/json", headers={"Idempotency-Key": "l"})

    assert [answer.status_code for answer in answers] == [201, 200]
    assert (answers[0].json()["next_action"], CaseEvent.objects.filter(event="traced").count()) == ("find_number", 1)
    assert (bad.status_code, list(bad.json())) == (400, ["look_again_on"])


def test_a_stranger_finds_no_drawer(case: Case, colleague: User, sign_in: SignIn) -> None:
    client = sign_in(colleague)

    assert client.get(reverse("case_trace", args=[case.pk])).status_code == 404
    assert send(client, "case_trace", [case.pk], means="lender").status_code == 404


def test_a_contact_person_is_rung_through_the_gate_and_told_nothing(
    client: Client, case: Case, friend: ContactPoint
) -> None:
    page = client.get(reverse("case_trace", args=[case.pk])).content.decode()
    assert reverse("case_trace_call", args=[case.pk, friend.pk]) in page
    send(client, "case_trace_call", [case.pk, friend.pk])
    contact = Contact.objects.get(subject="contact")
    assert (contact.purpose, contact.state) == ("locate", "reserved")

    url = reverse("case_wrap_up", args=[case.pk, contact.pk])
    form = client.get(url, headers={"HX-Request": "true"}).content.decode()

    assert "麻烦转告对方方便时回电" in form
    assert [word for word in ("逾期", "欠款", "overdue", "loan") if word in form] == []
    done = send(client, "case_wrap_up", [case.pk, contact.pk], said="gave", kind="mobile", value=NEW)
    assert done.status_code == 302
    assert case.borrower.contact_points.get(source="contact").quality == "untried"
    assert now(case)[0] == "call"


def test_a_contact_person_is_left_alone_while_the_borrower_can_be_reached(
    case: Case, friend: ContactPoint, agent: User
) -> None:
    record_trace(case=case, means="lender", found=Found("mobile", NEW), by=agent, at=NOW, on=TODAY)

    with pytest.raises(RefusedError) as refused:
        ask_somebody(case=case, point=friend, by=agent, at=NOW)

    assert refused.value.answer.rule == "CN-CONTACT"


def test_who_asks_not_to_be_called_is_never_called_again(
    client: Client, case: Case, friend: ContactPoint, agent: User
) -> None:
    contact = ask_somebody(case=case, point=friend, by=agent, at=NOW)

    send(client, "case_wrap_up", [case.pk, contact.pk], said="refuses", look_again_on=LATER.isoformat())

    assert Refusal.objects.get().point == friend
    assert now(case) == ("find_number", morning_of(LATER), "looked_for")
    with pytest.raises(RefusedError):
        ask_somebody(case=case, point=friend, by=agent, at=instant(TODAY + timedelta(days=40)))


@pytest.mark.parametrize(
    "data", [{"said": "gave"}, {"said": "passes_on", "kind": "mobile", "value": NEW}, {"said": "passes_on"}], ids=str
)
def test_an_answer_that_does_not_add_up_leaves_the_call_unwritten(
    client: Client, case: Case, friend: ContactPoint, agent: User, data: dict[str, str]
) -> None:
    contact = ask_somebody(case=case, point=friend, by=agent, at=NOW)

    assert send(client, "case_wrap_up", [case.pk, contact.pk], **data).status_code == 422

    contact.refresh_from_db()
    assert contact.state == "reserved"


def test_the_borrowers_own_number_is_not_asked_as_somebody_elses(client: Client, case: Case) -> None:
    own = case.borrower.contact_points.get()

    assert send(client, "case_trace_call", [case.pk, own.pk]).status_code == 302
    assert send(client, "case_trace_call", [case.pk, 999_999]).status_code == 404
    assert client.get(reverse("case_trace_call", args=[case.pk, own.pk])).status_code == 405
    assert Contact.objects.count() == 1


def test_every_answer_and_every_means_has_its_words() -> None:
    assert set(SAID) == set(SAID_WORDS)
    assert set(BY_HAND) | {"guarantor", "contact"} == set(MEANS)
