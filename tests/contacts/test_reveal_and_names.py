"""Personal data in full: for a reason, within a quota, recorded; names for the owner only."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from audit.models import Entry
from contacts import reveal as reveal_module
from contacts.models import Reveal
from contacts.names import display_name, display_names, register_owner_check
from contacts.reveal import REVEALS_PER_HOUR, RevealError, reveal
from lending.models import Borrower
from reachable import local, make_borrower
from staff.models import User

NOON = local("2026-11-20 12:00")


def _reveal(borrower: Borrower, by: User, what: str = "name", **changed: Any) -> str:
    told: dict[str, Any] = {"reason": "wants a letter", "at": NOON} | changed
    return reveal(borrower=borrower, what=what, by=by, **told)


@pytest.mark.parametrize(("what", "value"), [("name", "王小明"), ("identity", "110101199003070011")])
def test_a_value_is_shown_for_a_reason_and_recorded(borrower: Borrower, agent: User, what: str, value: str) -> None:
    assert _reveal(borrower, agent, what) == value

    assert Reveal.objects.get().what == what
    entry = Entry.objects.get(action="contacts.revealed")
    assert value not in entry.facts


def test_a_number_is_shown_by_its_contact_point(borrower: Borrower, agent: User) -> None:
    assert _reveal(borrower, agent, f"point:{borrower.contact_points.get().pk}") == "13800138000"


@pytest.mark.parametrize("what", ["", "salary", "point:", "point:x", "point:99999"])
def test_what_is_not_there_is_not_shown(borrower: Borrower, agent: User, what: str) -> None:
    with pytest.raises(RevealError, match="nothing"):
        _reveal(borrower, agent, what)

    assert not Reveal.objects.exists()


def test_somebody_elses_number_is_not_shown(borrower: Borrower, agent: User) -> None:
    foreign = make_borrower("B2", phone="13900139000").contact_points.get()

    with pytest.raises(RevealError, match="nothing"):
        _reveal(borrower, agent, f"point:{foreign.pk}")


def test_without_a_reason_nothing_is_shown(borrower: Borrower, agent: User) -> None:
    with pytest.raises(RevealError, match="reason"):
        _reveal(borrower, agent, reason="  ab ")


def test_the_quota_of_an_hour_holds_and_then_frees(borrower: Borrower, agent: User) -> None:
    for _number in range(REVEALS_PER_HOUR):
        _reveal(borrower, agent)

    with pytest.raises(RevealError, match="quota"):
        _reveal(borrower, agent, at=NOON + timedelta(minutes=59))

    assert _reveal(borrower, agent, at=NOON + timedelta(minutes=60)) == "王小明"


@pytest.mark.django_db(transaction=True)
def test_without_a_record_nothing_is_shown(agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError

    borrower = make_borrower()
    monkeypatch.setattr(reveal_module, "record", broken)

    with pytest.raises(OSError):  # noqa: PT011 - any error must do
        _reveal(borrower, agent)

    assert not Reveal.objects.exists()


def test_everything_personal_is_masked_by_itself(borrower: Borrower) -> None:
    point = borrower.contact_points.get()

    shown = f"{borrower.name} {borrower.identity} {point} {borrower!s} {point.value!r}"

    assert "王••" in shown
    assert not any(raw in shown for raw in ("小明", "110101", "13800138000"))


def test_a_name_is_masked_until_somebody_says_who_owns(borrower: Borrower, agent: User, nobody_owns: list[Any]) -> None:
    assert display_name(borrower, agent) == "王••"


def test_the_owner_reads_the_name_in_full(borrower: Borrower, agent: User, nobody_owns: list[Any]) -> None:
    other = make_borrower("B2", phone="13900139000")

    def owns(user: User, borrower_ids: Collection[int]) -> set[int]:
        return {borrower.pk} & set(borrower_ids) if user == agent else set()

    register_owner_check(owns)

    assert display_names([borrower, other], agent) == {borrower.pk: "王小明", other.pk: "王••"}
    assert display_name(borrower, User.objects.create(username="other")) == "王••"


def test_a_borrower_without_a_name_goes_by_reference(agent: User, db: None, nobody_owns: list[Any]) -> None:
    nameless = Borrower.objects.create(ref="B9")

    assert display_name(nameless, agent) == "B9"
