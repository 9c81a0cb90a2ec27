"""Products, funders, shares and guarantees on the screen and for machines."""

import csv
from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from changed import give_rights, guarantee, share
from lending.models import AssignmentNotice, Change, FunderConsent, GuarantorPayment, Loan, LoanShare, Product, Waiver
from lending.parties import get_funder
from lending.rights import Instrument

SignIn = Callable[[str], Client]
pytestmark = pytest.mark.usefixtures("book")

KEYS = count()
PAGES = [
    "/products/",
    "/products/cash-12/",
    "/funders/",
    "/funders/north-bank/",
    "/funders/north-bank/report/",
    "/guarantees/",
    "/changes/",
]
FORMS = [
    "/products/new/",
    "/products/cash-12/change/",
    "/funders/new/",
    "/funders/north-bank/change/",
    "/loans/late/shares/",
    "/loans/late/guarantee/",
    "/guarantees/new/",
]
SAID = [
    *("产品", "首个版本", "资金方", "首个版本", "按贷款", "应代偿", "没有待审批的变更"),
    *("冲账顺序", "新版本", "对其债权可采取的措施", "客服电话", "名义贷款人须保留份额", "担保方", "首损上限"),
]
TERMS = {"name": "Cash", "grace_days": "3", "tolerance_amount": "100", "penalty_rate_ppm": "36", "words": "Cheaper."}
FUNDER = {"name": "North Bank", "signature": "North", "service_phone": "400"} | {
    f"right_{each}": "free" for each in Instrument
}


def send(browser: Client, url: str, **typed: str) -> Any:
    return browser.post(url, {"one_time_key": f"key-{next(KEYS)}", **typed})


def terms(browser: Client, url: str = "/products/cash-12/change/", **typed: str) -> dict[str, str]:
    """What the form would send as it is drawn, with what is typed over it."""
    form = browser.get(url).context["form"]
    drawn = {field.name: field.value() for field in form}
    sent = {
        name: "on" if value is True else str(value)
        for name, value in drawn.items()
        if value is not None and value is not False
    }
    return sent | TERMS | typed


def put(browser: Client, url: str, **typed: str) -> Change:
    answer = send(browser, url, **typed)
    assert answer.status_code == 302, answer.context["form"].errors
    return Change.objects.latest("pk")


def put_product(browser: Client) -> Change:
    return put(browser, "/products/cash-12/change/", **terms(browser, valid_from="2026-05-01"))


def rule(browser: Client, change: Change, verdict: str = "approve", **typed: str) -> Any:
    sent = {"verdict": verdict, "words": "Seen.", "payload_hash": change.payload_hash} | typed
    return send(browser, reverse("change_decide", args=[change.pk]), **sent)


@pytest.mark.parametrize("page", PAGES)
def test_supervisors_managers_and_auditors_read(page: str, sign_in: SignIn) -> None:
    answers = {role: sign_in(role).get(page).status_code for role in ("supervisor", "manager", "auditor", "agent")}

    assert answers == {"supervisor": 200, "manager": 200, "auditor": 200, "agent": 403}


@pytest.mark.parametrize("form", FORMS)
def test_supervisors_and_managers_put_forward(form: str, sign_in: SignIn) -> None:
    answers = [sign_in(role).get(form).status_code for role in ("supervisor", "manager", "auditor", "agent")]

    assert answers == [200, 200, 403, 403]


@pytest.mark.parametrize(("page", "said"), list(zip([*PAGES, *FORMS], SAID, strict=True)))
def test_every_screen_speaks_chinese(page: str, said: str, sign_in: SignIn) -> None:
    browser = sign_in("manager")

    assert said in browser.get(page, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert said not in browser.get(page).content.decode()


def test_a_product_is_changed_by_two_people(sign_in: SignIn) -> None:
    change = put_product(sign_in("supervisor"))
    manager = sign_in("manager")
    assert "Penalty rate" in manager.get(f"/changes/{change.pk}/").content.decode()

    assert rule(manager, change).status_code == 302

    versions = manager.get("/products/cash-12/").context["versions"]
    assert [version.valid_from for version, _lines, _loans in versions] == [date(2026, 5, 1), date(1970, 1, 1)]
    assert [loans for _version, _lines, loans in versions] == [0, 3]
    assert "a new version is to come" in manager.get("/products/").content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"penalty_rate_ppm": "abc"}, "penalty_rate_ppm"),
        ({"penalty_rate_ppm": "-1"}, "penalty_rate_ppm"),
        ({"penalty_rate_ppm": "NaN"}, "penalty_rate_ppm"),
        ({"penalty_day_basis": "364"}, "penalty_day_basis"),
        ({"grace_days": "-1"}, "grace_days"),
        ({"buckets": "0, 1-3, 5-"}, "buckets"),
        ({"buckets": "0, 1-30"}, "buckets"),
        ({"allocation_order": "nonsense"}, "allocation_order"),
        ({"valid_from": "2026-01-01"}, "valid_from"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"penalty_markup_ppm": "50"}, "penalty_markup_ppm"),
        ({"words": ""}, "words"),
    ],
)
def test_terms_that_make_no_sense_are_told_at_their_field(typed: dict[str, str], field: str, sign_in: SignIn) -> None:
    browser = sign_in("manager")
    answer = send(browser, "/products/cash-12/change/", **(terms(browser, valid_from="2026-05-01") | typed))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Change.objects.count() == 0


def test_a_product_gets_buckets_of_its_own_from_two_people(sign_in: SignIn) -> None:
    typed = terms(sign_in("supervisor"), valid_from="2026-05-01") | {"buckets": "0/1–3/4–15/16-"}
    change = put(sign_in("supervisor"), "/products/cash-12/change/", **typed)
    shown = sign_in("manager").get(f"/changes/{change.pk}/").content.decode()

    rule(sign_in("manager"), change)

    assert "the house&#x27;s" in shown
    assert "0, 1-3, 4-15, 16+" in shown
    assert Product.objects.get(code="cash-12", valid_from=date(2026, 5, 1)).buckets == "0, 1-3, 4-15, 16+"
    assert Product.objects.get(code="cash-12", valid_from=date(1970, 1, 1)).buckets == ""


def test_a_new_product_begins_at_a_starting_point(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    form = browser.get("/products/new/?from=card").context["form"]
    assert form["allocation_order"].initial == "card_to_90"

    typed = terms(browser, "/products/new/?from=card", valid_from="2026-05-01")
    taken = send(browser, "/products/new/?from=card", **(typed | {"code": "cash-12"}))
    change = put(browser, "/products/new/?from=card", **(typed | {"code": "card"}))
    rule(sign_in("manager"), change)

    assert "code" in taken.context["form"].errors
    assert Product.objects.get(code="card").penalty_rate_ppm == 360_000


def test_a_funder_is_renamed_from_a_day_on(sign_in: SignIn) -> None:
    change = put(
        sign_in("supervisor"),
        "/funders/north-bank/change/",
        valid_from="2026-04-20",
        words="Merged.",
        **(FUNDER | {"name": "Polar Bank"}),
    )

    rule(sign_in("manager"), change)

    page = sign_in("auditor").get("/funders/north-bank/").content.decode()
    assert "Polar Bank" in page
    assert "North Bank" in page
    assert "Polar Bank" in sign_in("manager").get("/loans/late/?open=creditors").content.decode()


def test_the_kind_of_a_lender_is_one_of_its_dated_terms(sign_in: SignIn) -> None:
    change = put(
        sign_in("supervisor"), "/funders/north-bank/change/", valid_from="2026-04-20", words="Licence seen.",
        **(FUNDER | {"lender_kind": "bank"}),
    )  # fmt: skip
    manager = sign_in("manager")
    assert "Licensed bank" in manager.get(f"/changes/{change.pk}/").content.decode()

    rule(manager, change)

    assert get_funder("north-bank").lender_kind == "bank"


def test_whoever_put_it_forward_sees_why_they_do_not_decide(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    change = put_product(manager)

    answer = rule(manager, change)

    assert answer.status_code == 422
    assert "somebody else must decide" in manager.get(f"/changes/{change.pk}/").content.decode()
    assert send(manager, f"/changes/{change.pk}/withdraw/").status_code == 302


def test_what_was_decided_meanwhile_is_a_conflict(sign_in: SignIn) -> None:
    change = put_product(sign_in("supervisor"))
    rule(sign_in("manager"), change, "reject")

    assert rule(sign_in("manager"), change).status_code == 409
    assert Product.objects.filter(code="cash-12").count() == 1


def test_shares_are_put_forward_on_the_loan_page_and_stand_there(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    rows = {"funder_1": "north-bank", "share_1": "70", "funder_2": "south-bank", "share_2": "30"}
    wrong = send(browser, "/loans/late/shares/", from_on="2026-01-15", words="Joint.", **(rows | {"share_2": "20"}))

    change = put(browser, "/loans/late/shares/", from_on="2026-01-15", words="Joint.", **rows)
    rule(sign_in("manager"), change)

    assert "share_1" in wrong.context["form"].errors
    assert sorted(LoanShare.objects.values_list("share_ppm", flat=True)) == [300_000, 700_000]
    assert "30 %" in browser.get("/loans/late/?open=creditors").content.decode()


def test_a_loan_out_of_scope_is_not_there(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    change = put(
        sign_in("manager"), "/loans/well/shares/", from_on="2026-04-01", words="x", funder_1="south-bank", share_1="100"
    )

    assert [
        browser.get(f"/loans/well/{what}/").status_code for what in ("shares", "guarantee", "guarantor-payment")
    ] == [404] * 3
    assert browser.get(f"/changes/{change.pk}/").status_code == 404
    assert browser.get("/changes/").context["waiting"] == []


def test_a_guarantor_pays_and_is_the_creditor(sign_in: SignIn) -> None:
    surety = get_funder("surety", "Surety Co")
    browser, manager = sign_in("supervisor"), sign_in("manager")
    guarantee_of = {
        "funder": "north-bank",
        "guarantor": "surety",
        "cap_ppm": "100",
        "trigger_days": "30",
        "from_on": "2026-01-01",
        "words": "x",
    }
    assert "Nothing to pay for" in browser.get("/loans/late/guarantor-payment/").content.decode()
    assert send(browser, "/loans/late/guarantor-payment/").status_code == 422
    rule(manager, put(browser, "/guarantees/new/", **guarantee_of))
    assert [row.loan.number for row in browser.get("/guarantees/").context["rows"]] == ["late"]

    paid = {"what": "due", "paid_on": "2026-04-20", "reference": "BANK-1", "words": "Statement of 20 April."}
    change = put(browser, "/loans/late/guarantor-payment/", **paid)
    assert "Waits for a decision" in browser.get("/guarantees/").content.decode()
    assert rule(manager, change).status_code == 302

    payment = GuarantorPayment.objects.get()
    assert payment.guarantor == surety
    url = reverse("assignment_notice", args=[payment.pk])
    assert (
        "given_on" in send(browser, url, given_on="2026-04-01", means="letter", evidence="EMS").context["form"].errors
    )
    assert send(browser, url, given_on="2026-04-20", means="letter", evidence="EMS 1").status_code == 302
    page = manager.get("/loans/late/?open=creditors").content.decode()
    assert "Surety Co" in page
    assert "EMS 1" in page
    assert AssignmentNotice.objects.count() == 1
    told = manager.get("/api/v1/loans/late/creditors/").json()
    assert told["creditors"] == ["north-bank", "surety"]
    assert told["guarantor_payments"][0]["debtor_told_on"] == "2026-04-20"
    letter = manager.get("/loans/late/statement/").content.decode()
    assert "Surety Co" in letter


def test_a_funder_that_never_permits_a_waiver_refuses_it_at_once(sign_in: SignIn) -> None:
    give_rights(Loan.objects.get(number="late").funder, {Instrument.WAIVE_PENALTY: "never"})

    answer = send(sign_in("agent"), "/loans/late/waive/", how="parts", penalty="1", reason="hardship", words="x")

    assert answer.status_code == 422
    assert "does not permit this: Waive penalty" in answer.content.decode()


def test_a_waiver_waits_for_the_consent_that_its_funder_asks_for(sign_in: SignIn) -> None:
    give_rights(Loan.objects.get(number="late").funder, {Instrument.WAIVE_PENALTY: "consent"})
    supervisor, manager = sign_in("supervisor"), sign_in("manager")
    send(supervisor, "/loans/late/waive/", how="parts", penalty="1", reason="hardship", words="x")
    asked = Loan.objects.get(number="late").waiver_requests.get()
    decide = {"verdict": "approve", "words": "", "payload_hash": asked.payload_hash}
    early = send(manager, f"/waivers/{asked.pk}/decide/", **decide)
    consent = {"funder": "north-bank", "given_on": "2026-04-20", "reference": "Mail 7"}

    stale = send(supervisor, f"/waivers/{asked.pk}/consent/", payload_hash="x", **consent)
    given = send(supervisor, f"/waivers/{asked.pk}/consent/", payload_hash=asked.payload_hash, **consent)

    assert (early.status_code, stale.status_code, given.status_code) == (422, 409, 302)
    assert "has to consent" in early.content.decode()
    assert FunderConsent.objects.get().payload_hash == asked.payload_hash
    assert "Mail 7" in manager.get(f"/waivers/{asked.pk}/").content.decode()
    assert send(manager, f"/waivers/{asked.pk}/decide/", **decide).status_code == 302
    assert Waiver.objects.get().amount == 1_00


def test_the_report_is_the_same_as_page_file_and_for_machines(sign_in: SignIn) -> None:
    share(Loan.objects.get(number="late"), {"north-bank": 600_000, "south-bank": 400_000}, from_on="2026-01-15")
    browser, query = sign_in("auditor"), "?first=2026-01-01&last=2026-12-31"

    page = browser.get("/funders/south-bank/report/" + query)
    file = b"".join(browser.get("/funders/south-bank/report.csv" + query).streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    told = browser.get("/api/v1/funders/south-bank/report/" + query).json()

    assert [(total.currency, total.total) for total in page.context["totals"]] == [("CNY", 600_00)]
    assert [(row["Loan"], row["Sum"]) for row in csv.DictReader(file.splitlines())] == [("late", "600.00")]
    assert told["totals"] == {"CNY": "600.00"}
    assert told["lines"][0]["is_shared"] is True


def test_days_that_make_no_sense_are_told(sign_in: SignIn) -> None:
    browser, query = sign_in("auditor"), "?first=2026-12-31&last=2026-01-01"

    assert "last" in browser.get("/funders/north-bank/report/" + query).context["form"].errors
    assert browser.get("/funders/north-bank/report.csv" + query).status_code == 400
    assert browser.get("/api/v1/funders/north-bank/report/" + query).status_code == 400


def test_machines_read_products_and_funders(sign_in: SignIn) -> None:
    browser = sign_in("auditor")

    products, funders = browser.get("/api/v1/products/").json(), browser.get("/api/v1/funders/").json()

    assert [(row["code"], row["terms"]["penalty_rate_ppm"]) for row in products] == [("cash-12", 360_000)]
    assert [row["code"] for row in funders] == ["north-bank", "south-bank"]
    assert funders[0]["versions"][0]["terms"]["rights"]["extension"] == "free"


def test_a_guarantee_names_what_is_wrong(sign_in: SignIn) -> None:
    typed = {
        "funder": "north-bank",
        "guarantor": "north-bank",
        "cap_ppm": "10",
        "trigger_days": "80",
        "from_on": "2026-01-01",
        "words": "x",
    }

    answer = send(sign_in("manager"), "/guarantees/new/", **typed)

    assert answer.context["form"].errors["guarantor"] == ["Nobody guarantees to themselves."]


def test_the_lists_cost_the_same_for_more_rows(sign_in: SignIn, django_assert_max_num_queries: Any) -> None:
    browser = sign_in("manager")
    guarantee(guarantor=get_funder("surety", "Surety Co"), funder=get_funder("north-bank"))

    for page in ("/products/", "/funders/", "/guarantees/", "/changes/"):
        with django_assert_max_num_queries(25):
            browser.get(page)
