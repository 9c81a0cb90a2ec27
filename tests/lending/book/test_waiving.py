"""Waivers and write-offs in the book: two people, limits, and a book that stays whole."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from audit.guards import lifted
from lending.exposure import exposures
from lending.facts import standing_of
from lending.models import Instalment, Loan, Waiver, WaiverLimit, WaiverRequest, WriteOff
from lending.verify import verify
from lending.waivable import Parts, open_parts
from lending.waiver_limits import limits_on, who_may
from lending.waiving import WaiverError, WaiverStaleError, decide, request_write_off, withdraw
from staff.models import Role
from tests.lending.book.books import AT, Book, arrears, ask, person, rule, waive

V27 = [("2025-02-01", 6_356_01, 254_24)]
ON = date(2025, 2, 10)
State = WaiverRequest.State


@pytest.fixture
def loan(book: Book) -> Loan:
    """6,356.01 and 254.24 nine days past due, with 57.20 of penalty."""
    made = book.loan(V27, penalty_rate_ppm=360_000)
    book.close_through("2025-02-01", "2025-02-10")
    return made


def open_now(loan: Loan, on: date = ON) -> Parts:
    return open_parts(standing_of(loan, on))


def test_what_is_waived_is_written_beside_what_is_paid(book: Book, loan: Loan) -> None:
    waive(loan, Parts(57_20, 254_24, 1_688_79), on=ON)
    book.pay(loan, "2025-02-10", 4_667_22)

    row = Instalment.objects.get(loan=loan)
    loan.refresh_from_db()
    assert (row.waived_principal, row.waived_interest, row.paid_principal, row.paid_interest, row.open) == (
        1_688_79, 254_24, 4_667_22, 0, 0,
    )  # fmt: skip
    assert (arrears(loan).penalty_waived, arrears(loan).penalty_on(ON)) == (57_20, 0)
    assert (loan.status, loan.paid_off_on) == (Loan.Status.PAID, ON)
    assert verify() == []


def test_the_close_in_sets_rolls_a_loan_with_waivers(book: Book, loan: Loan) -> None:
    waive(loan, Parts(10_00, 54_24, 1_356_01), on=ON)

    book.close_through("2025-02-11", "2025-02-20")

    state = standing_of(loan, date(2025, 2, 20))
    row = arrears(loan)
    assert (row.overdue_principal, row.overdue_interest) == (5_000_00, 200_00)
    assert state.penalty_accrued == 57_20 + 50_00
    assert row.penalty_on(date(2025, 2, 20)) == state.penalty
    assert verify() == []


def test_an_exposure_does_not_count_what_was_waived(loan: Loan) -> None:
    waive(loan, Parts(57_20, 54_24, 1_356_01), on=ON)

    owed = exposures([loan.borrower_id], on=ON)[loan.borrower_id]

    assert (owed.overdue, owed.penalty) == (5_200_00, 0)


def test_nothing_can_be_waived_of_a_loan_that_is_paid(book: Book, loan: Loan) -> None:
    book.pay(loan, "2025-02-10", 6_667_45)

    with pytest.raises(WaiverError, match="No more than this is open"):
        ask(loan, Parts(0, 0, 1), on=ON)


def test_money_that_came_meanwhile_refuses_the_approval_and_leaves_the_request(book: Book, loan: Loan) -> None:
    request = ask(loan, Parts(57_20, 0, 0), on=ON)
    book.pay(loan, "2025-02-10", 100_00)

    with pytest.raises(WaiverError, match="No more than this is open"):
        rule(request, on=ON)
    request.refresh_from_db()
    assert (request.state, Waiver.objects.count()) == (State.WAITING, 0)


def test_a_second_request_waits_for_the_first(loan: Loan) -> None:
    ask(loan, Parts(1, 0, 0), on=ON)

    with pytest.raises(WaiverError, match="waits already"):
        ask(loan, Parts(1, 0, 0), on=ON)


@pytest.mark.parametrize("parts", [Parts(), Parts(-1, 2, 0), Parts(58_00, 0, 0)])
def test_an_amount_that_makes_no_sense_is_refused(loan: Loan, parts: Parts) -> None:
    with pytest.raises(WaiverError):
        ask(loan, parts, on=ON)


def test_nobody_decides_what_they_asked_for(loan: Loan) -> None:
    request = ask(loan, Parts(1, 0, 0), on=ON)

    with pytest.raises(WaiverError, match="somebody else"):
        rule(request, on=ON, by=person("supervisor"))


def test_the_database_refuses_the_maker_as_checker(loan: Loan) -> None:
    request = ask(loan, Parts(1, 0, 0), on=ON)
    maker = request.maker

    with pytest.raises(IntegrityError), transaction.atomic():
        WaiverRequest.objects.filter(pk=request.pk).update(state="approved", checker=maker, decided_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        WaiverRequest.objects.filter(pk=request.pk).update(state="approved")
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.create(
            request=request, loan=loan, on=ON, component="penalty", amount=1, maker=maker, checker=maker, at=AT
        )


def test_the_database_refuses_to_change_a_waiver_or_to_give_it_twice(loan: Loan) -> None:
    request = waive(loan, Parts(1, 0, 0), on=ON)
    given = Waiver.objects.get()

    with pytest.raises(DatabaseError), transaction.atomic():
        Waiver.objects.update(amount=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        Waiver.objects.all().delete()
    given.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save(force_insert=True)
    with pytest.raises(WaiverStaleError):
        rule(request, on=ON, by=person("manager", "another"))


@pytest.mark.parametrize(
    "change", [{"penalty": 2}, {"words": "-"}, {"reason": "complaint"}, {"open_principal": 9_999_99}]
)
def test_a_request_that_was_edited_is_not_decided(loan: Loan, change: dict[str, object]) -> None:
    request = ask(loan, Parts(1, 0, 0), on=ON)
    with pytest.raises(DatabaseError), transaction.atomic():
        WaiverRequest.objects.filter(pk=request.pk).update(**change)
    with lifted(connection):
        WaiverRequest.objects.filter(pk=request.pk).update(**change)

    with pytest.raises(WaiverStaleError):
        rule(request, on=ON)


def test_another_hash_than_the_one_that_was_seen_is_not_decided(loan: Loan) -> None:
    request = ask(loan, Parts(1, 0, 0), on=ON)

    with pytest.raises(WaiverStaleError):
        decide(request, approve=True, words="", payload_hash="0" * 64, by=person("manager"), at=AT, on=ON)


def test_a_rejection_needs_a_word_and_gives_nothing_up(loan: Loan) -> None:
    request = ask(loan, Parts(1, 0, 0), on=ON)

    with pytest.raises(WaiverError, match="Say why"):
        decide(request, approve=False, words=" ", payload_hash=request.payload_hash, by=person("manager"), at=AT, on=ON)
    assert rule(request, on=ON, approve=False).state == State.REJECTED
    assert Waiver.objects.count() == 0
    assert verify() == []


def test_only_its_maker_takes_a_request_back(loan: Loan) -> None:
    request = ask(loan, Parts(1, 0, 0), on=ON)

    with pytest.raises(PermissionDenied):
        withdraw(request, by=person("manager"), at=AT)
    withdraw(request, by=person("supervisor"), at=AT)
    with pytest.raises(WaiverStaleError):
        rule(request, on=ON)


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_other_roles_neither_ask_nor_decide(loan: Loan, role: str) -> None:
    request = ask(loan, Parts(1, 0, 0), on=ON)

    with pytest.raises(PermissionDenied):
        ask(loan, Parts(1, 0, 0), on=ON, by=person(role))
    with pytest.raises(PermissionDenied):
        rule(request, on=ON, by=person(role))


@pytest.mark.parametrize(
    ("maker", "parts", "checkers"),
    [
        ("agent", Parts(57_20, 0, 0), {"supervisor", "manager"}),  # within 1,000.00
        ("agent", Parts(0, 1, 0), {"manager"}),
        ("agent", Parts(0, 0, 1_271_20), {"manager"}),  # 20% of 6,356.01
        ("agent", Parts(0, 0, 1_271_21), set()),
        ("supervisor", Parts(57_20, 254_24, 1_688_79), {"manager"}),  # V27 is for two
        ("manager", Parts(0, 254_24, 1_688_79), {"supervisor", "manager"}),
    ],
)
def test_the_limits_say_who_may_decide(loan: Loan, maker: str, parts: Parts, checkers: set[str]) -> None:
    request = ask(loan, parts, on=ON, by=person(maker))

    assert set(who_may(request, open_now(loan), Parts(), limits_on(ON))) == checkers
    for role in {"supervisor", "manager"} - checkers:
        with pytest.raises(WaiverError, match="beyond your limit"):
            rule(request, on=ON, by=person(role, "other"))


def test_an_amount_cut_into_pieces_does_not_pass_under_the_limit(loan: Loan) -> None:
    agent = person("agent")
    rule(ask(loan, Parts(0, 0, 1_000_00), on=ON, by=agent), on=ON)

    with pytest.raises(WaiverError, match="beyond your limit"):
        rule(ask(loan, Parts(0, 0, 271_21), on=ON, by=agent), on=ON)


def test_half_of_a_large_penalty_is_a_supervisors(book: Book) -> None:
    loan = book.loan([("2025-02-01", 1_000_000_00, 0)], penalty_rate_ppm=360_000)
    book.close_through("2025-02-01", "2025-02-10")
    assert open_now(loan).penalty == 9_000_00
    request = ask(loan, Parts(4_500_00, 0, 0), on=ON, by=person("agent"))
    assert Role.SUPERVISOR in who_may(request, open_now(loan), Parts(), limits_on(ON))
    withdraw(request, by=person("agent"), at=AT)

    more = ask(loan, Parts(4_500_01, 0, 0), on=ON, by=person("agent"))

    assert who_may(more, open_now(loan), Parts(), limits_on(ON)) == [Role.MANAGER]


def test_limits_are_dated(loan: Loan) -> None:
    WaiverLimit.objects.update(valid_to="2025-02-09")

    with pytest.raises(WaiverError, match="no limit"):
        rule(ask(loan, Parts(1, 0, 0), on=ON), on=ON)


def write_off(loan: Loan, by: str = "manager") -> WaiverRequest:
    return request_write_off(loan=loan, reason="uncollectable", words="Nothing left.", by=person(by), at=AT, on=ON)


def test_a_write_off_takes_the_loan_off_the_worklist_and_ends_no_debt(book: Book, loan: Loan) -> None:
    rule(write_off(loan), on=ON, by=person("supervisor"))

    loan.refresh_from_db()
    given_up = WriteOff.objects.get(loan=loan)
    assert loan.status == Loan.Status.WRITTEN_OFF
    assert (given_up.penalty, given_up.interest, given_up.principal) == (57_20, 254_24, 6_356_01)
    assert exposures(on=ON) == {}
    assert open_now(loan).total == 6_667_45
    assert verify() == []


def test_money_after_a_write_off_settles_as_ever_and_the_loan_stays_written_off(book: Book, loan: Loan) -> None:
    rule(write_off(loan), on=ON, by=person("manager", "another"))
    book.pay(loan, "2025-02-10", 1_000_00)
    assert open_now(loan) == Parts(0, 0, 5_667_45)

    book.pay(loan, "2025-02-10", 5_667_45)
    book.close("2025-02-11")

    loan.refresh_from_db()
    assert (loan.status, open_now(loan).total) == (Loan.Status.WRITTEN_OFF, 0)
    assert verify() == []


def test_a_write_off_needs_a_manager_among_the_two(loan: Loan) -> None:
    request = write_off(loan, by="supervisor")

    with pytest.raises(WaiverError, match="decided by two"):
        rule(request, on=ON, by=person("supervisor", "another"))
    rule(request, on=ON)


def test_a_debt_that_changed_is_not_written_off_as_it_was(book: Book, loan: Loan) -> None:
    request = write_off(loan)
    book.pay(loan, "2025-02-10", 100_00)

    with pytest.raises(WaiverStaleError, match="not what it was"):
        rule(request, on=ON, by=person("supervisor"))


def test_a_loan_that_is_not_past_due_is_not_written_off(book: Book) -> None:
    loan = book.loan(V27)
    book.close("2025-01-31")

    with pytest.raises(WaiverError, match="past due"):
        request_write_off(loan=loan, reason="fraud", words="-", by=person("manager"), at=AT, on=date(2025, 1, 31))


def test_the_proof_finds_a_waiver_that_nobody_decided_and_a_status_without_its_row(loan: Loan) -> None:
    request = ask(loan, Parts(1, 0, 0), on=ON)
    Waiver.objects.create(
        request=request, loan=loan, on=ON, component="penalty", amount=1,
        maker=request.maker, checker=person("manager"), at=AT,
    )  # fmt: skip
    Loan.objects.update(status="written_off")

    reasons = " ".join(fault.reason for fault in verify())

    assert "its waivers are not what was decided" in reasons
    assert "is written_off, which is not what its write-off says" in reasons
    assert "penalty_waived is 0, 1 is right" in reasons


EIGHT = 8


def race(work: Callable[[int], str]) -> list[str]:
    """What eight people at once bring about, each on a connection of their own."""
    start = Barrier(EIGHT)

    def run(number: int) -> str:
        start.wait(timeout=60)
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(EIGHT) as pool:
        return list(pool.map(run, range(EIGHT)))


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_decide_at_once_one_does_and_it_has_one_effect() -> None:
    """Six managers of mixed mind, and the maker twice."""
    book = Book()
    loan = book.loan(V27, penalty_rate_ppm=360_000)
    book.close_through("2025-02-01", "2025-02-10")
    request = ask(loan, Parts(57_20, 254_24, 0), on=ON)
    people = [person("manager", f"manager-{number}") for number in range(6)] + [request.maker] * 2

    def work(number: int) -> str:
        try:
            return str(rule(request, on=ON, by=people[number], approve=number % 2 == 0).state)
        except WaiverStaleError:
            return "late"
        except WaiverError:
            return "maker"

    answers = race(work)

    request.refresh_from_db()
    decided = [answer for answer in answers if answer in {State.APPROVED, State.REJECTED}]
    assert decided == [request.state]
    assert not set(answers[6:]) & {State.APPROVED, State.REJECTED}
    assert Waiver.objects.count() == (2 if request.state == State.APPROVED else 0)
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_ask_at_once_one_request_waits() -> None:
    book = Book()
    loan = book.loan(V27, penalty_rate_ppm=360_000)
    book.close_through("2025-02-01", "2025-02-10")
    people = [person("agent", f"agent-{number}") for number in range(EIGHT)]

    def work(number: int) -> str:
        try:
            return str(ask(loan, Parts(1, 0, 0), on=ON, by=people[number]).state)
        except WaiverError:
            return "late"

    assert sorted(race(work)) == ["late"] * 7 + ["waiting"]
    assert WaiverRequest.objects.count() == 1
