"""Call scripts: the closest one is chosen, strangers learn nothing, two managers publish, the wording rules decide."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Entry
from behind import NOW, TODAY, make_case, make_person
from cases.models import Case, DelayReason, Stage
from cases.scripts.choosing import AGENT, LENDER, Call, choose, in_force, text_of
from cases.scripts.models import Script
from cases.scripts.presets import FIRST_DAY, PRESETS, install
from cases.scripts.publishing import OPEN_PLACE, forbidden_in, put_forward_script, told_of
from contacts.models import Contact
from lending.changes import ChangeError, decide
from lending.models import Borrower, Change
from reachable import make_point
from staff.models import Role, User
from staff.once import FIELD, new_key

SignIn = Callable[[User], Client]
SCRIPTS = [Script(**each._asdict(), valid_from=FIRST_DAY) for each in PRESETS]
DEBT_WORDS = ["debt", "loan", "overdue", "instalment", "owe", "pay", "欠", "债", "还款", "逾期", "贷款"]


@pytest.mark.parametrize(
    ("call", "codes"),
    [
        (Call(Stage.EARLY, "", "out"), ["early", "any"]),
        (Call(Stage.LATE, "", "out"), ["late", "any"]),
        (Call(Stage.EARLY, "job_loss", "out"), ["job_loss", "early", "any"]),
        (Call(Stage.MIDDLE, "dispute", "in"), ["dispute", "incoming", "middle", "any"]),
        (Call(Stage.EARLY, "unreached", "in"), ["incoming", "early", "any"]),
        (Call(Stage.LATE, "dispute", "out", is_third_party=True), ["somebody_else"]),
    ],
    ids=str,
)
def test_the_closest_script_comes_first(call: Call, codes: list[str]) -> None:
    assert [script.code for script in choose(SCRIPTS, call)] == codes


@given(
    st.builds(Call, st.sampled_from(Stage.values), st.sampled_from(DelayReason.Code.values), st.sampled_from(["in", "out"]), st.booleans())
)  # fmt: skip
def test_every_call_has_a_script_and_somebody_else_hears_no_word_of_debt(call: Call) -> None:
    chosen = choose(SCRIPTS, call)

    assert chosen
    assert all(script.is_third_party == call.is_third_party for script in chosen)
    for script in chosen if call.is_third_party else []:
        assert not [word for word in DEBT_WORDS if word in script.text.lower() + script.text_zh]
        assert LENDER not in script.text + script.text_zh


def test_a_text_is_filled_in_the_borrowers_language() -> None:
    script = Script(text="{agent} for {lender}", text_zh="{lender}的{agent}")

    assert text_of(script, "en", lender="First Bank", agent="Li") == "Li for First Bank"
    assert text_of(script, "zh-hans", lender="第一银行", agent="李") == "第一银行的李"


def test_the_newest_version_holds_and_a_withdrawn_one_is_gone() -> None:
    rows = [
        Script(code="a", text="old", valid_from=date(2026, 1, 1)),
        Script(code="a", text="new", valid_from=date(2026, 7, 1)),
        Script(code="b", valid_from=date(2026, 1, 1)),
        Script(code="b", valid_from=date(2026, 7, 1), is_withdrawn=True),
    ]

    assert [script.text for script in in_force(date(2026, 6, 30), rows)] == ["old", ""]
    assert [script.text for script in in_force(date(2026, 7, 1), rows)] == ["new"]


@pytest.fixture
def maker(db: None) -> User:
    return make_person("maker", Role.MANAGER)


@pytest.fixture
def checker(db: None) -> User:
    return make_person("checker", Role.MANAGER)


def put_forward(maker: User, code: str = "early", *, from_on: date = TODAY, **changes: Any) -> Change:
    told = told_of(Script.objects.filter(code=code).order_by("-valid_from")[0]) | changes
    return put_forward_script(code, told, from_on=from_on, words="clearer", by=maker, at=NOW, on=TODAY)


def publish(change: Change, by: User) -> None:
    decide(change, approve=True, words="", payload_hash=change.payload_hash, by=by, at=NOW, on=TODAY)


@pytest.mark.django_db
def test_the_scripts_of_the_house_keep_the_wording_rules_and_are_written_once() -> None:
    assert install() == 0
    rows = list(Script.objects.all())

    assert len(rows) == len(PRESETS)
    assert [row.code for row in rows if forbidden_in(told_of(row), TODAY)] == []
    assert {place for row in rows for place in OPEN_PLACE.findall(row.text + row.text_zh)} == {LENDER, AGENT}


@pytest.mark.django_db
def test_a_second_manager_publishes_from_a_day_on(maker: User, checker: User) -> None:
    change = put_forward(maker, text="Good day. Is it a good moment?", from_on=TODAY + timedelta(days=1))
    with pytest.raises(ChangeError):
        publish(change, maker)

    publish(change, checker)

    assert next(s for s in in_force(TODAY) if s.code == "early").text != "Good day. Is it a good moment?"
    tomorrow = next(s for s in in_force(TODAY + timedelta(days=1)) if s.code == "early")
    assert (tomorrow.text, tomorrow.change) == ("Good day. Is it a good moment?", change)
    assert Entry.objects.filter(action="lending.change_approved").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "changes", "field"),
    [
        ("early", {"text": "The police will come for you."}, "text"),
        ("early", {"text_zh": "再不还就抓你去坐牢"}, "text_zh"),
        ("somebody_else", {"text_zh": "请转告他尽快还款"}, "text_zh"),
        ("somebody_else", {"stage": "early"}, "is_third_party"),
        ("early", {"text": "Dear {name}"}, "text"),
        ("early", {"text_zh": "  "}, "text_zh"),
        ("early", {"text": "x", "from_on": TODAY - timedelta(days=1)}, "from_on"),
        ("early", {"text": "x", "from_on": date(2019, 1, 1)}, "from_on"),
        ("early", {}, None),
    ],
    ids=str,
)
def test_a_script_that_may_not_be_said_is_not_put_forward(
    maker: User, code: str, changes: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(ChangeError) as refused:
        put_forward(maker, code, **changes)

    assert refused.value.field == field
    assert not Change.objects.exists()


@pytest.mark.django_db
def test_a_rule_that_came_meanwhile_stops_the_publishing(
    maker: User, checker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = put_forward(maker, text="Good day.")
    monkeypatch.setattr("cases.scripts.publishing.forbidden_in", lambda told, day: {"text": ["good"]})

    with pytest.raises(ChangeError, match="good"):
        publish(change, checker)
    assert Script.objects.filter(code="early").count() == 1


@pytest.mark.django_db
def test_the_call_drawer_shows_the_script_in_the_borrowers_language(agent: User, sign_in: SignIn) -> None:
    case = make_case(owner=agent)
    make_point(case.borrower, "13912345678")
    Borrower.objects.filter(pk=case.borrower_id).update(language="zh-hans")
    Case.objects.filter(pk=case.pk).update(reason_behind="job_loss")

    page = sign_in(agent).get(reverse("case_call", args=[case.pk])).content.decode()

    assert "先保证生活开支" in page
    assert "麻烦转告对方方便时回电" in page
    assert page.index("先保证生活开支") < page.index("麻烦转告对方方便时回电")
    assert "Li Na" in page


@pytest.mark.django_db
def test_an_incoming_call_is_written_down_beside_its_own_script(agent: User, sign_in: SignIn) -> None:
    case = make_case(owner=agent)
    contact = Contact.objects.create(
        borrower=case.borrower, channel="call", direction="in", purpose="service", at=NOW, by=agent
    )

    page = sign_in(agent).get(reverse("case_wrap_up", args=[case.pk, contact.pk])).content.decode()

    assert "感谢来电" in page


@pytest.mark.django_db
def test_managers_edit_on_a_page_and_others_only_read(maker: User, agent: User, sign_in: SignIn) -> None:
    client, key = sign_in(maker), new_key()
    data = {
        FIELD: key, "from_on": TODAY.isoformat(), "stage": "early", "text": "Good day.", "text_zh": "您好。",
        "words": "shorter",
    }  # fmt: skip
    assert client.get(reverse("scripts")).status_code == 200
    assert client.get(reverse("script_page", args=["early"])).status_code == 200
    assert client.get(reverse("script_change", args=["nobody"])).status_code == 404

    for _time in range(2):
        assert client.post(reverse("script_change", args=["early"]), data).status_code == 302
    assert Change.objects.get().content["script"]["text"] == "Good day."
    bad = client.post(reverse("script_new"), data | {FIELD: new_key(), "code": "own", "text": "arrest"})
    assert bad.status_code == 422
    assert "shorter" in bad.content.decode()
    assert sign_in(agent).get(reverse("scripts")).status_code == 403
    assert sign_in(make_person("u", Role.AUDITOR)).get(reverse("script_change", args=["early"])).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["early", ""])
def test_the_database_tells_third_parties_of_no_debt_and_keeps_one_version_a_day(stage: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Script.objects.create(
            code="somebody_else", stage=stage, is_third_party=True, text="x", text_zh="x", valid_from=FIRST_DAY
        )
