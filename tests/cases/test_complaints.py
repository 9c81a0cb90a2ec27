"""Complaints: their clock, what rests meanwhile, who may look into them, and the answer."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from behind import NOW, TODAY, instant, make_case, make_loan, make_person, make_team
from cases.complaints import handling
from cases.complaints.handling import ComplaintError, ComplaintStaleError
from cases.complaints.interest import possible_handlers
from cases.complaints.kinds import KINDS, due_on
from cases.complaints.marks import credit_marks
from cases.complaints.models import Complaint, ComplaintStep
from cases.complaints.statistics import numbers
from cases.models import Assignment, Case
from contacts.gate import Question, decide_many
from contacts.holds import place_hold
from contacts.models import Channel, Contact, Hold, Purpose
from reachable import make_borrower
from staff.models import Role, User

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def manager(db: None) -> User:
    return make_person("zhao", Role.MANAGER, display_name="Zhao Min")


def take(case: Case, by: User, kind: str = "conduct", received_on: date = TODAY, **more: Any) -> Complaint:
    return handling.take_down(
        borrower=case.borrower, kind=kind, source="phone", words="He shouted at my mother.",
        received_on=received_on, by=by, at=NOW, on=TODAY, **more,
    )  # fmt: skip


def give(complaint: Complaint, handler: User) -> None:
    handling.give_to(complaint, handler=handler, by=handler, at=NOW, on=TODAY)


def answer(complaint: Complaint, by: User, on: date = TODAY, **more: Any) -> None:
    asked = {
        "outcome": "upheld",
        "cause": "training",
        "text": "We listened to the call.",
        "remedy": "He is trained again.",
    }
    handling.answer(complaint, **(asked | more), by=by, at=instant(on), on=on)


def test_every_kind_has_its_rule() -> None:
    assert set(KINDS) == set(Complaint.Kind.values)


@pytest.mark.parametrize(
    ("kind", "extensions", "day"),
    [
        ("conduct", 0, date(2026, 7, 16)),  # CN-CMPL: 15 days
        ("conduct", 1, date(2026, 7, 31)),  # complex: 30
        ("conduct", 2, date(2026, 8, 30)),  # special and approved: 30 more
        ("credit_report", 0, date(2026, 7, 21)),  # CN-DISPUTE: 20 days
    ],
)
def test_the_clock_runs_from_the_day_of_receipt(kind: str, extensions: int, day: date) -> None:
    assert due_on(kind, date(2026, 7, 1), extensions) == day


def test_what_it_freezes_rests_from_taking_down_to_the_answer(agent: User, manager: User) -> None:
    case = make_case(owner=agent)
    make_borrower("B2")
    case.borrower.contact_points.create(kind="mobile", value="13800138001", added_at=NOW)
    ask = [Question(case.borrower_id, Channel.CALL, Purpose.DEMAND, NOW)]
    assert decide_many(ask)[0].allowed

    complaint = take(case, agent)

    assert decide_many(ask)[0].rule == "hold.complaint"
    give(complaint, manager)
    answer(complaint, manager)
    assert decide_many(ask)[0].allowed
    assert [step.event for step in complaint.steps.order_by("pk")] == ["taken", "given", "answered"]
    actions = list(
        Entry.objects.filter(action__startswith="cases.complaint").order_by("number").values_list("action", flat=True)
    )
    assert actions == ["cases.complaint_taken", "cases.complaint_given", "cases.complaint_answered"]


def test_what_the_borrower_says_stays_out_of_the_record(agent: User) -> None:
    take(make_case(owner=agent), agent)

    assert not Entry.objects.filter(facts__contains="shouted").exists()


def test_a_second_complaint_keeps_the_hold_of_the_first(agent: User, manager: User) -> None:
    case = make_case(owner=agent)
    first, second = take(case, agent), take(case, agent, kind="privacy")
    for each in (first, second):
        give(each, manager)

    answer(first, manager)
    assert Hold.objects.get().lifted_at is None
    answer(second, manager)
    assert Hold.objects.get().lifted_at is not None


def test_a_hold_with_a_last_day_does_not_end_before_the_answer(agent: User, supervisor: User) -> None:

    case = make_case(owner=agent)
    place_hold(
        borrower=case.borrower,
        kind="complaint",
        reason="-",
        from_on=TODAY,
        to_on=TODAY + 3 * DAY,
        by=supervisor,
        at=NOW,
    )

    complaint = take(case, agent)

    assert complaint.hold
    assert (complaint.hold.to_on, complaint.hold.lifted_at) == (None, None)


def test_an_error_of_the_credit_report_marks_and_withholds_nothing(agent: User, manager: User) -> None:
    case = make_case(owner=agent)
    loan = case.borrower.loans.get()
    other = make_loan(case.borrower, number="L-OTHER")

    take(case, agent, kind="credit_report", loan=loan)

    assert not Hold.objects.exists()
    assert [(mark.loan_number, mark.mark) for mark in credit_marks(manager, TODAY)] == [(loan.number, "disputed")]
    take(case, agent, kind="charges")
    marks = {mark.loan_number: mark.mark for mark in credit_marks(manager, TODAY)}
    assert marks == {loan.number: "withheld", other.number: "withheld"}


def test_nobody_looks_into_what_they_had_a_hand_in(agent: User, supervisor: User, manager: User) -> None:
    case = make_case(owner=agent)
    complaint = take(case, agent, about=agent)
    assert set(possible_handlers(complaint)) == {supervisor, manager}

    Contact.objects.create(
        borrower=case.borrower, channel="call", purpose="demand", at=NOW, by=supervisor, state="made"
    )
    assert set(possible_handlers(complaint)) == {manager}
    with pytest.raises(ComplaintError, match="spoken to the borrower"):
        give(complaint, supervisor)
    with pytest.raises(ComplaintError, match="does not handle"):
        handling.give_to(complaint, handler=agent, by=manager, at=NOW, on=TODAY)
    Assignment.objects.create(case=case, agent=manager, from_at=NOW, to_at=NOW)
    with pytest.raises(ComplaintError, match="in your hands"):
        give(complaint, manager)


def test_the_database_refuses_that_a_person_looks_into_what_is_said_of_them(agent: User, supervisor: User) -> None:
    complaint = take(make_case(owner=agent), agent, about=supervisor)

    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(handler=supervisor)


def test_whoever_came_to_have_an_interest_cannot_answer_any_more(agent: User, manager: User) -> None:
    case = make_case(owner=agent)
    complaint = take(case, agent)
    give(complaint, manager)
    Assignment.objects.create(case=case, agent=manager, from_at=NOW, to_at=NOW)

    with pytest.raises(ComplaintError, match="in your hands"):
        answer(complaint, manager)
    assert Complaint.objects.get().state == "open"


def test_the_handler_puts_it_off_once_and_another_manager_once_more(
    agent: User, supervisor: User, manager: User
) -> None:
    complaint = take(make_case(owner=agent), agent)
    give(complaint, supervisor)

    def put_off(by: User, on: date = TODAY) -> None:
        handling.put_off(complaint, words="Three agencies are asked.", by=by, at=NOW, on=on)

    with pytest.raises(ComplaintError, match="Whoever handles"):
        put_off(manager)
    put_off(supervisor)
    assert complaint.due_on == TODAY + 30 * DAY
    with pytest.raises(ComplaintError, match="does not handle"):
        put_off(supervisor)
    put_off(manager)
    assert complaint.due_on == TODAY + 60 * DAY
    with pytest.raises(ComplaintError, match="no further"):
        put_off(manager)


def test_it_is_not_put_off_when_the_time_is_up(agent: User, supervisor: User) -> None:
    complaint = take(make_case(owner=agent), agent)
    give(complaint, supervisor)

    with pytest.raises(ComplaintError, match="up already"):
        handling.put_off(complaint, words="-", by=supervisor, at=NOW, on=TODAY + 16 * DAY)


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"received_on": TODAY + DAY}, "received_on")],
)
def test_what_makes_no_sense_names_its_field(agent: User, typed: dict[str, Any], field: str) -> None:
    with pytest.raises(ComplaintError) as caught:
        take(make_case(owner=agent), agent, **typed)

    assert caught.value.field == field
    assert not Complaint.objects.exists()


def test_a_loan_of_somebody_else_is_refused(agent: User) -> None:
    case, other = make_case(owner=agent), make_loan(make_borrower("B9", phone=None))

    with pytest.raises(ComplaintError) as caught:
        take(case, agent, loan=other)
    assert caught.value.field == "loan"


def test_of_two_who_answer_one_wins(agent: User, manager: User) -> None:
    complaint = take(make_case(owner=agent), agent)
    give(complaint, manager)
    seen = complaint.version
    handling.take_back(Complaint.objects.get(), words="She called.", by=agent, at=NOW, on=TODAY)

    with pytest.raises(ComplaintStaleError):
        answer(complaint, manager, seen=seen)
    assert Complaint.objects.get().state == "withdrawn"
    assert ComplaintStep.objects.filter(event="answered").count() == 0


def test_an_upheld_complaint_says_what_puts_it_right(agent: User, manager: User) -> None:
    complaint = take(make_case(owner=agent), agent)
    give(complaint, manager)

    with pytest.raises(ComplaintError) as caught:
        answer(complaint, manager, remedy=" ")
    assert caught.value.field == "remedy"


def test_a_mandate_counts_once_a_second_person_has_verified_it(agent: User, supervisor: User) -> None:
    case = make_case(owner=agent)
    person = handling.note_representative(
        borrower=case.borrower, name="Sun Li", relation="lawyer", evidence="Power of attorney of 1 July",
        valid_to=TODAY + DAY, by=agent, at=NOW,
    )  # fmt: skip
    assert not person.speaks_on(TODAY)
    with pytest.raises(ComplaintError, match="Somebody else"):
        handling.verify_mandate(person, by=agent, at=NOW)

    handling.verify_mandate(person, by=supervisor, at=NOW)

    person.refresh_from_db()
    assert (person.speaks_on(TODAY + DAY), person.speaks_on(TODAY + 2 * DAY)) == (True, False)
    assert "Sun" not in str(person)
    with pytest.raises(ComplaintStaleError):
        handling.verify_mandate(person, by=supervisor, at=NOW)


def test_the_numbers_count_by_cause_and_by_lateness(agent: User, supervisor: User, manager: User) -> None:
    agent.team = make_team("South")
    agent.save()
    case = make_case(owner=agent)
    Contact.objects.create(borrower=case.borrower, channel="call", purpose="demand", at=NOW, by=agent, state="made")
    late, fast, opened = (
        take(case, agent, about=agent),
        take(case, agent, kind="service"),
        take(case, agent, kind="charges"),
    )
    for each in (late, fast):
        give(each, manager)
    answer(late, manager, on=TODAY + 20 * DAY)
    answer(fast, manager, on=TODAY + 2 * DAY, outcome="not_upheld", cause="not_ours", remedy="")

    told = numbers(Complaint.objects.all(), Contact.objects.all(), TODAY, TODAY, TODAY + 20 * DAY)

    assert (told.received, told.open, told.late, told.median_days, told.per_thousand) == (3, 1, 2, 11, 3000.0)
    assert [(group.label, group.received, group.upheld) for group in told.by_cause] == [
        ("Nothing went wrong on our side", 1, 0),
        ("Somebody did not know or follow the rules", 1, 1),
    ]
    assert {group.label for group in told.by_team} == {"South", "Nobody in particular"}
    assert opened.state == "open"


def test_from_the_call_to_the_letter(agent: User, manager: User, sign_in: Callable[[User], Client]) -> None:
    case = make_case(owner=agent)
    case_url = reverse("case_page", args=[case.pk])
    desk, office = sign_in(agent), sign_in(manager)

    take_url = reverse("complaint_take", args=[case.borrower_id])
    typed = {"kind": "conduct", "source": "phone", "words": "He shouted.", "received_on": TODAY, "next": case_url}
    assert _send(desk, take_url, **(typed | {"received_on": TODAY + DAY})).status_code == 422
    assert _send(desk, take_url, **typed).url == case_url
    complaint = Complaint.objects.get()
    page = desk.get(case_url).content.decode()
    assert "15 days left" in page
    assert reverse("complaint_page", args=[complaint.pk]) in page

    assert desk.get(reverse("complaints")).status_code == 403
    assert str(complaint) in office.get(reverse("complaints") + "?which=nobody").content.decode()
    give_url, answer_url = (reverse(name, args=[complaint.pk]) for name in ("complaint_give", "complaint_answer"))
    assert _send(office, give_url, handler=manager.pk, seen=0).status_code == 302
    assert (
        _send(
            office, answer_url, outcome="upheld", cause="training", text="We listened.\nIt is true.", seen=1
        ).status_code
        == 422
    )
    told = {"outcome": "upheld", "cause": "training", "text": "We listened.\nIt is true.", "remedy": "He is trained."}
    assert _send(office, answer_url, **told, seen=0).status_code == 409
    assert _send(office, answer_url, **told, seen=1).status_code == 302

    letter = office.get(reverse("complaint_letter", args=[complaint.pk])).content.decode()
    assert "关于您投诉的答复" in letter
    assert "It is true." in letter
    pdf = office.get(reverse("complaint_letter", args=[complaint.pk]) + "?format=pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert "Somebody did not know" in office.get(reverse("complaint_numbers")).content.decode()


def test_another_agent_sees_nothing_of_it(agent: User, colleague: User, sign_in: Callable[[User], Client]) -> None:
    complaint = take(make_case(owner=agent), agent)

    stranger = sign_in(colleague)

    assert stranger.get(reverse("complaint_page", args=[complaint.pk])).status_code == 404
    assert stranger.get(reverse("complaint_take", args=[complaint.borrower_id])).status_code == 404


def test_a_machine_hands_one_in_once_a_key(agent: User, sign_in: Callable[[User], Client]) -> None:
    case = make_case(owner=agent)
    client = sign_in(agent)
    body = {
        "borrower": case.borrower.ref,
        "kind": "payment",
        "source": "online",
        "words": "Paid on Monday.",
        "received_on": TODAY.isoformat(),
    }

    def post(key: str, **changed: str) -> Any:
        return client.post(
            "/api/v1/complaints/", body | changed, content_type="application/json", headers={"Idempotency-Key": key}
        )

    assert [post("a").status_code, post("a").status_code, post("a", words="Other").status_code] == [201, 200, 422]
    assert post("").status_code == 400
    assert post("b", borrower="nobody").status_code == 404
    assert post("c", received_on=(TODAY + DAY).isoformat()).json() == {
        "received_on": "The day of receipt lies in the future."
    }
    assert Complaint.objects.count() == 1


def test_whoever_reports_to_the_bureau_reads_the_marks(
    agent: User, manager: User, sign_in: Callable[[User], Client]
) -> None:
    case = make_case(owner=agent)
    complaint = take(case, agent, kind="not_mine")

    marks = sign_in(manager).get("/api/v1/credit-marks/").json()

    until = complaint.due_on.isoformat()
    assert marks == [
        {
            "loan_number": "L-B1",
            "mark": "withheld",
            "hold": "",
            "complaint": str(complaint),
            "since": TODAY.isoformat(),
            "until": until,
        }
    ]


def _send(client: Client, url: str, **typed: Any) -> Any:
    """Open the form, take its one-time key, and send it."""
    import re

    found = re.search(r'name="one_time_key" value="([^"]+)"', client.get(url).content.decode())
    assert found
    return client.post(url, {"one_time_key": found[1]} | typed)
