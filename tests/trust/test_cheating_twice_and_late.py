"""S9: a request is decided once, by somebody else, as it was asked for and while it holds; tried at every door, by page and by machine."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from acting import with_consents
from audit import clock
from audit.models import Entry
from behind import NOW, TODAY, pay
from cases.models import Case
from cases.referrals.models import Referral
from lending.models import Loan, LoanShare
from restructuring.models import Decision
from staff.models import Role, User
from two_desks import House, taken_back
from two_people import DOORS, Door, is_decided, knock, looked_at, row_of, signed_in

each_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.route)
each_plan = pytest.mark.parametrize(
    "door", [door for door in DOORS if door.about == "plan"], ids=lambda door: door.route
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def managers(house: House) -> tuple[Client, Client]:
    """The manager, and a second one."""
    return house.browsers["manager"], signed_in(User.objects.create_user("second-manager", role=Role.MANAGER))


def columns(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def decisions() -> tuple[int, int]:
    return Entry.objects.count(), Decision.objects.count()


@each_door
def test_the_same_letter_twice_decides_once(house: House, managers: tuple[Client, Client], door: Door) -> None:
    with taken_back():
        letter = looked_at(house, door)
        first = knock(house, door, managers[0], key="the-key", body=letter)
        after, told = columns(row_of(house, door)), decisions()
        again = knock(house, door, managers[0], key="the-key", body=letter)

        assert (first.status_code, again.status_code) in {(302, 302), (200, 200)}
        assert (columns(row_of(house, door)), decisions()) == (after, told)


@each_door
def test_what_is_decided_is_not_decided_again(house: House, managers: tuple[Client, Client], door: Door) -> None:
    """By whoever decided, by somebody else who may, by who asked; with what was looked at before, and with what is there now."""
    with taken_back():
        clerk, before = house.people["clerk"], looked_at(house, door)
        User.objects.filter(pk=clerk.pk).update(role=Role.MANAGER)
        asker = signed_in(clerk)
        assert knock(house, door, managers[0]).status_code < 400
        after, told = columns(row_of(house, door)), decisions()

        late = [
            knock(house, door, managers[0], body=before),
            *(knock(house, door, managers[1], body={"verdict": verdict}) for verdict in (door.yes, door.no)),
            knock(house, door, asker, body={"verdict": door.no}),
        ]

        assert {answer.status_code // 100 for answer in late} == {4}
        assert (columns(row_of(house, door)), decisions()) == (after, told)


@each_door
def test_one_key_does_not_decide_two_requests(house: House, managers: tuple[Client, Client], door: Door) -> None:
    with taken_back():
        assert knock(house, door, managers[0], key="the-key").status_code < 400
        address = house.address(door.route, door.about, at="south")
        knock(house, door, managers[0], key="the-key", address=address, body=looked_at(house, door, "south"))

        assert not is_decided(row_of(house, door, "south"))


WITHDRAWALS = {
    "change": "/changes/<int:pk>/withdraw/",
    "waiver": "/waivers/<int:pk>/withdraw/",
    "referral": "/referrals/<int:pk>/withdraw/",
    "plan": "/plans/<int:pk>/withdraw/",
}


@pytest.mark.parametrize("door", [door for door in DOORS if door.about in WITHDRAWALS], ids=lambda door: door.route)
def test_what_was_taken_back_is_not_decided(house: House, managers: tuple[Client, Client], door: Door) -> None:
    with taken_back():
        letter = looked_at(house, door)
        address = house.address(WITHDRAWALS[door.about], door.about)
        taken = knock(house, door, house.browsers["clerk"], address=address, as_api=False)
        assert (taken.status_code, row_of(house, door).state) == (302, "withdrawn")

        late = [knock(house, door, managers[0], body=body) for body in (letter, looked_at(house, door))]

        assert {answer.status_code // 100 for answer in late} == {4}
        assert row_of(house, door).state == "withdrawn"


def shared_anew(house: House) -> None:
    loan = house.north.loan
    change: Any = house.north.rows["change"]
    LoanShare.objects.create(loan=loan, funder=loan.funder, share_ppm=1_000_000, from_on=TODAY, change=change)


MEANWHILE: dict[str, Callable[[House], object]] = {
    "change": shared_anew,
    "waiver": with_consents,
    "refund": lambda house: None,
    "referral": lambda house: Case.objects.filter(pk=house.north.case.pk).update(state="closed", ended_on=TODAY),
    "plan": lambda house: pay(house.north.loan, 20_000, value_on=TODAY, reference="some"),
}
"""What makes it that the thing asked for holds no more; of the house's payment nothing was ever left to give back."""


@pytest.mark.parametrize("door", [door for door in DOORS if door.about in MEANWHILE], ids=lambda door: door.route)
def test_what_holds_no_more_is_not_approved(house: House, managers: tuple[Client, Client], door: Door) -> None:
    with taken_back():
        MEANWHILE[door.about](house)

        answer = knock(house, door, managers[0], body={"verdict": "approve"})

        assert not is_decided(row_of(house, door)), answer.status_code
        assert not Decision.objects.filter(verdict="approve").exists()


@pytest.mark.parametrize("door", [door for door in DOORS if door.about == "referral"], ids=lambda door: door.route)
def test_a_referral_is_not_approved_after_its_last_day(
    house: House, managers: tuple[Client, Client], door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = NOW + timedelta(days=10)
    monkeypatch.setattr("config.middleware.now", lambda: late)
    monkeypatch.setattr(clock, "now", lambda: late)
    with taken_back():
        assert 400 <= knock(house, door, signed_in(house.people["manager"])).status_code < 500
        assert not is_decided(row_of(house, door))


@each_plan
def test_no_plan_is_made_of_a_loan_that_is_no_longer_owed(
    house: House, managers: tuple[Client, Client], door: Door
) -> None:
    with taken_back():
        Loan.objects.filter(pk=house.north.loan.pk).update(status="paid", paid_off_on=TODAY)

        knock(house, door, managers[0])

        assert not is_decided(row_of(house, door))


def test_of_a_batch_one_s_own_are_left_waiting(house: House) -> None:
    """The clerk, a manager since, decides a batch of which half was asked for by the manager."""
    clerk, boss = house.people["clerk"], house.people["manager"]
    given: dict[str, Any] = {
        "kind": "lawsuit", "words": "Nobody answers us.", "from_on": TODAY, "until_on": TODAY, "batch": "b1", "made_at": NOW
    }  # fmt: skip
    own = Referral.objects.create(case=house.north.case, maker=clerk, **given)
    other = Referral.objects.create(case=house.south.case, maker=boss, **given)
    User.objects.filter(pk=clerk.pk).update(role=Role.MANAGER)
    door = next(door for door in DOORS if door.route == "/referrals/<int:pk>/decide/")

    for verdict in ("approve", "refuse"):
        address, body = "/referrals/batches/b1/decide/", {"verdict": verdict}
        assert knock(house, door, signed_in(clerk), address=address, body=body).status_code == 302
    own.refresh_from_db()
    other.refresh_from_db()

    assert (own.state, other.state) == ("waiting", "running")
