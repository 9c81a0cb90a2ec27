"""Rules and targets are data: set by supervisors and managers, told in the record, followed on the pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from behind import NOW, TODAY, make_case, make_person, make_team, pay
from cases.assignment import assign
from cases.models import AssignmentRule, Case, Target
from cases.promises import record_promise
from cases.rule_setting import seen_of, set_target
from cases.targets import Reach, reach_of
from lending.models import Loan
from lending.posting import reverse_payment
from reachable import make_contact
from staff.models import Team, User
from staff.once import FIELD, new_key

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
RULE = {"name": "Late to seniors", "position": "10", "stage": "late", "weight": "3"}


@pytest.fixture
def desk(supervisor: User, sign_in: SignIn) -> Client:
    return sign_in(supervisor)


def post(client: Client, route: str, /, *args: int, **data: Any) -> Any:
    return client.post(reverse(route, args=args), {FIELD: new_key()} | data)


def aim(whose: User | Team, by: User, **columns: Any) -> Target:
    wanted: dict[str, Any] = {"period": "day", "measure": "contacts", "value": 5, "currency": "", "from_on": TODAY}
    return set_target(whose=whose, by=by, at=NOW, **(wanted | columns))


def test_a_rule_is_added_changed_and_dropped_with_entries(desk: Client) -> None:
    post(desk, "rule_add", **RULE)
    rule = AssignmentRule.objects.get()
    post(desk, "rule_change", rule.pk, **(RULE | {"weight": "5", "seen": seen_of(rule)}))
    page = desk.get(reverse("assignment_rules")).content.decode()
    rule.refresh_from_db()

    post(desk, "rule_drop", rule.pk, seen=seen_of(rule))

    assert (rule.stage, rule.weight, rule.stays) == ("late", 5, False)
    assert "Late to seniors" in page
    assert not AssignmentRule.objects.exists()
    assert Entry.objects.filter(action__startswith="cases.rule_").count() == 3


def test_an_amount_is_kept_in_minor_units(desk: Client) -> None:
    make_case()

    post(desk, "rule_add", **RULE, currency="CNY", amount_from="1,000", amount_below="5000.50")

    rule = AssignmentRule.objects.get()
    assert (rule.amount_from, rule.amount_below) == (100_000, 500_050)
    assert 'value="1000.00"' in desk.get(reverse("rule_change", args=[rule.pk])).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param({"amount_from": "5"}, "In which currency?", id="an amount of no currency"),
        pytest.param({"currency": "CNY", "amount_from": "x"}, "amount", id="no amount"),
        pytest.param(
            {"currency": "CNY", "amount_from": "5", "amount_below": "5"}, "above the lower", id="nothing between"
        ),
        pytest.param({"weight": "0"}, "1", id="no weight"),
        pytest.param({"name": ""}, "required", id="no name"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(desk: Client, data: dict[str, Any], words: str) -> None:
    make_case()

    answer = post(desk, "rule_add", **(RULE | data))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not AssignmentRule.objects.exists()


def test_two_rules_have_two_names(desk: Client) -> None:
    post(desk, "rule_add", **RULE)

    assert post(desk, "rule_add", **RULE).status_code == 422


@pytest.mark.parametrize(
    "columns",
    [{"weight": 0}, {"currency": "CNY", "amount_from": 5, "amount_below": 5}, {"amount_from": 5}],
    ids=["weighs nothing", "nothing between", "no currency"],
)
def test_the_database_refuses_such_a_rule_too(supervisor: User, columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentRule.objects.create(name="x", position=1, changed_by=supervisor, changed_at=NOW, **columns)


@pytest.mark.parametrize(("role", "reads", "sets"), [("manager", 200, 302), ("auditor", 200, 403), ("agent", 403, 403)])
def test_who_reads_and_who_sets_rules(sign_in: SignIn, role: str, reads: int, sets: int) -> None:
    client = sign_in(make_person("somebody", role))

    assert client.get(reverse("assignment_rules")).status_code == reads
    assert post(client, "rule_add", **RULE).status_code == sets


def test_contacts_and_promises_of_the_day_count(agent: User, supervisor: User) -> None:
    case = make_case(owner=agent)
    aim(agent, supervisor)
    aim(agent, supervisor, measure="promises", value=1)
    make_contact(case.borrower, NOW, by=agent)
    make_contact(case.borrower, NOW - timedelta(days=1), by=agent)
    record_promise(case=case, amount=1_00, due_on=TODAY, by=agent, at=NOW, on=TODAY)

    assert reach_of([agent], TODAY)[agent.pk] == [
        Reach("day", "contacts", 5, 1, ""), Reach("day", "promises", 1, 1, ""),
    ]  # fmt: skip


def test_what_came_in_while_the_case_was_in_hand_is_recovered(agent: User, supervisor: User) -> None:
    case = make_case()
    loan = Loan.objects.get(borrower=case.borrower)
    assign([case], to=agent, by=supervisor, at=NOW, on=TODAY)
    aim(agent, supervisor, period="month", measure="recovered", value=500_00, currency="CNY")
    pay(loan, 70_00, value_on=TODAY)
    wrong = pay(loan, 30_00, value_on=TODAY, reference="wrong")
    reverse_payment(wrong, reference="R1", on=TODAY, at=NOW + timedelta(hours=2), by=supervisor)

    assert reach_of([agent], TODAY)[agent.pk] == [Reach("month", "recovered", 500_00, 70_00, "CNY")]


def test_ones_own_target_comes_before_the_teams_and_the_newest_counts(agent: User, supervisor: User) -> None:
    above = Team.objects.create(name="House")
    Team.objects.filter(pk=make_team().pk).update(parent=above)
    colleague = make_person("wu", team=make_team())
    aim(above, supervisor, value=10)
    aim(agent, supervisor, value=20, from_on=TODAY - timedelta(days=9))
    aim(agent, supervisor, value=30)
    aim(agent, supervisor, value=40, from_on=TODAY + timedelta(days=1))

    found = reach_of([agent, colleague], TODAY)

    assert [found[person.pk][0].value for person in (agent, colleague)] == [30, 10]


def test_a_target_is_set_on_its_page_and_shown_to_both(desk: Client, agent: User, sign_in: SignIn) -> None:
    team = f"team-{make_team().pk}"

    answer = post(
        desk, "target_add", whose=team, period="day", measure="contacts", value="80", from_on=TODAY.isoformat()
    )

    assert answer.status_code == 302
    assert "0/80" in desk.get(reverse("caseloads")).content.decode()
    assert "0/80" in sign_in(agent).get(reverse("my_day")).content.decode()
    assert Entry.objects.filter(action="cases.target_set").count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"value": "x"}, "whole number"),
        ({"value": "0"}, "Above nothing"),
        ({"measure": "recovered", "value": "5"}, "In which currency?"),
        ({"whose": "agent-999999"}, "agent-999999"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(desk: Client, agent: User, data: dict[str, Any], words: str) -> None:
    wanted = {
        "whose": f"agent-{agent.pk}",
        "period": "day",
        "measure": "contacts",
        "value": "80",
        "from_on": "2026-07-15",
    }

    answer = post(desk, "target_add", **(wanted | data))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Target.objects.exists()


def test_taking_the_next_case_opens_it(agent: User, sign_in: SignIn) -> None:
    case = make_case()
    Case.objects.update(next_at=None)
    Team.objects.update(pulls=True)
    client = sign_in(agent)

    first = post(client, "take_next")
    second = post(client, "take_next")

    assert first["Location"] == second["Location"] == reverse("case_page", args=[case.pk])
    assert "Take the next case" in client.get(reverse("my_day")).content.decode()


def test_an_empty_pool_and_a_team_that_owns_are_told(agent: User, sign_in: SignIn) -> None:
    client = sign_in(agent)

    refused = client.post(reverse("take_next"), {FIELD: new_key()}, follow=True).content.decode()
    Team.objects.update(pulls=True)
    empty = client.post(reverse("take_next"), {FIELD: new_key()}, follow=True).content.decode()

    assert "the supervisor gives them out" in refused
    assert "The pool holds nothing" in empty


def test_a_supervisor_takes_nothing_from_the_pool(desk: Client) -> None:
    Team.objects.update(pulls=True)

    page = desk.post(reverse("take_next"), {FIELD: new_key()}, follow=True).content.decode()

    assert "agents only" in page
