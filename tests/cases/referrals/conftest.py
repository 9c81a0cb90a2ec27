"""An agency under contract, people who ask and decide, and a case to refer."""

from collections.abc import Callable
from datetime import date

import pytest

from behind import NOW, TODAY, make_case, make_person
from cases.models import Case
from cases.referrals.agencies import evaluate
from cases.referrals.models import Agency, Referral
from referred import DAY, add_address, approve, ask, make_terms
from staff.models import Role, User


@pytest.fixture
def manager(db: None) -> User:
    return make_person("zhao", Role.MANAGER, display_name="Zhao Min")


@pytest.fixture
def other_manager(db: None) -> User:
    return make_person("qian", Role.MANAGER, display_name="Qian Li")


@pytest.fixture
def agency(manager: User, other_manager: User) -> Agency:
    made = make_terms(manager, other_manager)
    evaluate(made, grade="good", words="Listened to forty calls.", by=manager, at=NOW, on=TODAY - 30 * DAY)
    return made


@pytest.fixture
def case(agent: User) -> Case:
    """Ten days behind with 1,200.00, at a known address."""
    found = make_case(owner=agent)
    add_address(found)
    return found


@pytest.fixture
def place(agency: Agency, supervisor: User, manager: User) -> Callable[..., Referral]:
    """Ask for a placement as the supervisor, and approve it as the manager."""

    def placed(case: Case, on: date = TODAY, until_on: date | None = None) -> Referral:
        until = until_on or on + 30 * DAY
        return approve(ask(case, supervisor, "agency", agency=agency, on=on, until_on=until), manager, on=on)

    return placed
