"""Whoever is away names who decides within their limits; what nobody decides in time goes to the next level."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse as url

from audit.models import Entry
from behind import NOW, TODAY, instant, make_person
from lending.models import Loan
from planned import accept, ask, limited, publish, rule
from restructuring import nightly
from restructuring.authority import authorities_of
from restructuring.deciding import BeyondLimitError
from restructuring.models import Decision, PlanEvent, PlanRequest, StandIn
from restructuring.standing_in import DAYS_MAX, StandInError, name_stand_in, take_back_stand_in
from staff.models import Absence, Role, User

State = PlanRequest.State
SignIn = Callable[[User], Client]


def stand_in(person: User, by: User, **given: Any) -> StandIn:
    usual: dict[str, Any] = {"from_on": TODAY, "to_on": TODAY + timedelta(days=4), "reason": "leave"}
    return name_stand_in(person=person, by=by, at=NOW, on=TODAY, **(usual | given))


def test_a_stand_in_decides_within_the_limits_of_whoever_is_away(
    loan: Loan, agent: User, manager: User, supervisor: User
) -> None:
    plan = ask(loan, by=agent, days=60)
    with pytest.raises(BeyondLimitError):
        rule(plan, "approve", by=supervisor)
    stand_in(supervisor, manager)

    plan = rule(plan, "approve", by=supervisor)

    assert plan.state == State.APPROVED
    assert Decision.objects.get().acting_for == manager
    assert Absence.objects.get(user=manager).to_on == TODAY + timedelta(days=4)
    assert accept(plan, by=agent).state == State.IN_EFFECT
    assert PlanEvent.objects.get(event="approved").facts["acting_for"] == str(manager)


def test_ones_own_limits_come_first(loan: Loan, agent: User, manager: User, supervisor: User) -> None:
    stand_in(supervisor, manager)

    rule(ask(loan, by=agent), "approve", by=supervisor)

    assert Decision.objects.get().acting_for is None


def test_what_a_stand_in_approves_counts_against_the_limits_that_were_used(
    loan: Loan, agent: User, manager: User, supervisor: User
) -> None:
    publish(limited(Role.MANAGER, amount_max=120_000, day_max=120_000))
    stand_in(supervisor, manager)
    rule(ask(loan, by=agent, days=60), "approve", by=supervisor)

    own, lent = authorities_of(supervisor, TODAY)

    assert (own.approvals, len(lent.approvals), lent.holder) == ((), 1, manager)


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=5)])
def test_only_on_the_days_of_the_absence(day: date, manager: User, supervisor: User) -> None:
    stand_in(supervisor, manager)

    assert len(authorities_of(supervisor, TODAY)) == 2
    assert len(authorities_of(supervisor, day)) == 1


def test_taken_back_it_no_longer_holds_and_is_on_record(manager: User, supervisor: User) -> None:
    made = stand_in(supervisor, manager)

    take_back_stand_in(stand_in=made, by=manager, at=NOW, on=TODAY)

    assert len(authorities_of(supervisor, TODAY)) == 1
    with pytest.raises(StandInError):
        take_back_stand_in(stand_in=made, by=manager, at=NOW, on=TODAY)
    told = Entry.objects.filter(action__startswith="restructuring.stand_in").values_list("action", flat=True)
    assert set(told) == {"restructuring.stand_in_named", "restructuring.stand_in_ended"}


def test_nobody_decides_for_whoever_asked(loan: Loan, manager: User, supervisor: User) -> None:
    """A manager who was an agent when they asked: their stand-in may not use their limits for it."""
    asker = make_person("asker")
    plan = ask(loan, by=asker, days=60)
    User.objects.filter(pk=asker.pk).update(role=Role.MANAGER)
    stand_in(supervisor, User.objects.get(pk=asker.pk))

    with pytest.raises(BeyondLimitError):
        rule(plan, "approve", by=supervisor)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from_on": TODAY - timedelta(days=1)}, "from_on"),
        ({"to_on": TODAY - timedelta(days=1)}, "to_on"),
        ({"to_on": TODAY + timedelta(days=DAYS_MAX)}, "to_on"),
    ],
)
def test_days_that_make_no_sense_are_refused(
    given: dict[str, Any], field: str, manager: User, supervisor: User
) -> None:
    with pytest.raises(StandInError) as refused:
        stand_in(supervisor, manager, **given)

    assert refused.value.field == field


def test_only_one_stands_in_on_a_day_and_only_somebody_who_decides(
    manager: User, supervisor: User, agent: User
) -> None:
    for person in (agent, manager):
        with pytest.raises(StandInError):
            stand_in(person, manager)
    stand_in(supervisor, manager)
    with pytest.raises(StandInError, match="already"):
        stand_in(make_person("second", Role.SUPERVISOR), manager, from_on=TODAY + timedelta(days=4))
    with pytest.raises(PermissionDenied):
        stand_in(supervisor, agent)


def test_named_and_taken_back_on_the_screen(manager: User, supervisor: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    typed = {"one_time_key": "k", "person": supervisor.pk, "from_on": TODAY, "to_on": TODAY, "reason": ""}

    assert client.post(url("stand_in"), typed | {"from_on": "2026-01-01"}).status_code == 422
    assert client.post(url("stand_in"), typed).status_code == 302

    made = StandIn.objects.get()
    assert "stands in for you from" in client.get(url("approvals")).content.decode()
    assert "You stand in for" in sign_in(supervisor).get(url("approvals")).content.decode()
    assert sign_in(supervisor).get(url("stand_in_end", args=[made.pk])).status_code == 404
    assert client.post(url("stand_in_end", args=[made.pk]), {"one_time_key": "l"}).status_code == 302
    assert "stands in for you from" not in client.get(url("approvals")).content.decode()


def test_what_nobody_decided_in_time_goes_to_the_next_level(
    loan: Loan, agent: User, manager: User, supervisor: User, sign_in: SignIn
) -> None:
    """Asked for on the 15th, two days to decide: the night of the 18th hands it on, once."""
    plan = ask(loan, by=agent)
    nights = [nightly.run(on=TODAY + timedelta(days=n), at=instant(TODAY))["escalated"] for n in (2, 3, 4)]
    plan.refresh_from_db()

    assert nights == [0, 1, 0]
    assert plan.escalated_on == TODAY + timedelta(days=3)
    with pytest.raises(BeyondLimitError, match="next level"):
        rule(plan, "approve", by=supervisor)
    assert "Too long undecided" in sign_in(manager).get(url("approvals")).content.decode()
    assert "with the next level since" in sign_in(agent).get(url("plan_page", args=[plan.pk])).content.decode()
    assert rule(plan, "approve", by=manager).state == State.APPROVED


def test_the_time_to_decide_is_the_matrixs(loan: Loan, agent: User) -> None:
    publish(limited(Role.MANAGER)._replace(decide_days=5))
    ask(loan, by=agent)

    assert nightly.run(on=TODAY + timedelta(days=5), at=instant(TODAY))["escalated"] == 0
    assert nightly.run(on=TODAY + timedelta(days=6), at=instant(TODAY))["escalated"] == 1
