"""Waivers on the screen: asked for in a drawer, waiting on a page, decided by whoever may."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from audit.guards import lifted
from lending.models import Loan, Waiver, WaiverRequest, WriteOff

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("book")

WAIVE, WRITE_OFF = "/loans/late/waive/", "/loans/late/write-off/"
KEYS = count()
WHY = {"reason": "hardship", "words": "Lost the job."}


def send(browser: Client, url: str, *, key: str = "", **typed: str) -> Any:
    return browser.post(url, {"one_time_key": key or f"key-{next(KEYS)}", **typed})


def ask(browser: Client, **typed: str) -> WaiverRequest:
    answer = send(browser, WAIVE, **({"how": "total", "total": "10.00"} | WHY | typed))
    assert answer.status_code == 302, answer.context["form"].errors
    return WaiverRequest.objects.latest("pk")


def rule(browser: Client, asked: WaiverRequest, verdict: str = "approve", **typed: str) -> Any:
    sent = {"verdict": verdict, "words": "Seen.", "payload_hash": asked.payload_hash} | typed
    return send(browser, reverse("waiver_decide", args=[asked.pk]), **sent)


@pytest.mark.parametrize(
    ("role", "asking", "writing_off"),
    [
        ("agent", 200, 403),
        ("supervisor", 200, 200),
        ("manager", 200, 200),
        ("auditor", 403, 403),
        ("administrator", 403, 403),
    ],
)
def test_who_may_ask(role: str, asking: int, writing_off: int, sign_in: SignIn) -> None:
    browser = sign_in(role)

    assert (browser.get(WAIVE).status_code, browser.get(WRITE_OFF).status_code) == (asking, writing_off)


def test_an_amount_in_all_is_split_in_house_order(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    penalty = browser.get(WAIVE).context["lines"][0].open
    assert penalty > 0

    asked = ask(browser, total=f"{(penalty + 5_00) / 100:.2f}")

    assert (asked.penalty, asked.interest, asked.principal) == (penalty, 5_00, 0)
    assert asked.open_penalty == penalty


def test_the_preview_follows_what_is_typed(sign_in: SignIn) -> None:
    browser = sign_in("agent")

    lines = browser.get(WAIVE + "preview/", {"how": "parts", "principal": "100"}).context["lines"]
    wrong = browser.get(WAIVE + "preview/", {"how": "total", "total": "1e99"})

    assert [line.waived for line in lines] == [0, 0, 100_00, 100_00]
    assert lines[-1].left == lines[-1].open - 100_00
    assert wrong.context["told"] == ["Give an amount like 1234.56."]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"how": "total", "total": ""}, "total"),
        ({"how": "total", "total": "0"}, "total"),
        ({"how": "total", "total": "-5"}, "total"),
        ({"how": "total", "total": "1.234"}, "total"),
        ({"how": "total", "total": "99999999"}, "total"),
        ({"how": "total", "total": "\x00"}, "total"),
        ({"how": "parts"}, "penalty"),
        ({"how": "parts", "interest": "999999"}, "interest"),
        ({"how": "nonsense", "total": "1"}, "how"),
        ({"how": "total", "total": "1", "reason": "fraud"}, "reason"),
        ({"how": "total", "total": "1", "words": ""}, "words"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(typed: dict[str, str], field: str, sign_in: SignIn) -> None:
    answer = send(sign_in("agent"), WAIVE, **(WHY | typed))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert WaiverRequest.objects.count() == 0


def test_a_form_sent_twice_asks_once(sign_in: SignIn) -> None:
    browser = sign_in("agent")
    typed = {"how": "total", "total": "10", **WHY}

    answers = [send(browser, WAIVE, key="same", **typed) for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [answers[0].headers["Location"]] * 2
    assert WaiverRequest.objects.count() == 1


def test_while_one_waits_the_drawer_leads_to_it(sign_in: SignIn) -> None:
    browser = sign_in("agent")
    asked = ask(browser)

    assert browser.get(WAIVE).headers["Location"] == f"/waivers/{asked.pk}/"
    assert "Waits for a decision" in browser.get("/loans/late/").content.decode()


def test_a_supervisor_approves_and_the_loan_page_shows_it(sign_in: SignIn) -> None:
    asked, checker = ask(sign_in("agent")), sign_in("supervisor")
    assert "Approve" in checker.get(f"/waivers/{asked.pk}/").content.decode()

    assert rule(checker, asked).status_code == 302

    page = checker.get("/loans/late/?open=penalty")
    assert Waiver.objects.get().amount == 10_00
    assert page.context["view"].standing.penalty_waived == 10_00
    assert "Penalty waived" in page.content.decode()
    assert checker.get(f"/waivers/{asked.pk}/").context["decision"] is None


def test_whoever_asked_is_not_offered_to_approve_and_is_refused(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    asked = ask(browser)

    assert "?verdict=approve" not in browser.get(f"/waivers/{asked.pk}/").content.decode()
    answer = rule(browser, asked)
    assert answer.status_code == 422
    assert "somebody else must decide" in answer.content.decode()
    assert Waiver.objects.count() == 0


def test_beyond_the_limit_the_rule_is_told(sign_in: SignIn) -> None:
    asked = ask(sign_in("agent"), how="parts", interest="10")

    answer = rule(sign_in("supervisor"), asked)

    assert answer.status_code == 422
    assert "beyond your limit" in answer.content.decode()


def test_what_was_decided_meanwhile_is_a_conflict(sign_in: SignIn) -> None:
    asked = ask(sign_in("agent"))
    rule(sign_in("manager"), asked, "reject")

    answer = rule(sign_in("supervisor"), asked)

    assert answer.status_code == 409
    assert Waiver.objects.count() == 0


def test_an_agent_does_not_decide(sign_in: SignIn) -> None:
    asked = ask(sign_in("supervisor"))

    assert rule(sign_in("agent"), asked).status_code == 403


def test_whoever_asked_takes_it_back(sign_in: SignIn) -> None:
    browser = sign_in("agent")
    asked = ask(browser)
    url = reverse("waiver_withdraw", args=[asked.pk])
    assert send(sign_in("manager"), url).status_code == 403

    assert browser.get(url).status_code == 200
    assert send(browser, url).status_code == 302

    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_a_request_out_of_scope_is_not_there(sign_in: SignIn) -> None:
    asked = ask(sign_in("manager"))
    with lifted(connection):
        WaiverRequest.objects.update(loan=Loan.objects.get(number="well"))

    assert sign_in("agent").get(f"/waivers/{asked.pk}/").status_code == 404
    assert sign_in("agent").get("/loans/well/waive/").status_code == 404
    assert sign_in("agent").get("/waivers/").context["rows"] == []
    assert len(sign_in("manager").get("/waivers/").context["rows"]) == 1


def test_the_list_shows_what_waits_and_who_may(sign_in: SignIn) -> None:
    ask(sign_in("supervisor"))

    own = sign_in("supervisor").get("/waivers/").content.decode()
    other = sign_in("manager").get("/waivers/").content.decode()

    assert "somebody else must decide" in own
    assert "Within my limits" in other
    assert sign_in("administrator").get("/waivers/").status_code == 403


def test_a_write_off_takes_two_and_shows_what_was_recovered(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    assert send(manager, WRITE_OFF, reason="uncollectable", words="Nothing left.").status_code == 302
    asked = WaiverRequest.objects.get()
    assert asked.amount == asked.open_penalty + asked.open_interest + asked.open_principal

    assert rule(sign_in("supervisor"), asked).status_code == 302

    page = manager.get("/loans/late/?open=given_up")
    assert WriteOff.objects.get().loan.number == "late"
    assert page.context["view"].given_up.recovered == 0
    assert "Recovered since" in page.content.decode()


def test_a_loan_that_is_paid_off_offers_no_waiver(sign_in: SignIn) -> None:
    page = sign_in("manager").get("/loans/paid/").content.decode()

    assert "/waive/" not in page
    assert "/write-off/" not in page


def test_the_screens_speak_chinese(sign_in: SignIn) -> None:
    browser = sign_in("manager")
    asked = ask(sign_in("agent"))

    for url, said in (
        ("/waivers/", "待审批的减免"),
        (f"/waivers/{asked.pk}/", "有权审批"),
        ("/loans/late/", "减免与核销"),
    ):
        assert said in browser.get(url, headers={"Accept-Language": "zh-hans"}).content.decode()
