"""A supervisor reads what the gate refused, which promises held and who saw what, of their own teams and masked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from behind import NOW, TODAY, make_case, make_person
from cases.models import Promise
from cases.quality.conduct import promises, refusals, reveals
from contacts.models import Reveal, Verdict
from reachable import make_borrower
from staff.models import Role, Team, User

pytestmark = pytest.mark.django_db
SINCE = NOW - timedelta(days=30)


@pytest.fixture
def stranger(db: None) -> User:
    return make_person("far", team=Team.objects.create(name="South"))


def refuse(by: User, rule: str = "CN-WIN", **columns: Any) -> None:
    borrower = make_borrower(f"V{Verdict.objects.count()}", phone=None)
    Verdict.objects.create(
        borrower=borrower,
        channel="call",
        purpose="demand",
        allowed=False,
        rule=rule,
        asked_by=by,
        **({"at": NOW} | columns),
    )


def test_refusals_are_counted_by_rule_and_agent_of_ones_teams(
    agent: User, colleague: User, stranger: User, supervisor: User
) -> None:
    for person in (agent, agent, colleague, stranger):
        refuse(person)
    refuse(agent, at=SINCE - timedelta(days=1))

    assert [(line.agent, line.rule, line.times) for line in refusals(supervisor, SINCE)] == [
        ("Li Na", "CN-WIN", 2),
        ("Wu Lei", "CN-WIN", 1),
    ]
    assert sum(line.times for line in refusals(make_person("boss", Role.MANAGER), SINCE)) == 4


def test_promises_are_told_by_who_took_them(agent: User, supervisor: User) -> None:
    case = make_case(owner=agent)
    for state in ("kept", "kept", "broken", "withdrawn"):
        Promise.objects.create(
            case=case, amount=1, currency="CNY", due_on=TODAY, made_on=TODAY, made_at=NOW, taken_by=agent, state=state,
            judged_on=TODAY,
        )  # fmt: skip

    (line,) = promises(supervisor, TODAY)

    assert (line.kept, line.part_kept, line.broken, line.percent_kept) == (2, 0, 1, 67)


def test_what_was_seen_is_told_by_kind_and_reference(
    agent: User, stranger: User, supervisor: User, sign_in: Callable[[User], Client]
) -> None:
    case = make_case(owner=agent)
    for person in (agent, stranger):
        Reveal.objects.create(user=person, borrower=case.borrower, what="identity", reason="asked for it", at=NOW)

    page = sign_in(supervisor).get("/quality/conduct/").content.decode()

    assert [each.user for each in reveals(supervisor, SINCE)] == [agent]
    assert "identity number" in page
    assert "B1" in page
    assert "asked for it" in page
    assert "王" not in page


def test_an_agent_does_not_read_it(agent: User, sign_in: Callable[[User], Client]) -> None:
    assert sign_in(agent).get("/quality/conduct/").status_code == 403
    assert sign_in(agent).post("/quality/conduct/").status_code in {403, 405}
