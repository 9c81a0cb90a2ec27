"""Referrals on the screen: asked for on the case, decided by somebody else, the list, agencies, and strangers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Entry
from behind import TODAY, make_case
from cases.models import Case
from cases.referrals.models import Agency, AgencyEvaluation, AgencyTerms, Referral
from contacts.holds import OF_THE_CONSOLE
from contacts.models import Contact, Hold
from lending.models import Change
from referred import DAY, TERMS, approve, ask
from staff.models import User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
Place = Callable[..., Referral]


def send(client: Client, url: str, **typed: Any) -> Any:
    """Open the form, take its one-time key and the version that it was drawn from, and send it."""
    page = client.get(url).content.decode()
    key = re.search(r'name="one_time_key" value="([^"]+)"', page)
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert key
    return client.post(url, {"one_time_key": key[1], **({"seen": seen[1]} if seen else {})} | typed)


def test_a_visit_from_the_case_to_its_report(
    case: Case, agent: User, colleague: User, supervisor: User, sign_in: SignIn
) -> None:
    desk, office = sign_in(agent), sign_in(supervisor)
    case_url = reverse("case_page", args=[case.pk])
    assert reverse("refer_choose", args=[case.pk]) in desk.get(case_url).content.decode()
    assert (
        reverse("refer", args=[case.pk, "visit"]) in desk.get(reverse("refer_choose", args=[case.pk])).content.decode()
    )

    url = reverse("refer", args=[case.pk, "visit"])
    typed = {
        "first_visitor": agent.pk, "second_visitor": agent.pk, "visit_at": "2026-07-15T11:00",
        "words": "No number works.", "until_on": TODAY + DAY,
    }  # fmt: skip
    refused = send(desk, url, **typed)
    assert refused.status_code == 422
    assert "Two different people" in refused.content.decode()
    assert "No number works." in refused.content.decode()
    assert send(desk, url, **(typed | {"second_visitor": colleague.pk})).status_code == 302
    referral = Referral.objects.get()
    page = reverse("referral", args=[referral.pk])

    assert desk.get(reverse("referral_decide", args=[referral.pk])).status_code == 403
    assert str(referral) in office.get(reverse("referrals") + "?which=waiting").content.decode()
    decide = reverse("referral_decide", args=[referral.pk])
    assert "You may visit until" in office.get(decide).content.decode()
    assert send(office, decide, verdict="refuse", words="").status_code == 422
    assert send(office, decide, verdict="approve", words="").url == page
    assert office.post(decide, {"one_time_key": "again", "seen": 0, "verdict": "approve"}).status_code == 409

    assert send(desk, reverse("referral_set_out", args=[referral.pk])).url == page
    assert Contact.objects.get().state == "reserved"
    end = reverse("referral_end", args=[referral.pk])
    assert send(desk, end, result="met", words="She will call.").status_code == 422
    assert send(desk, end, result="met", words="She will call.", document="REC-9", cost="35").url == page
    told = desk.get(page).content.decode()
    assert "REC-9" in told
    assert "35.00" in told
    assert "The borrower was met" in desk.get(case_url).content.decode()


def test_the_gate_stops_them_at_the_door(
    case: Case, agent: User, colleague: User, supervisor: User, sign_in: SignIn
) -> None:
    from contacts.holds import place_hold
    from reachable import local

    at = local("2026-07-15 11:00")
    visit = approve(
        ask(case, agent, "visit", visit_at=at, first_visitor=agent, second_visitor=colleague), supervisor
    )  # fmt: skip
    place_hold(borrower=case.borrower, kind="illness", reason="-", from_on=TODAY, to_on=None, by=agent, at=at)

    answer = send(sign_in(agent), reverse("referral_set_out", args=[visit.pk]))

    assert answer.status_code == 302
    assert not Contact.objects.exists()
    assert case.borrower.verdicts.get().rule == "hold.illness"


def test_a_placement_is_seen_on_the_case_and_is_not_lifted_by_hand(
    case: Case, place: Place, agent: User, sign_in: SignIn
) -> None:
    place(case)
    desk, hold = sign_in(agent), Hold.objects.get()

    page = desk.get(reverse("case_page", args=[case.pk])).content.decode()

    assert "In the hands of Fair Recovery" in page
    lift = reverse("hold_lift", args=[case.borrower_id, hold.pk])
    assert lift not in page
    assert desk.get(lift).status_code == 404
    kinds = desk.get(reverse("hold_place", args=[case.borrower_id])).content.decode()
    assert not any(f'value="{kind}"' in kinds for kind in OF_THE_CONSOLE)


def test_strangers_see_nothing_and_auditors_change_nothing(
    case: Case, place: Place, colleague: User, sign_in: SignIn
) -> None:
    from behind import make_person
    from staff.models import Role

    placed = place(case)
    stranger, auditor = sign_in(colleague), sign_in(make_person("sun", Role.AUDITOR))

    names = ("referral", "referral_note", "referral_end", "referral_stage", "referral_withdraw")
    assert {stranger.get(reverse(name, args=[placed.pk])).status_code for name in names} == {404}
    assert stranger.get(reverse("refer_choose", args=[case.pk])).status_code == 404
    assert str(placed) not in stranger.get(reverse("referrals")).content.decode()
    assert auditor.get(reverse("referral", args=[placed.pk])).status_code == 200
    assert auditor.get(reverse("referral_end", args=[placed.pk])).status_code == 403
    assert auditor.get(reverse("agency_file", args=["fair", "csv"])).status_code == 403


def test_a_suit_is_moved_with_its_paper_and_its_cost(case: Case, agent: User, manager: User, sign_in: SignIn) -> None:
    suit = approve(ask(case, agent, "lawsuit"), manager)
    desk, url = sign_in(agent), reverse("referral_stage", args=[suit.pk])
    assert "Judgment given" not in desk.get(url).content.decode()

    typed = {"stage": "prepared", "happened_on": TODAY, "words": "Bound.", "cost": "50.00"}
    assert send(desk, url, **typed).status_code == 302
    assert send(desk, url, **(typed | {"stage": "filed"})).status_code == 422
    assert send(desk, url, **(typed | {"stage": "filed", "document": "2026-17"})).status_code == 302

    page = desk.get(reverse("referral", args=[suit.pk])).content.decode()
    assert "100.00" in page
    assert "2026-17" in page


def test_terms_of_an_agency_are_put_forward_and_decided_by_two(
    manager: User, other_manager: User, sign_in: SignIn
) -> None:
    first, second = sign_in(manager), sign_in(other_manager)
    dates = {"contract_from": TODAY - DAY, "contract_to": TODAY + 100 * DAY, "valid_from": TODAY}
    typed = {name: TERMS[name] for name in ("name", "name_zh", "listed_at", "days_max", "channels")}
    typed |= {**dates, "code": "fair", "words": "New.", "rate_M1": "12.5", "rate_M2": "abc"}
    assert send(first, reverse("agency_new"), **typed).status_code == 422

    send(first, reverse("agency_new"), **(typed | {"rate_M2": "15"}))

    change = Change.objects.get()
    assert "M1 12.5 %, M2 15 %" in second.get(reverse("change_page", args=[change.pk])).content.decode()
    decide = reverse("change_decide", args=[change.pk])
    sent = send(second, decide, verdict="approve", words="", payload_hash=change.payload_hash)
    assert sent.status_code == 302
    assert AgencyTerms.objects.get().commission["M1"] == 125_000
    page = second.get(reverse("agency_page", args=["fair"])).content.decode()
    assert "May be given cases" in page
    again = send(
        first, reverse("agency_change", args=["fair"]), **(typed | {"rate_M2": "15", "valid_from": TODAY + DAY})
    )
    assert "Nothing differs" in again.content.decode()


def test_an_agency_is_evaluated_and_given_a_batch(
    agency: Agency, agent: User, supervisor: User, manager: User, sign_in: SignIn
) -> None:
    for n in range(3):
        make_case(f"B{n}", owner=agent)
    office, chief = sign_in(manager), sign_in(supervisor)
    agent.team = supervisor.team
    agent.save()

    assert (
        send(office, reverse("agency_evaluate", args=["fair"]), grade="fair", words="Two calls were rude.").status_code
        == 302
    )
    assert AgencyEvaluation.objects.count() == 2
    place = reverse("agency_place", args=["fair"])
    assert send(chief, place, stage="late", most=2, words="-", until_on=TODAY + DAY).status_code == 422
    sent = send(chief, place, stage="early", most=2, words="Early.", until_on=TODAY + 9 * DAY)
    assert sent.status_code == 302
    assert Referral.objects.waiting().count() == 2
    batch = Referral.objects.values_list("batch", flat=True)[0]
    listed = office.get(sent.url).content.decode()
    decide = reverse("referral_batch_decide", args=[batch])
    assert decide in listed
    assert send(office, decide, verdict="refuse", words="").status_code == 422
    assert send(office, decide, verdict="approve", words="").status_code == 302
    assert Referral.objects.placed().count() == 2

    file: Any = office.get(reverse("agency_file", args=["fair", "csv"]) + f"?batch={batch}")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert office.get(reverse("agency_file", args=["fair", "xlsx"])).status_code == 200
    assert Entry.objects.filter(action="cases.placements_exported").count() == 2
    assert office.get(reverse("agency_file", args=["fair", "pdf"])).status_code == 404


def test_the_list_asks_the_same_however_long_it_is(
    agency: Agency, agent: User, supervisor: User, manager: User, sign_in: SignIn
) -> None:
    office, url = sign_in(manager), reverse("referrals")
    ask(make_case("B1", owner=agent), supervisor, "agency", agency=agency)
    office.get(url)
    with CaptureQueriesContext(connection) as one:
        office.get(url)
    for n in range(2, 7):
        ask(make_case(f"B{n}", owner=agent), supervisor, "agency", agency=agency)

    with CaptureQueriesContext(connection) as many:
        office.get(url)

    assert len(many) == len(one) <= 8


@pytest.mark.parametrize(
    ("query", "listed"),
    [("", {"R1", "R2"}), ("?which=waiting", {"R2"}), ("?which=running", {"R1"}), ("?which=expiring", set()),
     ("?which=ended", set()), ("?kind=visit", set()), ("?kind=agency", {"R1"}), ("?kind=nonsense", {"R1", "R2"})],
)  # fmt: skip
def test_chips_narrow_the_list(
    case: Case, place: Place, agent: User, sign_in: SignIn, query: str, listed: set[str]
) -> None:
    names = {f"R{place(case).pk}": "R1", f"R{ask(case, agent, 'lawsuit').pk}": "R2"}

    page = sign_in(agent).get(reverse("referrals") + query).content.decode()

    assert {names[found] for found in re.findall(r">(R\d+)<", page)} == listed


def test_a_machine_asks_decides_and_ends_once_a_key(
    case: Case, agent: User, manager: User, agency: Agency, sign_in: SignIn
) -> None:
    desk, office = sign_in(agent), sign_in(manager)

    def post(client: Client, url: str, key: str, **body: Any) -> Any:
        return client.post(url, body, content_type="application/json", headers={"Idempotency-Key": key})

    body = {"case": case.pk, "kind": "agency", "words": "Late.", "until_on": str(TODAY + DAY), "agency": "fair"}
    url = "/api/v1/referrals/"
    codes = [post(desk, url, "a", **body).status_code for _ in range(2)]
    assert codes == [201, 200]
    assert post(desk, url, "a", **(body | {"words": "Other"})).status_code == 422
    assert post(desk, url, "b", **{name: body[name] for name in body if name != "agency"}).json() == {
        "agency": ["is needed for this kind"]
    }
    assert post(desk, url, "c", **body).status_code == 400
    (row,) = desk.get(url).json()
    assert (row["state"], row["loans"][0]["overdue"], row["asked_by"]) == ("waiting", "1200.00", "li")

    decision = f"{url}{row['id']}/decision/"
    assert post(desk, decision, "d", verdict="approve").status_code == 403
    assert post(office, decision, "d", verdict="refuse").json() == {"words": "Say why, so that whoever asked knows."}
    assert post(office, decision, "d", verdict="approve").json()["state"] == "running"

    (placed,) = office.get("/api/v1/agencies/fair/placements/").json()
    assert (placed["placement"], placed["overdue"], placed["channels"]) == (row["id"], "1200.00", ["call", "sms"])
    assert not {"borrower", "name", "number"} & set(placed)
    contact = {"channel": "call", "outcome": "no_answer", "happened_at": "2026-07-15T10:00:00+08:00"}
    assert post(office, f"{url}{row['id']}/contacts/", "e", **contact).status_code == 201
    assert post(desk, f"{url}{row['id']}/contacts/", "e", **contact).status_code == 403
    ended = post(office, f"{url}{row['id']}/end/", "f", result="recalled", words="Back.")
    assert (ended.json()["state"], ended.json()["result"]) == ("ended", "recalled")
    assert post(office, f"{url}{row['id']}/end/", "g", result="recalled", words="Back.").status_code == 409
    assert desk.get("/api/v1/agencies/").status_code == 403
    assert office.get("/api/v1/agencies/").json()[0]["why_not"] == ""
    assert office.get(f"{url}999/").status_code == 404
