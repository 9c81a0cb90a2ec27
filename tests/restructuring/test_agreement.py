"""What the borrower is given of a plan: the offer and the agreement, in their language, on the page, as PDF and for machines."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse as url
from pypdf import PdfReader

from behind import TODAY, make_person, pay
from lending.models import Borrower, Loan
from planned import accept, ask, rule
from restructuring.agreement import terms_of
from restructuring.models import PlanRequest
from restructuring.payload import proposal_of
from staff.models import Role, User

SignIn = Callable[[User], Client]


@pytest.fixture
def offer(loan: Loan, agent: User, supervisor: User) -> PlanRequest:
    return rule(ask(loan, by=agent), "approve", by=supervisor)


@pytest.fixture
def agreed(offer: PlanRequest, agent: User) -> PlanRequest:
    return accept(offer, by=agent)


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_an_offer_says_until_when_it_holds_and_asks_for_a_signature(
    offer: PlanRequest, agent: User, sign_in: SignIn
) -> None:
    Borrower.objects.update(language="en")

    page = sign_in(agent).get(url("plan_agreement", args=[offer.pk])).content.decode()

    assert "Offer of a repayment plan" in page
    assert "The offer holds until 29 July 2026" in page
    assert "Signature" in page
    assert "You accepted it" not in page


def test_the_agreement_has_old_and_new_rows_the_cost_and_what_follows(
    agreed: PlanRequest, agent: User, sign_in: SignIn
) -> None:
    """1,200.00 due on 5 July 2026, moved by 25 days without interest."""
    Borrower.objects.update(language="en")
    terms = terms_of(proposal_of(agreed))

    page = sign_in(agent).get(url("plan_agreement", args=[agreed.pk])).content.decode()

    assert (terms.total_old, terms.total_new, terms.difference) == (120_000, 120_000, 0)
    for words in ("Repayment agreement", "2026-07-05", "2026-07-30", "CNY 1,200.00", "If you cannot pay an instalment"):
        assert words in page
    assert "You accepted it on 15 July 2026: Said on a recorded call, REC-2026-0715-17." in page
    assert "Signature" not in page


@pytest.mark.parametrize(("language", "words"), [("en", "Repayment agreement"), ("zh-hans", "还款协议")])
def test_the_pdf_speaks_the_borrowers_language_whatever_the_readers(
    language: str, words: str, agreed: PlanRequest, agent: User, sign_in: SignIn
) -> None:
    Borrower.objects.update(language=language)
    other = "zh-hans" if language == "en" else "en"

    answer = sign_in(agent).get(
        url("plan_agreement", args=[agreed.pk]), {"format": "pdf"}, headers={"Accept-Language": other}
    )

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="agreement.pdf"'
    text = pdf_text(answer.content)
    assert words in text
    assert "2026-07-30" in text


def test_it_says_what_was_accepted_not_what_the_book_says_now(
    agreed: PlanRequest, agent: User, sign_in: SignIn
) -> None:
    page = url("plan_agreement", args=[agreed.pk])
    pay(agreed.loan, 20_000, value_on=TODAY)

    said = sign_in(agent).get(page, {"language": "en"}).content.decode()

    assert "1,000.00" not in said
    assert "1,200.00" in said


def test_a_payload_that_was_edited_gives_no_letter(agreed: PlanRequest, agent: User, sign_in: SignIn) -> None:
    PlanRequest.objects.update(payload="not even JSON")

    assert sign_in(agent).get(url("plan_agreement", args=[agreed.pk])).status_code == 404


@pytest.mark.parametrize("state", ["review", "sent_back", "withdrawn"])
def test_before_it_is_approved_there_is_nothing_to_hand_out(
    state: str, loan: Loan, agent: User, sign_in: SignIn
) -> None:
    plan = ask(loan, by=agent)
    PlanRequest.objects.update(state=state)

    assert sign_in(agent).get(url("plan_agreement", args=[plan.pk])).status_code == 404


def test_who_does_not_see_the_borrower_does_not_find_it(agreed: PlanRequest, sign_in: SignIn) -> None:
    stranger = make_person("stranger", Role.AGENT)
    page = url("plan_agreement", args=[agreed.pk])

    assert sign_in(stranger).get(page).status_code == 404
    assert Client().get(page).status_code == 302
    assert sign_in(stranger).post(page).status_code == 405
    assert sign_in(stranger).get(url("api_plan_agreement", args=[agreed.pk])).status_code == 404


def test_the_plans_page_and_the_loans_page_lead_to_it(agreed: PlanRequest, agent: User, sign_in: SignIn) -> None:
    client, page = sign_in(agent), url("plan_agreement", args=[agreed.pk])

    assert page in client.get(url("plan_page", args=[agreed.pk])).content.decode()
    assert page in client.get(url("loan_page", args=[agreed.loan.number])).content.decode()


def test_machines_read_it_as_json_or_take_the_pdf(agreed: PlanRequest, agent: User, sign_in: SignIn) -> None:
    client, path = sign_in(agent), url("api_plan_agreement", args=[agreed.pk])

    told = client.get(path, headers={"Accept": "application/json"}).json()
    file = client.get(path, headers={"Accept": "application/pdf"})

    assert (told["kind"], told["total_before"], told["total"]) == ("agreement", "1200.00", "1200.00")
    assert told["rows"][0] == {
        "n": 1, "due_on": "2026-07-30", "principal": "1200.00", "interest": "0.00", "total": "1200.00",
    }  # fmt: skip
    assert file.content.startswith(b"%PDF")
    assert TODAY.isoformat() == told["plan"]["made_on"]
