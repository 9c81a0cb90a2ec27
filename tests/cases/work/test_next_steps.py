"""What comes next after a call and for a reason: data that two people publish, filled into the form, and counted on nobody's memory."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Entry
from audit.presenters import facts_of, in_words
from behind import NOW, TODAY, make_case, make_person
from cases.models import Case, DelayReason
from cases.moments import local_time, retry_after
from cases.reckoning import reckon
from cases.steps import choosing
from cases.steps.models import NextStep, Of, Step
from cases.steps.presets import FIRST_DAY, PRESETS, install
from cases.steps.publishing import fault_of, put_forward_step, told_of
from contacts import telephony
from contacts.models import Contact
from lending.changes import ChangeError, decide
from lending.models import Change
from reachable import make_point
from staff.models import Role, User
from staff.once import FIELD, new_key

SignIn = Callable[[User], Client]
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def maker(db: None) -> User:
    return make_person("maker", Role.MANAGER)


@pytest.fixture
def checker(db: None) -> User:
    return make_person("checker", Role.MANAGER)


@pytest.fixture
def case(agent: User) -> Case:
    case = make_case(owner=agent)
    make_point(case.borrower, "13912345678")
    reckon([case], on=TODAY)
    return case


@pytest.fixture
def client(agent: User, sign_in: SignIn) -> Client:
    return sign_in(agent)


@pytest.fixture
def ringing(client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> Contact:
    monkeypatch.setattr(telephony, "place", lambda contact_id, at: None)
    monkeypatch.setattr(telephony, "collect", lambda contact_id: None)
    client.post(reverse("case_call", args=[case.pk]), {FIELD: new_key()})
    return Contact.objects.get()


def wrap_up(client: Client, case: Case, contact: Contact, outcome: str, **data: Any) -> Any:
    url = reverse("case_wrap_up", args=[case.pk, contact.pk])
    return client.post(url, {FIELD: new_key(), "outcome": outcome} | data)


def put_forward(
    maker: User, code: str = "busy", *, of: str = Of.OUTCOME, from_on: date = TOMORROW, **changes: Any
) -> Change:
    told = told_of(NextStep.objects.filter(of=of, code=code).order_by("-valid_from")[0]) | changes
    return put_forward_step(of, code, told, from_on=from_on, words="sooner", by=maker, at=NOW, on=TODAY)


def publish(change: Change, by: User) -> None:
    decide(change, approve=True, words="", payload_hash=change.payload_hash, by=by, at=NOW, on=TODAY)


@pytest.mark.django_db
def test_the_steps_of_the_house_make_sense_and_are_written_once() -> None:
    assert install() == 0

    rows = list(NextStep.objects.all())
    assert len(rows) == len(PRESETS)
    assert [row.code for row in rows if fault_of(row.of, row.code, told_of(row))] == []
    assert {row.code for row in rows if row.of == Of.REASON} == set(DelayReason.Code.values)
    assert {row.fact for row in choosing.outcomes_on(TODAY)} == {
        "no_answer",
        "right_party",
        "other_person",
        "busy",
        "invalid",
    }


@pytest.mark.django_db
def test_a_second_person_publishes_for_a_later_day(maker: User, checker: User) -> None:
    change = put_forward(maker, hours=1)
    with pytest.raises(ChangeError):
        publish(change, maker)

    publish(change, checker)

    assert choosing.outcome_on("busy", TODAY).hours == 3  # type: ignore[union-attr]
    assert choosing.outcome_on("busy", TOMORROW).hours == 1  # type: ignore[union-attr]
    assert "busy" in in_words(Entry.objects.filter(action="lending.change_approved").get())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "of", "changes", "field"),
    [
        ("busy", Of.OUTCOME, {"from_on": TODAY, "hours": 1}, "from_on"),
        ("busy", Of.OUTCOME, {}, None),
        ("busy", Of.OUTCOME, {"hours": 0}, "hours"),
        ("busy", Of.OUTCOME, {"step": Step.PROMISE, "hours": 0}, "step"),
        ("busy", Of.OUTCOME, {"is_withdrawn": True}, "is_withdrawn"),
        ("busy", Of.OUTCOME, {"keeps_number": True}, "keeps_number"),
        ("promises", Of.OUTCOME, {"step": Step.TRACE}, "step"),
        ("ill", Of.OUTCOME, {"hold": "placed"}, "hold"),
        ("ill", Of.OUTCOME, {"name_zh": " "}, "name"),
        ("right_party", Of.OUTCOME, {"fact": "sent"}, "fact"),
        ("forgot", Of.REASON, {"is_withdrawn": True}, "step"),
        ("forgot", Of.REASON, {"step": Step.AGAIN, "hours": 3}, "step"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_not_put_forward(
    maker: User, code: str, of: str, changes: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(ChangeError) as refused:
        put_forward(maker, code, of=of, **changes)

    assert refused.value.field == field


@pytest.mark.django_db
@pytest.mark.parametrize(
    "columns",
    [
        {"of": "outcome", "fact": ""},
        {"of": "reason", "fact": "busy"},
        {"step": "again", "hours": 0},
        {"step": "promise", "hours": 2},
        {"step": "hold", "hold": ""},
        {"step": "promise", "fact": "busy"},
        {"code": "busy", "valid_from": FIRST_DAY},
    ],
    ids=str,
)
def test_the_database_refuses_a_step_that_makes_no_sense(columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NextStep.objects.create(
            **({"of": "outcome", "code": "x", "fact": "right_party", "step": "none", "valid_from": TODAY} | columns)
        )


@given(
    st.datetimes(min_value=NOW.replace(tzinfo=None), max_value=NOW.replace(tzinfo=None) + timedelta(days=30)),
    st.integers(1, 720),
)
def test_trying_again_comes_no_sooner_and_within_working_hours(moment: Any, hours: int) -> None:
    at = moment.replace(tzinfo=NOW.tzinfo)

    again = retry_after(at, hours)

    assert at + timedelta(hours=hours) <= again < at + timedelta(hours=hours + 14)
    assert (9, 0) <= (local_time(again).hour, local_time(again).minute) <= (19, 30)


@pytest.mark.django_db
def test_the_form_offers_each_outcome_with_what_it_brings(client: Client, case: Case, ringing: Contact) -> None:
    with translation.override("en"):
        page = client.get(reverse("case_wrap_up", args=[case.pk, ringing.pk])).content.decode()

    assert "Right party: call later" in page
    assert "2026-07-15T14:00" in page
    assert "Next: Call back after 4 h" in page
    assert "&quot;due_on&quot;: &quot;2026-07-18&quot;" in page


@pytest.mark.django_db
def test_the_hours_of_the_outcome_decide_when_one_tries_again(
    client: Client, case: Case, ringing: Contact, maker: User, checker: User
) -> None:
    NextStep.objects.create(
        **told_of(NextStep.objects.get(code="busy"))
        | {"of": "outcome", "code": "busy", "hours": 1, "valid_from": TODAY}
    )
    choosing.forget()

    wrap_up(client, case, ringing, "busy")

    case.refresh_from_db()
    ringing.refresh_from_db()
    assert (ringing.outcome, ringing.code) == ("busy", "busy")
    assert (case.next_action, case.next_at) == ("call_again", NOW + timedelta(hours=1))


@pytest.mark.django_db
def test_an_outcome_that_leads_to_a_drawer_opens_it_with_its_kind_chosen(
    client: Client, case: Case, ringing: Contact
) -> None:
    answer = wrap_up(client, case, ringing, "ill", reason="illness")

    assert answer["Location"] == f"{reverse('case_page', args=[case.pk])}?then=ill"
    page = client.get(answer["Location"]).content.decode()
    drawer = f"{reverse('hold_place', args=[case.borrower_id])}?next=%2Fcases%2F{case.pk}%2F&amp;kind=illness"
    assert f'hx-get="{drawer}"' in page
    assert 'value="illness" selected' in client.get(drawer.replace("&amp;", "&")).content.decode()


@pytest.mark.django_db
def test_the_name_of_the_outcome_stands_on_the_timeline_and_in_the_record(
    client: Client, case: Case, ringing: Contact
) -> None:
    wrap_up(client, case, ringing, "refuses", reason="unwilling")

    page = client.get(reverse("case_page", args=[case.pk])).content.decode()
    assert "Right party: refuses" in page or "本人接听：拒绝还款" in page
    assert facts_of(Entry.objects.get(action="contacts.call_wrapped_up"))["code"] == "refuses"


@pytest.mark.django_db
def test_a_number_at_which_somebody_passes_it_on_stays_in_use(client: Client, case: Case, ringing: Contact) -> None:
    wrap_up(client, case, ringing, "passed_on")

    assert case.borrower.contact_points.get().quality == "untried"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "data"), [("nothing", {}), ("passed_on", {"reason": "forgot"})], ids=["unknown", "not the borrower"]
)
def test_a_machine_is_told_at_the_outcome_what_cannot_be(
    client: Client, case: Case, ringing: Contact, outcome: str, data: dict[str, str]
) -> None:
    url = f"/api/v1/cases/{case.pk}/calls/{ringing.pk}/"

    answer = client.post(url, {"outcome": outcome} | data, "application/json", headers={"Idempotency-Key": "k"})

    assert (answer.status_code, list(answer.json())) == (400, ["outcome"])


@pytest.mark.django_db
def test_machines_read_what_is_in_force(client: Client) -> None:
    found = client.get("/api/v1/next-steps/").json()

    assert {"of": "outcome", "code": "busy", "fact": "busy", "step": "again", "hours": 3} in [
        {name: each[name] for name in ("of", "code", "fact", "step", "hours")} for each in found
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("agreed", ["on_hold", "await_promise", "remind_promise", "chase_promise", "callback"])
def test_the_reason_puts_its_step_first_until_something_is_agreed(client: Client, case: Case, agreed: str) -> None:
    Case.objects.filter(pk=case.pk).update(reason_behind="dispute")
    page = client.get(reverse("case_page", args=[case.pk]))
    assert page.context["suggested"].code == page.context["actions"][0].code == "complaint"

    Case.objects.filter(pk=case.pk).update(next_action=agreed)

    assert client.get(reverse("case_page", args=[case.pk])).context["suggested"] is None


@pytest.mark.django_db
def test_managers_edit_on_a_page_and_others_only_read(maker: User, agent: User, sign_in: SignIn) -> None:
    client = sign_in(maker)
    data = {
        "from_on": TOMORROW.isoformat(), "name": "Voicemail", "name_zh": "语音信箱", "fact": "no_answer", "step": "again",
        "hours": "6", "place": "15", "words": "many have one",
    }  # fmt: skip
    for name, args in (
        ("next_steps", []),
        ("next_step", ["outcome", "busy"]),
        ("next_step_change", ["reason", "forgot"]),
        ("outcome_new", []),
    ):
        assert client.get(reverse(name, args=args)).status_code == 200
    assert client.get(reverse("next_step", args=["outcome", "nothing"])).status_code == 404
    bad = client.post(reverse("outcome_new"), data | {FIELD: new_key(), "code": "voicemail", "hours": "0"})
    assert bad.status_code == 422
    assert "many have one" in bad.content.decode()

    assert client.post(reverse("outcome_new"), data | {FIELD: new_key(), "code": "voicemail"}).status_code == 302

    assert Change.objects.get().content["step"]["hours"] == 6
    change = {FIELD: new_key(), "from_on": TOMORROW.isoformat(), "step": "message", "words": "softer"}
    assert client.post(reverse("next_step_change", args=["reason", "forgot"]), change).status_code == 302
    assert client.get(reverse("change_page", args=[Change.objects.latest("pk").pk])).status_code == 200
    assert sign_in(agent).get(reverse("next_steps")).status_code == 403
    assert (
        sign_in(make_person("u", Role.AUDITOR)).get(reverse("next_step_change", args=["outcome", "busy"])).status_code
        == 403
    )
