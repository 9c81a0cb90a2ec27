"""An agent's verbs for machines: each acts once by its key, within scope, and says what stands in the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db.models import Model
from django.test import Client

from behind import NOW, TODAY, make_case, make_person, make_team
from cases.models import Case, CaseEvent, CaseNote, DelayReason, PaidClaim, Promise, PromisePart
from contacts.models import Contact, Hold
from staff.models import Role, User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
SOON, LATER = ((TODAY + timedelta(days=days)).isoformat() for days in (2, 20))
TOMORROW = (NOW + timedelta(days=1)).isoformat()


class Verb(NamedTuple):
    path: str
    body: dict[str, Any]
    model: type[Model]
    found: dict[str, Any]


PROMISE = {"parts": [{"amount": "600.00", "due_on": SOON}, {"amount": "600.00", "due_on": LATER}]}
VERBS = {
    "promise": Verb("promises", PROMISE, PromisePart, {"number": 2, "amount": 60_000}),
    "note": Verb("notes", {"text": "Works nights."}, CaseNote, {"text": "Works nights."}),
    "callback": Verb("callbacks", {"callback_at": TOMORROW}, CaseEvent, {"event": "callback_set"}),
    "reason": Verb("reasons", {"code": "job_loss"}, DelayReason, {"code": "job_loss"}),
    "says paid": Verb("paid-claims", {"note": "by card"}, PaidClaim, {"note": "by card"}),
    "hold": Verb("holds", {"kind": "illness", "reason": "in hospital"}, Hold, {"kind": "illness"}),
    "hand over": Verb("hand-over", {"reason": "speaks Cantonese"}, CaseEvent, {"event": "hand_over_asked"}),
    "wrap-up": Verb("calls/{call}", {"outcome": "no_answer"}, Contact, {"outcome": "no_answer"}),
}


@pytest.fixture
def case(agent: User) -> Case:
    return make_case(owner=agent)


@pytest.fixture
def call(case: Case) -> Contact:
    return Contact.objects.create(
        borrower=case.borrower, channel="call", purpose="demand", at=NOW, by=case.owner, call_id=""
    )


@pytest.fixture
def client(agent: User, sign_in: SignIn) -> Client:
    return sign_in(agent)


def send(client: Client, verb: Verb, case: Case, call: Contact, *, key: str = "k1", **changes: Any) -> Any:
    url = f"/api/v1/cases/{case.pk}/{verb.path.format(call=call.pk)}/"
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(url, verb.body | changes, content_type="application/json", headers=headers)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_verb_acts_once_by_its_key(client: Client, case: Case, call: Contact, verb: Verb) -> None:
    first, again = (send(client, verb, case, call) for _time in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert verb.model._default_manager.filter(**verb.found).count() == 1
    case.refresh_from_db()
    assert first.json()["version"] == case.version
    assert send(client, verb, case, call, note="other").status_code == 422
    assert send(client, verb, case, call, key="").status_code == 400


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_verb_is_within_scope_and_by_the_matrix(case: Case, call: Contact, verb: Verb, sign_in: SignIn) -> None:
    stranger = sign_in(make_person("sun", team=make_team("South")))
    auditor = sign_in(make_person("audit", Role.AUDITOR))

    assert send(stranger, verb, case, call).status_code == 404
    assert send(auditor, verb, case, call).status_code == 403
    assert send(Client(), verb, case, call).status_code == 401
    assert auditor.get(f"/api/v1/cases/{case.pk}/notes/").status_code == 405
    assert not verb.model._default_manager.filter(**verb.found).exists()


@pytest.mark.parametrize("name", ["promise", "callback", "reason", "says paid", "hand over"])
def test_a_version_that_was_moved_since_is_a_conflict_and_spends_no_key(
    client: Client, case: Case, call: Contact, name: str
) -> None:
    stale = send(client, VERBS[name], case, call, seen=case.version + 1)
    assert stale.status_code == 409
    assert "changed by somebody else" in stale.json()["detail"]

    assert send(client, VERBS[name], case, call, seen=case.version).status_code == 201


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("promise", {"parts": []}, "parts"),
        ("promise", {"parts": [{"amount": "x", "due_on": SOON}]}, "amount"),
        ("promise", {"parts": [{"amount": "9999999", "due_on": SOON}]}, "amount"),
        ("promise", {"parts": [{"amount": "6", "due_on": LATER}]}, "due_on"),
        ("callback", {"callback_at": (NOW - timedelta(hours=1)).isoformat()}, "callback_at"),
        ("reason", {"code": "weather"}, "code"),
        ("note", {"text": ""}, "text"),
        ("hold", {"to_on": (TODAY - timedelta(days=400)).isoformat()}, "to_on"),
        ("wrap-up", {"outcome": "right_party"}, "reason"),
        ("wrap-up", {"outcome": "no_answer", "has_paid": True}, "outcome"),
        ("wrap-up", {"outcome": "right_party", "reason": "forgot", "amount": "5"}, "due_on"),
    ],
    ids=str,
)
def test_what_is_wrong_is_named_by_its_field(
    client: Client, case: Case, call: Contact, name: str, changes: dict[str, Any], field: str
) -> None:
    answer = send(client, VERBS[name], case, call, **changes)

    assert answer.status_code == 400
    assert field in answer.json()
    assert not Promise.objects.exists()
    assert not Hold.objects.exists()
    call.refresh_from_db()
    assert call.state == "reserved"


def test_a_second_hold_of_a_kind_is_refused(client: Client, case: Case, call: Contact) -> None:
    send(client, VERBS["hold"], case, call)

    assert send(client, VERBS["hold"], case, call, key="k2").json() == {"kind": "is_open"}


def test_a_call_is_written_down_once_with_all_that_it_brought(client: Client, case: Case, call: Contact) -> None:
    body = {"outcome": "right_party", "reason": "cash_gap", "amount": "300", "due_on": SOON, "note": "calm"}

    assert send(client, VERBS["wrap-up"], case, call, **body).status_code == 201
    assert send(client, VERBS["wrap-up"], case, call, key="k2", **body).status_code == 409

    call.refresh_from_db()
    assert (call.state, call.outcome, Promise.objects.get().amount) == ("made", "right_party", 30_000)


def test_a_case_goes_to_a_colleague_with_room(client: Client, case: Case, call: Contact, colleague: User) -> None:
    stranger = make_person("sun", team=make_team("South"))
    assert send(client, VERBS["hand over"], case, call, to=stranger.username).status_code == 404

    told = send(client, VERBS["hand over"], case, call, to=colleague.username).json()

    assert told["owner"] == "wu"
