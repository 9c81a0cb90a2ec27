"""R12 at the same moment: of many who write from one page one does, and the others are told. Nothing is lost, nothing is doubled.

Eight people by five rounds for each kind in every run; TESTS_AT_SIZE=1 takes two hundred rounds. Plans have theirs in test_race.py.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from threading import Barrier

import pytest
from django.db import connections

from audit.models import Entry
from audit.verify import verify
from behind import NOW, TODAY, make_case, make_person
from cases.models import Case, Promise
from cases.moves import MoveError, StaleError
from cases.promises import record_promise
from contacts.consents import give_consent
from contacts.liking import columns_of, note_liking
from contacts.models import CallHours, Consent
from lending.models import Borrower, ContactPoint
from lending.parties import ContactPointError, retire_contact_point
from reachable import make_borrower, make_point
from sizes import sized
from staff.models import User
from staff.seen import ChangedMeanwhileError, print_of

PEOPLE, ROUNDS = 8, sized(5, 200)
DONE, TOLD = "done", "told"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> list[User]:
    return [make_person(f"agent{number}") for number in range(PEOPLE)]


def at_once(work: Callable[[int, int], object], *refused: type[Exception]) -> list[Counter[str]]:
    """For each round, who was done and who was told; all set out for it together."""
    start = Barrier(PEOPLE)

    def outcome(turn: int, number: int) -> str:
        try:
            work(turn, number)
        except Exception as error:  # noqa: BLE001 - an answer that nobody expects is told by its name, and the others go on
            return TOLD if isinstance(error, refused) else repr(error)
        return DONE

    def run(number: int) -> list[str]:
        answers = []
        try:
            for turn in range(ROUNDS):
                start.wait(timeout=60)
                answers.append(outcome(turn, number))
        finally:
            connections.close_all()
        return answers

    with ThreadPoolExecutor(PEOPLE) as pool:
        return [Counter(answers) for answers in zip(*pool.map(run, range(PEOPLE)), strict=True)]


def one_each() -> list[Counter[str]]:
    return [Counter({DONE: 1, TOLD: PEOPLE - 1})] * ROUNDS


def test_of_eight_who_write_a_promise_down_one_does(people: list[User]) -> None:
    cases = [make_case(f"B{turn}", owner=people[0]) for turn in range(ROUNDS)]
    seen = dict(Case.objects.values_list("pk", "version"))

    def work(turn: int, number: int) -> None:
        case = Case.objects.select_related("borrower", "owner").get(pk=cases[turn].pk)
        record_promise(
            case=case, amount=10_000 + number, due_on=TODAY + timedelta(days=1 + number),
            by=people[number], at=NOW, on=TODAY, seen=seen[case.pk],
        )  # fmt: skip

    assert at_once(work, StaleError, MoveError) == one_each()
    assert sorted(Promise.objects.values_list("case", flat=True)) == [case.pk for case in cases]
    assert Entry.objects.filter(action="cases.promise_recorded").count() == ROUNDS
    assert verify().faults == []


def test_of_eight_who_note_the_wanted_hours_one_does(people: list[User]) -> None:
    borrowers = [make_borrower(f"B{turn}", phone=None) for turn in range(ROUNDS)]
    seen = [print_of(columns_of(borrower)) for borrower in borrowers]

    def work(turn: int, number: int) -> None:
        note_liking(
            borrower=borrowers[turn], language="zh-hans", hours=(time(9 + number), time(18)), evidence="call",
            by=people[number], at=NOW, seen=seen[turn],
        )  # fmt: skip

    assert at_once(work, ChangedMeanwhileError) == one_each()
    assert sorted(CallHours.objects.filter(to_at=None).values_list("borrower", flat=True)) == pks(borrowers)
    assert CallHours.objects.count() == Entry.objects.filter(action="contacts.call_hours_noted").count() == ROUNDS


def test_of_eight_who_retire_a_number_one_does(people: list[User]) -> None:
    borrowers = [make_borrower(f"B{turn}", phone=None) for turn in range(ROUNDS)]
    points = [make_point(borrower, "13800138000").pk for borrower in borrowers]

    def work(turn: int, number: int) -> None:
        retire_contact_point(ContactPoint.objects.get(pk=points[turn]), by=people[number], at=NOW)

    assert at_once(work, ContactPointError) == one_each()
    assert Entry.objects.filter(action="lending.contact_point_retired").count() == ROUNDS


def test_a_consent_that_eight_take_down_stands_once_and_each_of_them_is_on_record(people: list[User]) -> None:
    """Nobody is told to look again: each heard the same yes, and the last one counts."""
    borrowers = [make_borrower(f"B{turn}", phone=None) for turn in range(ROUNDS)]

    def work(turn: int, number: int) -> None:
        give_consent(borrower=borrowers[turn], kind="sms", evidence="call", by=people[number], at=NOW)

    assert at_once(work, ContactPointError) == [Counter({DONE: PEOPLE})] * ROUNDS
    assert sorted(Consent.objects.filter(to_at=None).values_list("borrower", flat=True)) == pks(borrowers)
    assert Entry.objects.filter(action="contacts.consent_given").count() == Consent.objects.count() == ROUNDS * PEOPLE


def pks(borrowers: list[Borrower]) -> list[int]:
    return sorted(borrower.pk for borrower in borrowers)
