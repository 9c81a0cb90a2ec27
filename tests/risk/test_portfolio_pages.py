"""The portfolio's page, file and API, over twelve loans that lived three months (`twelve_loans`)."""

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from audit.models import Entry
from audit.presenters import in_words
from lending.models import ClosedDay
from risk.models import Flow
from twelve_loans import END_OF_APRIL, END_OF_MARCH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lived")]
PATHS = ["/portfolio/", "/portfolio.csv", "/portfolio.xlsx", "/portfolio/loans/", "/api/v1/portfolio/"]
SignIn = Callable[[str], Client]


def cells(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 403), ("supervisor", 403), ("manager", 200), ("auditor", 200), ("administrator", 403)],
)
def test_who_may_see_the_portfolio(path: str, role: str, status: int, sign_in: SignIn) -> None:
    assert sign_in(role).get(path).status_code == status


@pytest.mark.parametrize("path", PATHS)
def test_it_is_only_read(path: str, sign_in: SignIn) -> None:
    assert sign_in("manager").post(path).status_code in (403, 405)
    assert Client().get(path).status_code in (302, 401)


def test_the_page_shows_rates_with_their_definitions(sign_in: SignIn) -> None:
    page = sign_in("manager").get("/portfolio/").content.decode()

    assert "2026-04" in page
    for words in ("63.6%", "45.5%", "Loss estimate", "31.8%", "fell due on the days of the month"):
        assert words in page


def test_a_day_past_is_as_its_night_wrote_it_down(sign_in: SignIn) -> None:
    answer = sign_in("manager").get("/portfolio/", {"on": END_OF_MARCH.isoformat()})

    (shown,) = answer.context["books"]
    assert {group.code: group.loans for group in shown["book"].buckets if group.loans} == {"M1": 3, "M2": 1}
    assert (shown["book"].active_loans, shown["book"].overdue) == (11, 500_00)
    assert "written it down" in answer.content.decode() or "wrote it down" in answer.content.decode()


def test_today_and_its_own_snapshot_agree(sign_in: SignIn) -> None:
    browser = sign_in("manager")
    (today,) = browser.get("/portfolio/").context["books"]
    ClosedDay.objects.create(day=date(2026, 5, 2), closed_at="2026-05-02T00:00Z")
    (past,) = browser.get("/portfolio/", {"on": END_OF_APRIL.isoformat()}).context["books"]

    assert [group._replace(borrowers=None) for group in today["book"].buckets if group.loans] == [
        group for group in past["book"].buckets if group.loans
    ]
    assert today["book"].active_loans == past["book"].active_loans


def test_a_roll_rate_opens_its_loans(sign_in: SignIn) -> None:
    browser = sign_in("manager")
    (shown,) = browser.get("/portfolio/").context["books"]
    row = next(row for row in shown["rolled"]["rows"] if row.bucket == "M1")
    cell = row.cells[2]

    answer = browser.get(cell.url)

    assert cell.text == "63.6%"
    assert [row.loan.number for row in answer.context["page"].rows] == ["A3", "B4"]
    assert "M1" in answer.content.decode()


def test_a_funder_narrows_every_figure(sign_in: SignIn) -> None:
    answer = sign_in("manager").get("/portfolio/", {"funder": "south"})

    (shown,) = answer.context["books"]
    assert (shown["book"].active_loans, shown["book"].loans_in_arrears) == (6, 3)
    assert "funder=south" in shown["stats"][0]["url"]
    assert [began for began, _, _ in shown["vintage"]["rows"]] == ["2026-02"]


@pytest.mark.parametrize(
    "given", [{"on": "2026-13-01"}, {"on": "2026-05-02"}, {"on": "x\x00"}, {"funder": "nobody"}, {"product": "\x00"}]
)
def test_what_makes_no_sense_is_said_and_passed_over(given: dict[str, str], sign_in: SignIn) -> None:
    browser = sign_in("manager")

    page = browser.get("/portfolio/", given)
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert browser.get("/portfolio.csv", given).status_code == 200
    assert browser.get("/api/v1/portfolio/", given).status_code == 400


@pytest.mark.parametrize("given", [{"month": "x"}, {"month": "2026-05-01", "from": "\x00"}, {"after": "x~y"}])
def test_a_list_of_nothing_says_so(given: dict[str, str], sign_in: SignIn) -> None:
    answer = sign_in("manager").get("/portfolio/loans/", given)

    assert answer.status_code == 200
    assert "No loan went that way" in answer.content.decode()


def test_a_day_that_nobody_wrote_down_says_so(sign_in: SignIn) -> None:
    assert "Nothing is known of that" in sign_in("manager").get("/portfolio/", {"on": "2026-01-05"}).content.decode()


def test_the_file_has_every_rate_and_is_on_record(sign_in: SignIn) -> None:
    rows = cells(sign_in("manager").get("/portfolio.csv", {"funder": "north"}))

    vintage = [row["rate"] for row in rows if (row["figure"], row["month"]) == ("vintage", "2026-01")]
    assert vintage == ["0.000000", "0.000000", "0.181818", "0.318182"]
    assert {row["figure"] for row in rows} >= {"entry", "fpd", "cured", "recovered", "roll", "chain", "loss"}
    entry = Entry.objects.get(action="risk.portfolio_exported")
    assert in_words(entry) == f"Exported {len(rows)} rates of the portfolio as of 2026-05-01"


def test_file_workbook_and_api_say_the_same(sign_in: SignIn) -> None:
    browser = sign_in("manager")
    rows = cells(browser.get("/portfolio.csv"))
    answer: Any = browser.get("/portfolio.xlsx")
    sheet = list(load_workbook(io.BytesIO(answer.getvalue())).active.values)  # type: ignore[union-attr]

    assert browser.get("/api/v1/portfolio/").json() == {"as_of": "2026-05-01", "rates": rows}
    assert len(sheet) == len(rows) + 1
    assert sheet[0] == tuple(rows[0])


def test_promises_and_contacts_are_shown_for_all_funders_together(sign_in: SignIn) -> None:
    told = {"promise_kept": 3, "promise_broken": 1, "right_party_contact": 2, "no_answer": 6}
    Flow.objects.bulk_create([Flow(on=date(2026, 4, 9), name=name, amount=amount) for name, amount in told.items()])

    answer = sign_in("manager").get("/portfolio/", {"funder": "north"})

    assert answer.context["people"] == [("2026-04", ["75.0%", "25.0%", "25.0%"])]
