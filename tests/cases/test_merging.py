"""Two records of one borrower become one desk and one budget of contacts; evidence is not rewritten, and identity numbers decide."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import Entry
from audit.presenters import facts_of, in_words
from behind import NOW, TODAY, close_book, close_day, instant, make_case, make_loan, make_person, make_team
from cases import nightly
from cases.merging import is_moved, leading_to_a_borrower, put_forward_merge
from cases.models import Assignment, Case, CaseEvent, Promise
from cases.promises import record_promise
from contacts import gate
from contacts.holds import active_holds, place_hold
from contacts.models import Contact, OptOut, Refusal, Verdict
from contacts.optouts import opt_out
from lending.changes import ChangeError, decide
from lending.duplicates import pairs, why_one
from lending.models import Borrower, Change, ContactPoint, Loan, Pause
from lending.parties import register_borrower
from lending.personal import IdentityNumber, PersonName
from reachable import make_borrower, make_contact, make_point
from risk.models import Observation
from risk.observe import observe
from staff.models import Role, User

pytestmark = pytest.mark.django_db
PHONE = "13800138000"
SignIn = Callable[[User], Client]


@pytest.fixture
def manager(db: None) -> User:
    return make_person("zhou", Role.MANAGER)


@pytest.fixture
def stays(agent: User) -> Borrower:
    case = make_case("B1", owner=agent)
    Assignment.objects.create(case=case, agent=agent, from_at=NOW)
    make_point(case.borrower, PHONE)
    return case.borrower


@pytest.fixture
def goes(stays: Borrower) -> Borrower:
    """The same name and number under another lender's reference, forty days behind."""
    other = make_borrower("B2", phone=None)
    make_loan(other, days=40)
    close_day(TODAY)
    make_point(other, PHONE)
    return other


def merge(stays: Borrower, goes: Borrower, by: User, checker: User) -> Change:
    change = put_forward_merge(stays, goes, words="One person.", by=by, at=NOW, on=TODAY)
    seen = change.payload_hash
    return decide(change, approve=True, words="", payload_hash=seen, by=checker, at=NOW, on=TODAY)


def number_identity(borrower: Borrower, number: str) -> None:
    Borrower.objects.filter(pk=borrower.pk).update(
        identity=IdentityNumber(number), identity_digest=IdentityNumber(number).digest()
    )
    borrower.refresh_from_db()


def test_one_number_and_one_name_are_found(stays: Borrower, goes: Borrower) -> None:
    assert [(pair.first, pair.second, pair.why) for pair in pairs(Borrower.objects.all())] == [
        (stays, goes, "phone_and_name")
    ]


def test_one_identity_number_is_found_whatever_the_name(stays: Borrower) -> None:
    other = make_borrower("B9", phone=None)
    Borrower.objects.filter(pk=other.pk).update(name=PersonName("李四"))
    number_identity(stays, "110101199003070011")
    number_identity(other, "110101199003070011")

    assert [pair.why for pair in pairs(Borrower.objects.all())] == ["identity"]


def test_different_identity_numbers_are_never_one_person(
    stays: Borrower, goes: Borrower, supervisor: User, manager: User
) -> None:
    change = put_forward_merge(stays, goes, words="Same.", by=supervisor, at=NOW, on=TODAY)
    number_identity(stays, "110101199003070011")
    number_identity(goes, "110101199003070012")

    with pytest.raises(ChangeError):
        decide(change, approve=True, words="", payload_hash=change.payload_hash, by=manager, at=NOW, on=TODAY)

    assert why_one(stays, goes) == ""
    assert pairs(Borrower.objects.all()) == []
    assert Loan.objects.filter(borrower=goes).exists()


def test_another_name_with_the_number_is_another_person(stays: Borrower, goes: Borrower) -> None:
    Borrower.objects.filter(pk=goes.pk).update(name=PersonName("李四"))
    goes.refresh_from_db()

    assert why_one(stays, goes) == ""


def test_a_contact_persons_number_makes_nobody_one(stays: Borrower, goes: Borrower) -> None:
    ContactPoint.objects.filter(borrower=goes).update(holder="contact")

    assert why_one(stays, goes) == ""


def test_nobody_decides_the_merging_they_put_forward(stays: Borrower, goes: Borrower, manager: User) -> None:
    with pytest.raises(ChangeError):
        merge(stays, goes, manager, manager)


def test_a_supervisor_does_not_decide(stays: Borrower, goes: Borrower, supervisor: User, manager: User) -> None:
    with pytest.raises(PermissionDenied):
        merge(stays, goes, manager, supervisor)


def test_there_is_one_case_over_all_loans(
    stays: Borrower, goes: Borrower, supervisor: User, manager: User, agent: User
) -> None:
    merge(stays, goes, supervisor, manager)

    case = Case.objects.open().get()
    assert (case.borrower, case.owner, case.bucket, case.stage) == (stays, agent, "M2", "middle")
    assert Loan.objects.filter(borrower=stays).count() == 2
    assert list(CaseEvent.objects.filter(event="merged").values_list("case__state", flat=True)) == ["closed"]


def test_a_watched_case_and_an_open_one_become_one_that_is_worked(
    stays: Borrower, goes: Borrower, supervisor: User, manager: User
) -> None:
    from behind import pay

    pay(stays.loans.get(), 120_000, value_on=TODAY)
    assert Case.objects.get(borrower=stays).state == "watched"

    merge(stays, goes, supervisor, manager)

    assert Case.objects.live().get().state == "open"
    assert Case.objects.get(borrower=stays, state="open").returned_on == TODAY


def test_caps_count_the_contacts_of_both(stays: Borrower, goes: Borrower, supervisor: User, manager: User) -> None:
    for borrower in (stays, goes):
        for minutes in (10, 20, 30):
            make_contact(borrower, NOW - timedelta(minutes=minutes), outcome="no_answer")
    before = gate.decide(stays, "call", "demand", NOW)

    merge(stays, goes, supervisor, manager)

    after = gate.decide(stays, "call", "demand", NOW)
    assert (before.allowed, after.allowed, after.rule) == (True, False, "CN-CALL-TRY")
    assert Contact.objects.filter(borrower=stays).count() == 6


def test_wishes_and_holds_come_together(stays: Borrower, goes: Borrower, supervisor: User, manager: User) -> None:
    for borrower in (stays, goes):
        opt_out(borrower=borrower, channel="sms", evidence="said so", by=supervisor, at=NOW)
    place_hold(borrower=stays, kind="illness", reason="x", from_on=TODAY, to_on=TODAY, by=supervisor, at=NOW)
    place_hold(borrower=goes, kind="illness", reason="longer", from_on=TODAY, to_on=None, by=supervisor, at=NOW)
    place_hold(borrower=goes, kind="disaster", reason="flood", from_on=TODAY, to_on=None, by=supervisor, at=NOW)

    merge(stays, goes, supervisor, manager)

    assert OptOut.objects.filter(borrower=stays, to_at=None).count() == 1
    assert sorted(hold.reason for hold in active_holds([stays.pk], TODAY)[stays.pk]) == ["flood", "longer"]
    assert Pause.objects.filter(kind="penalty", end=None).count() == 2


def test_evidence_stays_where_it_was_written_and_is_heeded_all_the_same(
    stays: Borrower, goes: Borrower, supervisor: User, manager: User
) -> None:
    point = goes.contact_points.get()
    Refusal.objects.create(borrower=goes, point=point, digest="d" * 43, said="never again", noted_by=supervisor, at=NOW)
    Verdict.objects.create(borrower=goes, channel="call", purpose="demand", at=NOW, allowed=True)
    observe(goes, "promise_broken", "", TODAY)

    merge(stays, goes, supervisor, manager)

    assert Verdict.objects.get().borrower == goes
    assert set(Refusal.objects.values_list("borrower", flat=True)) == {stays.pk, goes.pk}
    assert set(Observation.objects.filter(kind="promise_broken").values_list("borrower", flat=True)) == {
        stays.pk,
        goes.pk,
    }


def test_an_open_promise_goes_with_the_case(stays: Borrower, goes: Borrower, supervisor: User, manager: User) -> None:
    case = Case.objects.get(borrower=goes)
    record_promise(case=case, amount=100, due_on=TODAY, by=supervisor, at=NOW, on=TODAY)

    merge(stays, goes, supervisor, manager)

    assert Promise.objects.get().case.borrower == stays
    assert Promise.objects.get().case.state == "open"


def test_the_record_names_every_row_that_was_moved(
    stays: Borrower, goes: Borrower, supervisor: User, manager: User
) -> None:
    loans = list(goes.loans.values_list("pk", flat=True))

    merge(stays, goes, supervisor, manager)

    entry = Entry.objects.get(action="cases.borrowers_merged")
    assert facts_of(entry)["moved"]["lending.loan"] == loans
    assert entry.actor == "zhou"
    assert "B2" in in_words(entry)


def test_a_lenders_file_finds_the_record_that_stays(
    stays: Borrower, goes: Borrower, supervisor: User, manager: User
) -> None:
    merge(stays, goes, supervisor, manager)

    assert register_borrower(ref="B2", name="王小明", at=NOW) == stays


def test_a_merged_record_is_not_merged_again(stays: Borrower, goes: Borrower, supervisor: User, manager: User) -> None:
    merge(stays, goes, supervisor, manager)
    goes.refresh_from_db()

    with pytest.raises(ChangeError):
        put_forward_merge(stays, goes, words="", by=supervisor, at=NOW, on=TODAY)


def test_the_night_finds_nothing_left_to_do(stays: Borrower, goes: Borrower, supervisor: User, manager: User) -> None:
    merge(stays, goes, supervisor, manager)
    tomorrow = TODAY + timedelta(days=1)
    close_book(tomorrow)
    nightly.run(on=tomorrow, at=instant(tomorrow))

    counts = nightly.run(on=tomorrow, at=instant(tomorrow), everybody=True)

    assert not any(counts.values())
    assert Case.objects.open().count() == 1


def test_nobody_is_merged_into_themselves(stays: Borrower) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Borrower.objects.filter(pk=stays.pk).update(merged_into=stays.pk)


def test_every_table_that_leads_to_a_borrower_is_known() -> None:
    """A new one is moved by itself unless it is evidence; whoever adds one looks here whether that is right."""
    moved = {model._meta.label for model in leading_to_a_borrower() if is_moved(model)}
    kept = {model._meta.label for model in leading_to_a_borrower()} - moved

    assert {"lending.Loan", "lending.ContactPoint", "contacts.Contact", "contacts.Hold", "cases.Case"} <= moved
    assert {"contacts.Verdict", "contacts.Refusal", "contacts.Reveal", "risk.Observation", "risk.BorrowerRisk"} <= kept


def test_the_pages_show_both_masked_and_put_it_forward(
    stays: Borrower, goes: Borrower, supervisor: User, sign_in: SignIn
) -> None:
    client = sign_in(supervisor)
    page = client.get("/borrowers/duplicates/").content.decode()
    drawer = client.get(f"/borrowers/{stays.pk}/merge/{goes.pk}/").content.decode()

    answer = client.post(
        f"/borrowers/{stays.pk}/merge/{goes.pk}/",
        {"stays": str(stays.pk), "words": "Birthday agrees", "one_time_key": "k"},
    )

    assert "王••" in page
    assert "王••" in drawer
    assert not any("王小明" in text or PHONE in text for text in (page, drawer))
    assert answer.status_code == 302
    assert client.get(answer.headers["Location"]).status_code == 200
    assert Change.objects.get().content["goes"] == goes.pk


def test_who_sees_only_one_of_them_merges_nothing(
    stays: Borrower, goes: Borrower, agent: User, sign_in: SignIn
) -> None:
    stranger = make_person("far", Role.SUPERVISOR, team=make_team("South"))
    url = f"/borrowers/{stays.pk}/merge/{goes.pk}/"

    assert sign_in(stranger).get(url).status_code == 404
    assert sign_in(agent).get(url).status_code == 403
    assert sign_in(stranger).get("/borrowers/duplicates/").status_code == 200


def test_search_finds_the_one_that_stays_by_either_reference(
    stays: Borrower, goes: Borrower, supervisor: User, manager: User, sign_in: SignIn
) -> None:
    merge(stays, goes, supervisor, manager)
    case = Case.objects.open().get()

    answer: Any = sign_in(supervisor).get("/search/", {"q": "B2"})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/cases/{case.pk}/")
