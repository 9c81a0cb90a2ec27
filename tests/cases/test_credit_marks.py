"""What rests at the credit bureau without a complaint."""

from datetime import timedelta

import pytest

from behind import NOW, TODAY, make_case, make_person
from cases.complaints.marks import credit_marks
from contacts.holds import place_hold
from staff.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db: None) -> User:
    return make_person("zhou", Role.MANAGER)


def test_a_disaster_withholds_the_credit_report_without_a_complaint(manager: User, agent: User) -> None:
    case = make_case(owner=agent)
    place_hold(
        borrower=case.borrower, kind="disaster", reason="flood", evidence="notice", from_on=TODAY,
        to_on=TODAY + timedelta(days=3), by=manager, at=NOW,
    )  # fmt: skip

    marks = credit_marks(manager, TODAY)

    assert [(mark.mark, mark.complaint, mark.hold) for mark in marks] == [("withheld", "", "disaster")]
    assert credit_marks(manager, TODAY + timedelta(days=4)) == []
