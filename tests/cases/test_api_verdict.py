"""The gate's word on a case, for machines: read only, in scope, with the rule, its source and the next lawful moment."""

import pytest
from django.test import Client

from behind import TODAY, close_day, make_loan, make_person, make_team
from cases.models import Case
from contacts.models import Contact, Verdict
from reachable import make_borrower

pytestmark = pytest.mark.django_db
NIGHT = "2026-11-20T22:30:00+08:00"


@pytest.fixture
def case() -> Case:
    make_loan(make_borrower(), days=10)
    close_day(TODAY)
    return Case.objects.get()


@pytest.fixture
def agent(case: Case) -> Client:
    person = make_person("li", team=make_team())
    Case.objects.update(owner=person)
    client = Client()
    client.force_login(person)
    return client


def test_a_refusal_says_which_rule_and_from_when(agent: Client, case: Case) -> None:
    told = agent.get(f"/api/v1/cases/{case.pk}/verdict/", {"channel": "sms", "at": NIGHT}).json()

    assert (told["allowed"], told["rule"], told["standing"]) == (False, "CN-WIN", "law")
    assert told["lawful_at"].startswith("2026-11-21T")
    assert "GB/T 45251-2025" in told["citation"]


def test_asking_takes_no_slot_and_keeps_nothing(agent: Client, case: Case) -> None:
    told = agent.get(f"/api/v1/cases/{case.pk}/verdict/", {"at": "2026-11-20T12:00:00+08:00"}).json()

    assert told["allowed"]
    assert {counter["rule"] for counter in told["counters"]} == {"CN-CALL-EFF", "CN-CALL-TRY", "HOUSE-CALL-TRY"}
    assert not Verdict.objects.exists()
    assert not Contact.objects.exists()


@pytest.mark.parametrize("asked", [{"channel": "pigeon"}, {"at": "noon"}, {"people": "-1"}, {"subject": "mother"}])
def test_a_question_that_makes_no_sense_is_refused_at_its_field(
    agent: Client, case: Case, asked: dict[str, str]
) -> None:
    answer = agent.get(f"/api/v1/cases/{case.pk}/verdict/", asked)

    assert (answer.status_code, set(answer.json())) == (400, set(asked))


def test_a_case_out_of_scope_is_not_there(case: Case) -> None:
    stranger = Client()
    stranger.force_login(make_person("wu", team=make_team("other")))

    assert stranger.get(f"/api/v1/cases/{case.pk}/verdict/").status_code == 404
    assert Client().get(f"/api/v1/cases/{case.pk}/verdict/").status_code == 401
