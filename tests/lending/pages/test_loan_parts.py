"""What the loan page opens on demand."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from lending.facts import facts_of
from lending.loan_reading import read, read_borrower
from lending.models import Loan
from lending.pausing import pause_loan
from lending.sql.traces import Traces, traces_of
from lending.words import frequency_words
from staff.models import User

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("book")

QUERIES_MAX = 9
"""Of a loan without anything rare: sign-in 2, business date, loan, its traces, schedule, payments, links, counts of the rail."""


AT = datetime(2026, 4, 20, 2, tzinfo=UTC)


@pytest.fixture
def manager(db: None) -> User:
    return User.objects.create_user("who-pauses", role="manager")


def test_parts_are_closed_and_lead_to_themselves(sign_in: SignIn) -> None:
    answer = sign_in("manager").get("/loans/late/")
    page = answer.content.decode()

    assert [part.name for part in answer.context["parts"]] == [
        "payments",
        "penalty",
        "fees",
        "clock",
        "creditors",
        "caps",
    ]
    assert 'hx-get="?open=penalty"' in page
    assert 'href="?open=penalty#part-penalty"' in page
    assert "Accrued in all" not in page


def test_htmx_is_given_the_part_alone(sign_in: SignIn) -> None:
    part = sign_in("manager").get("/loans/late/?open=penalty", headers={"HX-Request": "true"}).content.decode()

    assert "Accrued in all" in part
    assert "<html" not in part
    assert "What is owed" not in part


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("payments", "Interest of instalment 1"),
        ("penalty", "Accrued in all"),
        ("clock", "Counted from"),
        ("fees", "No cost was charged"),
        ("creditors", "lent all of it"),
        ("caps", "counsel says which rule binds"),
    ],
)
def test_a_part_opens_on_the_page_without_a_script(name: str, words: str, sign_in: SignIn) -> None:
    browser = sign_in("manager")

    assert words not in browser.get("/loans/late/").content.decode()
    assert words in browser.get(f"/loans/late/?open={name}").content.decode()
    assert words in browser.get("/loans/late/?open=all").content.decode()


def test_a_part_is_of_the_day_that_the_page_shows(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    page = browser.get("/loans/late/?on=2026-06-20").content.decode()
    part = browser.get("/loans/late/?on=2026-06-20&open=penalty", headers={"HX-Request": "true"}).content.decode()

    assert 'hx-get="?on=2026-06-20&amp;open=penalty"' in page
    assert "2026-06-20" in part


@pytest.mark.parametrize("name", ["versions", "nothing", "", "../_owed"])
def test_a_part_that_the_loan_has_not_is_not_there(name: str, sign_in: SignIn) -> None:
    browser = sign_in("manager")

    assert browser.get(f"/loans/late/?open={name}", headers={"HX-Request": "true"}).status_code == 404
    assert browser.get(f"/loans/late/?open={name}").status_code == 200


def test_a_part_out_of_scope_is_not_there(sign_in: SignIn) -> None:
    answer = sign_in("agent").get("/loans/well/?open=clock", headers={"HX-Request": "true"})

    assert answer.status_code == 404


def test_the_newest_payments_come_with_the_page(sign_in: SignIn) -> None:
    page = sign_in("manager").get("/loans/late/").content.decode()

    assert "p-late" in page
    assert "/reverse/" in page


@pytest.mark.parametrize("number", ["late", "well", "paid"])
def test_the_page_asks_the_same_few_questions_of_every_loan(
    number: str, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in("manager")

    with django_assert_max_num_queries(QUERIES_MAX):
        browser.get(f"/loans/{number}/")


def test_a_loan_is_asked_for_what_is_rare_only_where_it_left_a_trace(manager: User) -> None:
    loan = Loan.objects.select_related("product").get(number="late")
    assert traces_of(loan) == Traces(waived=False, paused=False, refunded=False, shared=False, charged=False)
    assert read(loan).pauses == []

    pause_loan(loan=loan, kind="clock", from_on=date(2026, 4, 1), to_on=None, reason="Flood.", by=manager, at=AT)

    assert traces_of(loan).paused
    assert [pause.reason for pause in read(loan).pauses] == ["Flood."]
    assert [fact.from_on for fact in read(loan).facts.pauses] == [date(2026, 4, 1)]


def test_the_facts_of_one_loan_are_those_of_many() -> None:
    for loan in Loan.objects.select_related("product"):
        assert read(loan).facts == facts_of([loan.pk])[loan.pk]


def test_terms_are_told_in_words_not_in_codes(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    assert "A month is a twelfth of a year" in browser.get("/loans/late/").content.decode()
    chinese = browser.get("/loans/late/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "每月按一年的十二分之一" in chinese
    assert "month/12" not in chinese


def test_the_facts_of_a_borrowers_loans_are_those_of_each() -> None:
    found = read_borrower(Loan.objects.get(number="late").borrower_id)

    assert [loan.number for loan in found.loans] == ["late"]
    assert found.facts == facts_of([loan.pk for loan in found.loans])


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        ("monthly", "monthly", "按月"),
        ("every 10 days", "every 10 days", "每 10 天"),
        ("every 2 months", "every 2 months", "每 2 个月"),
    ],
)
def test_a_frequency_is_told_in_words(code: str, english: str, chinese: str) -> None:
    with override("en"):
        assert frequency_words(code) == english
    with override("zh-hans"):
        assert frequency_words(code) == chinese
