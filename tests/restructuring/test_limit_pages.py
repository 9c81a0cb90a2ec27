"""The screen of the approval limits, putting others forward, and the same for machines."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse as url

from behind import NOW, TODAY, make_person
from lending.changes import ChangeError, decide
from lending.models import Change, Loan
from planned import ask, limited, publish
from restructuring.limit_forms import MatrixForm
from restructuring.limit_publishing import fault_of, put_forward_matrix
from restructuring.matrix import HOUSE, Matrix, content_of, matrix_of, matrix_on
from restructuring.models import ApprovalMatrix, PlanRequest
from staff.models import Role, User

SignIn = Callable[[User], Client]
TOMORROW = TODAY + timedelta(days=1)
CHINESE = {"Accept-Language": "zh-hans"}


def put_forward(by: User, matrix: Matrix | None = None, **given: Any) -> Change:
    usual: dict[str, Any] = {"from_on": TOMORROW, "words": "less in a day"}
    return put_forward_matrix(
        matrix or limited(Role.SUPERVISOR, days_max=7), by=by, at=NOW, on=TODAY, **(usual | given)
    )


def test_a_second_person_publishes_and_from_its_day_it_holds(supervisor: User, manager: User) -> None:
    change = put_forward(supervisor)

    decide(change, approve=True, words="", payload_hash=change.payload_hash, by=manager, at=NOW, on=TODAY)

    assert matrix_on(TODAY) == HOUSE
    assert matrix_on(TOMORROW) == limited(Role.SUPERVISOR, days_max=7)
    assert ApprovalMatrix.objects.get().change == change


def test_whoever_put_it_forward_does_not_publish_it(manager: User) -> None:
    change = put_forward(manager)

    with pytest.raises(ChangeError, match="somebody else"):
        decide(change, approve=True, words="", payload_hash=change.payload_hash, by=manager, at=NOW, on=TODAY)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (HOUSE._replace(limits=HOUSE.limits + HOUSE.limits[:1]), "same role"),
        (HOUSE._replace(decide_days=0), "within 1 to 30 days"),
        (limited(Role.SUPERVISOR, day_max=1), "fits into a day"),
        (limited(Role.SUPERVISOR, approvers=3), "one or two approvers"),
        (limited(Role.SUPERVISOR, given_up_max=-1), "no amount below 0"),
        (
            HOUSE._replace(limits=(HOUSE.limits[0]._replace(role="agent"), *HOUSE.limits[1:])),
            "supervisors and managers",
        ),
        (HOUSE._replace(limits=HOUSE.limits[:1]), "Nobody could decide this: Deferral"),
    ],
)
def test_limits_that_make_no_sense_are_refused(matrix: Matrix, words: str, manager: User) -> None:
    assert words in fault_of(matrix)
    with pytest.raises(ChangeError, match=words):
        put_forward(manager, matrix)


def test_they_begin_later_than_today_and_after_those_that_are_published(manager: User) -> None:
    with pytest.raises(ChangeError, match="later day"):
        put_forward(manager, from_on=TODAY)
    with pytest.raises(ChangeError, match="Nothing differs"):
        put_forward(manager, HOUSE)
    publish(limited(Role.SUPERVISOR, days_max=9), from_on=TOMORROW)
    with pytest.raises(ChangeError, match="Begin after them"):
        put_forward(manager)


def test_what_is_published_is_what_was_typed(db: None) -> None:
    assert matrix_of(content_of(HOUSE)) == HOUSE
    form = MatrixForm(matrix=HOUSE)
    typed = {name: field.initial for name, field in form.fields.items() if field.initial is not None}

    sent = MatrixForm(typed | {"valid_from": TOMORROW, "words": "-"}, matrix=HOUSE)

    assert sent.is_valid(), sent.errors
    assert sent.matrix == HOUSE


def test_the_screen_says_what_holds_and_that_nothing_was_published(agent: User, sign_in: SignIn) -> None:
    page = sign_in(agent).get(url("approval_limits")).content.decode()

    assert "1,000,000.00" in page
    assert "own limits hold" in page
    assert url("approval_limits_change") not in page
    assert "审批额度" in sign_in(agent).get(url("approval_limits"), headers=CHINESE).content.decode()


def test_put_forward_on_the_screen_it_waits_and_says_so(supervisor: User, manager: User, sign_in: SignIn) -> None:
    client, form = sign_in(supervisor), MatrixForm(matrix=HOUSE)
    typed = {name: field.initial for name, field in form.fields.items() if field.initial is not None}
    typed |= {"one_time_key": "k", "words": "fewer days", "valid_from": TOMORROW, "limit0_days_max": 7}
    assert client.get(url("approval_limits_change")).status_code == 200
    assert client.post(url("approval_limits_change"), typed | {"limit0_amount_max": ""}).status_code == 422

    answer = client.post(url("approval_limits_change"), typed)

    change = Change.objects.get()
    assert answer["Location"] == url("change_page", args=[change.pk])
    assert "has put other limits forward" in sign_in(manager).get(url("approval_limits")).content.decode()
    shown = sign_in(manager).get(url("change_page", args=[change.pk])).content.decode()
    assert "Days later in all" in shown


def test_agents_and_auditors_read_and_change_nothing(agent: User, staff: dict[str, User], sign_in: SignIn) -> None:
    for person in (agent, staff["auditor"]):
        assert sign_in(person).get(url("approval_limits")).status_code == 200
        assert sign_in(person).post(url("approval_limits_change"), {}).status_code == 403


def test_machines_read_and_put_forward_once(supervisor: User, sign_in: SignIn) -> None:
    client, path = sign_in(supervisor), url("api_approval_limits")
    told = client.get(path).json()
    assert told["decide_days"] == 2
    assert told["limits"][0]["amount_max"] == "20000.00"
    body = {"valid_from": TOMORROW.isoformat(), "words": "-", **told, "decide_days": 3}
    key: dict[str, Any] = {"headers": {"Idempotency-Key": "k1"}, "content_type": "application/json"}

    answers = [client.post(path, body, **key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert Change.objects.get().content["decide_days"] == 3
    bad = body | {"limits": [told["limits"][0] | {"amount_max": "much"}]}
    assert client.post(path, bad, headers={"Idempotency-Key": "k2"}, content_type="application/json").status_code == 400


def test_machines_decide_exactly_what_they_read(loan: Loan, agent: User, supervisor: User, sign_in: SignIn) -> None:
    ask(loan, by=agent)
    client = sign_in(supervisor)
    (told,) = client.get(url("api_plans")).json()
    path = url("api_plan_decision", args=[told["id"]])
    body = {"verdict": "approve", "payload_hash": "0" * 64}
    kind = "application/json"
    assert client.post(path, body, headers={"Idempotency-Key": "a"}, content_type=kind).status_code == 409

    answer = client.post(
        path, body | {"payload_hash": told["payload_hash"]}, headers={"Idempotency-Key": "b"}, content_type=kind
    )

    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    assert PlanRequest.objects.get().state == "approved"
    assert sign_in(make_person("stranger", Role.SUPERVISOR)).post(
        url("api_plan_decision", args=[99_999]), body, headers={"Idempotency-Key": "c"}, content_type=kind
    ).status_code == 404  # fmt: skip


def test_machines_name_a_stand_in_and_take_them_back(manager: User, supervisor: User, sign_in: SignIn) -> None:
    client, kind = sign_in(manager), "application/json"
    body = {"person": supervisor.username, "from_on": TODAY.isoformat(), "to_on": TOMORROW.isoformat()}
    made = client.post(url("api_stand_ins"), body, headers={"Idempotency-Key": "a"}, content_type=kind)
    assert made.status_code == 201
    assert [each["person"] for each in client.get(url("api_stand_ins")).json()] == [supervisor.username]
    path = url("api_stand_in_end", args=[made.json()["id"]])
    assert sign_in(supervisor).post(path, {}, headers={"Idempotency-Key": "b"}, content_type=kind).status_code == 404

    ended = [
        client.post(path, {}, headers={"Idempotency-Key": key}, content_type=kind).status_code for key in ("c", "d")
    ]

    assert ended == [200, 409]
    nobody = body | {"person": "nobody"}
    assert (
        client.post(url("api_stand_ins"), nobody, headers={"Idempotency-Key": "e"}, content_type=kind).status_code
        == 400
    )
