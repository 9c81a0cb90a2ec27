"""Pauses and the daily history on the screen and for machines."""

from itertools import count
from typing import Any

import pytest
from django.test import Client

from lending.models import Funder, Loan, Pause, PauseEnd, Product
from lending.verify import verify
from tests.lending.pages.test_loan_page import SignIn

pytestmark = pytest.mark.usefixtures("book")

PAUSE, HISTORY = "/loans/late/pause/", "/loans/late/history/"
API = "/api/v1/loans/late"
KEYS = count()
FLOOD = {"kind": "clock", "from_on": "2026-03-20", "to_on": "2026-03-30", "reason": "Flood."}


def send(browser: Client, url: str, **typed: str) -> Any:
    return browser.post(url, {"one_time_key": f"key-{next(KEYS)}", **typed})


def post(browser: Client, url: str, key: str = "k", **body: str) -> Any:
    return browser.post(f"{API}/{url}", body, "application/json", headers={"Idempotency-Key": key})


@pytest.mark.parametrize(
    ("role", "pausing", "reading"),
    [
        ("agent", 403, 200),
        ("supervisor", 200, 200),
        ("manager", 200, 200),
        ("auditor", 403, 200),
        ("administrator", 403, 403),
    ],
)
def test_who_may_pause_and_who_may_read(role: str, pausing: int, reading: int, sign_in: SignIn) -> None:
    browser = sign_in(role)

    assert (browser.get(PAUSE).status_code, browser.get(HISTORY).status_code) == (pausing, reading)
    assert (browser.get(f"{API}/pauses/").status_code, browser.get(f"{API}/history/").status_code) == (reading, reading)
    assert (b"/loans/late/pause/" in browser.get("/loans/late/").content) == (pausing == 200)


def test_a_loan_out_of_scope_is_not_there(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")

    for url in (
        "/loans/well/pause/",
        "/loans/well/history/",
        "/api/v1/loans/well/pauses/",
        "/api/v1/loans/well/history/",
    ):
        assert browser.get(url).status_code == 404


def test_a_pause_is_made_shown_and_ended(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    days = browser.get("/loans/late/").context["view"].standing.days_past_due

    assert send(browser, PAUSE, **FLOOD).status_code == 302
    page = browser.get("/loans/late/")
    assert page.context["view"].standing.days_past_due == days - 10
    assert b"Flood." in page.content
    pause = Pause.objects.get()
    assert send(browser, f"/loans/late/pauses/{pause.pk}/end/", to_on="2026-03-25").status_code == 302

    assert browser.get("/loans/late/").context["view"].standing.days_past_due == days - 5
    assert verify() == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"from_on": "soon"}, "from_on"),
        ({"from_on": "2020-01-01"}, "from_on"),
        ({"from_on": "0001-01-01"}, "from_on"),
        ({"to_on": "2026-03-20"}, "to_on"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused_at_its_field(
    typed: dict[str, str], field: str, sign_in: SignIn
) -> None:
    answer = send(sign_in("manager"), PAUSE, **{**FLOOD, **typed})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Pause.objects.exists()


def test_an_end_outside_the_pause_is_refused_at_its_field(sign_in: SignIn) -> None:
    browser = sign_in("manager")
    send(browser, PAUSE, **FLOOD)
    url = f"/loans/late/pauses/{Pause.objects.get().pk}/end/"

    answers = [send(browser, url, to_on=day) for day in ("2026-03-19", "2026-03-30", "soon")]

    assert [(answer.status_code, list(answer.context["form"].errors)) for answer in answers] == [(422, ["to_on"])] * 3
    assert not PauseEnd.objects.exists()


def test_the_history_shows_the_days_on_which_something_changed(sign_in: SignIn) -> None:
    page = sign_in("agent").get(HISTORY, {"from": "2026-01-15", "to": "2026-04-20"})

    days = {day.on.isoformat(): day for day in page.context["turns"]}
    assert days["2026-02-16"].days_past_due == 1
    assert days["2026-02-20"].days_past_due == 0
    assert days["2026-04-20"].days_past_due == page.context["turns"][-1].days_past_due > 0


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2026-03-01", "to": "2026-02-01"}, "to"),
        ({"from": "2020-01-01", "to": "2026-01-01"}, "to"),
        ({"from": "then"}, "from"),
    ],
)
def test_days_that_make_no_sense_are_refused_at_their_field(asked: dict[str, str], field: str, sign_in: SignIn) -> None:
    browser = sign_in("agent")

    page, answer = browser.get(HISTORY, asked), browser.get(f"{API}/history/", asked)

    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_machines_read_every_day(sign_in: SignIn) -> None:
    answer = sign_in("agent").get(f"{API}/history/", {"from": "2026-02-14", "to": "2026-02-17"})

    assert [(day["on"], day["days_past_due"], day["bucket"]) for day in answer.json()] == [
        ("2026-02-14", 0, "M0"),
        ("2026-02-15", 0, "M0"),
        ("2026-02-16", 1, "M1"),
        ("2026-02-17", 2, "M1"),
    ]


def test_machines_pause_once_by_their_key(sign_in: SignIn) -> None:
    browser = sign_in("manager")

    answers = [post(browser, "pauses/", **FLOOD), post(browser, "pauses/", **FLOOD)]
    answers.append(post(browser, "pauses/", **{**FLOOD, "to_on": "2026-03-31"}))
    answers += [post(browser, "pauses/", key="", **FLOOD), post(browser, "pauses/", "l", **{**FLOOD, "kind": "both"})]
    answers.append(post(browser, "pauses/", "m", **{**FLOOD, "to_on": "2026-03-01"}))

    assert [answer.status_code for answer in answers] == [201, 200, 422, 400, 400, 400]
    assert browser.get(f"{API}/pauses/").json() == [answers[0].json()]
    assert answers[0].json()["to_on"] == "2026-03-30"


def test_machines_end_a_pause_once(sign_in: SignIn) -> None:
    browser = sign_in("manager")
    made = post(browser, "pauses/", **FLOOD).json()["id"]
    url = f"pauses/{made}/end/"

    answers = [post(browser, url, to_on=day) for day in ("2026-03-25", "2026-03-25", "2026-03-26")]

    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert answers[0].json()["to_on"] == "2026-03-25"
    assert post(browser, "pauses/0/end/", to_on="2026-03-25").status_code == 404


def test_an_agent_pauses_nothing_by_the_api(sign_in: SignIn) -> None:
    assert post(sign_in("agent"), "pauses/", **FLOOD).status_code == 403


def test_rules_that_a_loan_may_break_are_told_with_their_source(sign_in: SignIn) -> None:
    Product.objects.update(penalty_rate_ppm=0, penalty_markup_ppm=600_000)
    loan = Loan.objects.get(number="late")

    page = sign_in("agent").get("/loans/late/?open=caps")

    assert loan.penalty_rate_ppm == loan.annual_rate_ppm * 16 // 10
    assert "CN-PEN" in [line.exceeded.cap.code for line in page.context["view"].caps]
    assert "银发〔2003〕251号" in page.content.decode()


def test_where_the_kind_of_lender_is_known_only_its_rules_are_told(sign_in: SignIn) -> None:
    Product.objects.update(penalty_rate_ppm=0, penalty_markup_ppm=600_000)
    Funder.objects.update(lender_kind="private")

    page = sign_in("agent").get("/loans/late/")

    told = {line.exceeded.cap.code for line in page.context["view"].caps}
    assert told == {"CN-CAP-PRIV", "CN-CAP-PRIV-ALL"}
    assert "(Private lender)" in page.content.decode()
