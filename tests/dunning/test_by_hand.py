"""A person's own message goes through the same outbox, once."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import get_default_timezone

from audit.models import Entry
from cases.models import Case, Stage
from dunning.models import Reminder
from dunning.sending import Tally, sweep
from dunning.texts import shown as shown_text
from lending.models import Borrower, ContactPoint, Loan, PayLink
from outbox_book import DAY, MORNING, funder, lend, one_due
from staff.models import User
from stub_gateway import Stub

pytestmark = pytest.mark.usefixtures("closed_day")


@pytest.fixture(autouse=True)
def no_worker_is_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dunning.by_hand.ring", lambda: False)


@pytest.fixture
def at_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.middleware.now", lambda: MORNING)


@pytest.fixture
def case(person: Callable[[str], User], at_ten: None) -> Case:
    borrower, _loan = one_due()
    return Case.objects.create(borrower=borrower, stage=Stage.EARLY, bucket="M1", opened_on=DAY, owner=person("agent"))


@pytest.fixture
def url(case: Case) -> str:
    return f"/cases/{case.pk}/message/"


def filled(template: str = "after-our-call", key: str = "k" * 24) -> dict[str, str]:
    return {"template": template, "funder": str(funder().pk), "one_time_key": key}


def test_the_drawer_shows_the_message_and_the_gates_answer(signed_in: Callable[[str], Client], url: str) -> None:
    page = signed_in("agent").get(url, headers={"HX-Request": "true"})

    assert page.status_code == 200
    assert "1,000.00元" in page.content.decode()
    assert "It may be sent now" in page.content.decode()


def test_the_preview_follows_the_choice(signed_in: Callable[[str], Client], url: str) -> None:
    page = signed_in("agent").get(url + "preview/", filled("how-to-pay"))

    assert "切勿转入私人账户" in page.content.decode()


def test_it_is_sent_once_by_the_worker_with_the_text_that_was_shown(
    signed_in: Callable[[str], Client], url: str, gateway: Stub
) -> None:
    client = signed_in("agent")

    first, again = client.post(url, filled()), client.post(url, filled())

    assert (first.status_code, again.status_code) == (302, 302)
    assert sweep(lambda: MORNING) == Tally(sent=1)
    assert "如电话中所述" in gateway.only_body()["text"]
    assert Reminder.objects.get().planned_by == User.objects.get(username="the-agent")
    assert Entry.objects.filter(action="dunning.message_written").count() == 1


def test_a_second_form_is_a_second_message(signed_in: Callable[[str], Client], url: str) -> None:
    client = signed_in("agent")

    client.post(url, filled(key="a" * 24))
    client.post(url, filled(key="b" * 24))

    assert Reminder.objects.count() == 2


def test_what_the_gate_refuses_is_not_taken_and_nothing_typed_is_lost(
    signed_in: Callable[[str], Client], url: str, case: Case
) -> None:
    ContactPoint.objects.update(quality=ContactPoint.Quality.GONE)

    page = signed_in("agent").post(url, filled("how-to-pay"))

    assert page.status_code == 422
    assert "checked" in page.content.decode()
    assert not Reminder.objects.exists()


def test_an_answer_to_a_question_goes_out_although_all_is_paid(
    signed_in: Callable[[str], Client], url: str, gateway: Stub
) -> None:
    signed_in("agent").post(url, filled("service-line"))

    assert sweep(lambda: MORNING) == Tally(sent=1)


def test_a_text_that_is_not_offered_is_refused(signed_in: Callable[[str], Client], url: str) -> None:
    assert signed_in("agent").post(url, filled("late-7")).status_code == 422


def test_a_borrower_without_open_loans_gets_none(
    signed_in: Callable[[str], Client], at_ten: None, person: Callable[[str], User]
) -> None:
    borrower = Borrower.objects.create(ref="B9")
    case = Case.objects.create(borrower=borrower, stage="early", bucket="M1", opened_on=DAY, owner=person("agent"))

    page = signed_in("agent").get(f"/cases/{case.pk}/message/")

    assert "no open loan" in page.content.decode()


def test_with_two_creditors_one_is_chosen(signed_in: Callable[[str], Client], url: str, case: Case) -> None:
    south = funder("southbank")
    lend([case.borrower], DAY, mark="S", by=south)

    signed_in("agent").post(url, filled() | {"funder": str(south.pk)})

    assert Reminder.objects.get().funder == south


@pytest.fixture
def link(case: Case) -> PayLink:
    """1,000.00 for the borrower's loan, until the end of the third day from today."""
    return PayLink.objects.create(
        loan=Loan.objects.get(borrower=case.borrower), code="LABCDEFGHJKMN", covers="due", amount=1_000_00, currency="CNY",
        expires_at=datetime.combine(DAY + timedelta(days=4), time(), tzinfo=get_default_timezone()),
        url="https://pay.example.com/x", told="open", made_by=User.objects.get(username="the-agent"), made_at=MORNING,
    )  # fmt: skip


def test_a_pay_link_goes_out_with_its_exact_amount_and_last_day(
    signed_in: Callable[[str], Client], url: str, link: PayLink, gateway: Stub
) -> None:
    client, chosen, last = signed_in("agent"), filled() | {"link": str(link.pk)}, DAY + timedelta(days=3)
    said = (
        f"您可在{last.year}年{last.month}月{last.day}日24点前通过此链接一次性支付1,000.00元：https://pay.example.com/x"
    )

    shown = client.get(url + "preview/", chosen).content.decode()
    client.post(url, chosen)

    assert said in shown
    assert sweep(lambda: MORNING) == Tally(sent=1)
    assert gateway.only_body()["text"].endswith(said)
    assert link.code in Entry.objects.get(action="dunning.message_written").facts


def test_without_a_choice_no_link_goes_out(signed_in: Callable[[str], Client], url: str, link: PayLink) -> None:
    signed_in("agent").post(url, filled())

    assert "pay.example.com" not in shown_text(Reminder.objects.get().text)


@pytest.mark.parametrize(
    "gone",
    [{"state": "cancelled"}, {"expires_at": MORNING}, {"url": ""}],
    ids=["cancelled", "run out", "not known to the provider yet"],
)
def test_a_link_that_cannot_be_paid_is_not_offered(
    gone: dict[str, Any], signed_in: Callable[[str], Client], url: str, link: PayLink
) -> None:
    PayLink.objects.update(**gone)
    client = signed_in("agent")

    page = client.get(url)
    client.post(url, filled() | {"link": str(link.pk)})

    assert "link" not in page.context["form"].fields
    assert "Make a pay link for this message first" in page.content.decode()
    assert "pay.example.com" not in shown_text(Reminder.objects.get().text)


def test_a_link_for_another_creditors_loan_is_refused(
    signed_in: Callable[[str], Client], url: str, case: Case, link: PayLink
) -> None:
    south = funder("southbank")
    lend([case.borrower], DAY, mark="S", by=south)

    answer = signed_in("agent").post(url, filled() | {"funder": str(south.pk), "link": str(link.pk)})

    assert answer.status_code == 422
    assert "not for a loan that the message speaks of" in answer.content.decode()
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("manager", 403), ("auditor", 403), ("administrator", 403)])
def test_only_those_who_work_cases_write(signed_in: Callable[[str], Client], url: str, role: str, status: int) -> None:
    assert signed_in(role).get(url).status_code == status


def test_a_case_out_of_reach_is_not_there(person: Callable[[str], User], url: str) -> None:
    stranger = Client()
    stranger.force_login(User.objects.create(username="stranger", role="agent"))

    assert stranger.get(url).status_code == 404
    assert stranger.post(url, filled()).status_code == 404


def test_a_form_without_its_key_is_refused(signed_in: Callable[[str], Client], url: str) -> None:
    assert signed_in("agent").post(url, {"template": "how-to-pay"}).status_code == 400
