"""The API: read only, masked, within scope, in pages of equal cost."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from cases.models import Case
from lending.models import Loan
from staff.demo import ensure_sign_ins
from staff.models import User

DAY = "2026-03-30"


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Any:
    """One small demo portfolio for the module, rolled back at its end."""
    from datetime import date

    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        call_command("seed_demo", loans=80, seed=3, date=date.fromisoformat(DAY), stdout=StringIO())
        yield
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture
def as_role(seeded: None, db: None) -> Any:
    def client(role: str) -> Client:
        found = Client()
        found.force_login(User.objects.get(username=role))
        return found

    return client


def test_a_token_opens_the_api(as_role: Any) -> None:
    given = Client().post("/api/v1/token/", {"username": "manager", "password": "demo-manager"}, "application/json")

    answer = Client().get("/api/v1/loans/", headers={"Authorization": f"Token {given.json()['token']}"})

    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 50


def test_a_wrong_password_gives_no_token(as_role: Any) -> None:
    answer = Client().post("/api/v1/token/", {"username": "manager", "password": "wrong"}, "application/json")

    assert answer.status_code == 400
    assert "token" not in answer.json()


@pytest.mark.parametrize("path", ["/api/v1/loans/", "/api/v1/cases/"])
def test_without_a_token_the_answer_is_401(path: str, db: None) -> None:
    assert Client().get(path).status_code == 401


def test_administrators_see_no_money(as_role: Any) -> None:
    assert as_role("administrator").get("/api/v1/loans/").status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_through_it(as_role: Any, method: str) -> None:
    assert getattr(as_role("manager"), method)("/api/v1/loans/").status_code in {403, 405}


def test_an_agent_sees_the_loans_of_their_cases_and_no_other(as_role: Any) -> None:
    agent = User.objects.get(username="agent")
    client = as_role("agent")
    mine = set(Loan.objects.filter(borrower__cases__owner=agent).values_list("number", flat=True))
    other = Loan.objects.exclude(number__in=mine).first()
    assert other is not None

    seen = {loan["number"] for loan in client.get("/api/v1/loans/").json()["results"]}

    assert seen == set(sorted(mine)[:50])
    assert client.get(f"/api/v1/loans/{other.number}/").status_code == 404
    missing = client.get("/api/v1/loans/NONE/")
    assert client.get(f"/api/v1/loans/{other.number}/").content == missing.content


def test_names_are_masked_and_money_is_text(as_role: Any) -> None:
    loan = as_role("manager").get("/api/v1/loans/").json()["results"][0]

    assert "•" in loan["borrower_name"]
    assert isinstance(loan["principal"], str)
    assert loan["principal"].count(".") == 1


def test_pages_follow_a_cursor_to_the_end(as_role: Any) -> None:
    client = as_role("manager")
    page = client.get("/api/v1/loans/").json()
    rest = client.get(page["next"]).json()

    numbers = [loan["number"] for loan in [*page["results"], *rest["results"]]]
    assert numbers == sorted(Loan.objects.values_list("number", flat=True))
    assert rest["next"] is None


def test_loans_are_filtered_by_bucket_and_arrears(as_role: Any) -> None:
    client = as_role("manager")

    late = client.get("/api/v1/loans/?bucket=M1").json()["results"]
    current = client.get("/api/v1/loans/?in_arrears=false").json()["results"]

    assert late
    assert {loan["bucket"] for loan in late} == {"M1"}
    assert {loan["days_past_due"] for loan in current} == {0}
    assert client.get("/api/v1/loans/?bucket=M99").status_code == 400


def test_cases_are_listed_with_their_owner(as_role: Any) -> None:
    cases = as_role("supervisor").get("/api/v1/cases/?state=open&owner=agent").json()["results"]

    assert {case["owner"] for case in cases} == {"agent"}
    assert len(cases) == min(50, Case.objects.open().filter(owner__username="agent").count())


@pytest.mark.parametrize("path", ["/api/v1/loans/", "/api/v1/cases/"])
def test_a_page_asks_a_constant_number_of_questions(
    as_role: Any, path: str, django_assert_max_num_queries: Any
) -> None:
    client = as_role("manager")

    with django_assert_max_num_queries(6):
        client.get(path)


def test_the_schema_describes_both_resources_without_a_warning(db: None) -> None:
    ensure_sign_ins()
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")

    schema = Client().get("/api/schema/")
    assert schema.status_code == 200
    assert b"/api/v1/loans/" in schema.content
