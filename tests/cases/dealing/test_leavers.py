"""Who leaves carries no cases: they go to the pool, and the history stays."""

import pytest

from audit.models import Entry
from behind import NOW, TODAY, make_case, make_person
from cases.assignment import assign
from cases.models import Assignment, Case, CaseEvent
from staff.models import Role, User
from staff.people import change_person, columns_of
from staff.seen import print_of

pytestmark = pytest.mark.django_db


def change(person: User, **columns: object) -> None:
    values = {name: getattr(person, name) for name in ("role", "display_name", "team", "capacity", "is_active")}
    boss = make_person("ada", Role.ADMINISTRATOR)
    change_person(person, **(values | columns), seen=print_of(columns_of(person)), by=boss, at=NOW)


@pytest.fixture
def case(agent: User, supervisor: User) -> Case:
    case = make_case()
    assign([case], to=agent, by=supervisor, at=NOW, on=TODAY)
    return case


@pytest.mark.parametrize("columns", [{"is_active": False}, {"role": Role.SUPERVISOR}], ids=["leaves", "is promoted"])
def test_the_cases_go_to_the_pool(case: Case, agent: User, columns: dict[str, object]) -> None:
    change(agent, **columns)

    case.refresh_from_db()
    assert case.owner is None
    assert Assignment.objects.get(case=case).to_at == NOW
    assert CaseEvent.objects.filter(case=case).values_list("event", flat=True).last() == "unassigned"
    assert Entry.objects.get(action="cases.put_back").actor == "ada"


def test_a_change_of_name_moves_nothing(case: Case, agent: User) -> None:
    change(agent, display_name="Li Na-na")

    case.refresh_from_db()
    assert case.owner == agent


def test_who_has_nothing_in_hand_leaves_without_an_entry_for_cases(agent: User) -> None:
    change(agent, is_active=False)

    assert not Entry.objects.filter(action="cases.put_back").exists()
