"""The page of the case list: what it asks, shows and hides; search, files, views kept under a name, ticked rows, machines."""

import csv
import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from behind import NOW, TODAY, close_day, make_loan, make_person
from cases import listing
from cases.finding import digest_of
from cases.listing import count_of, page_of
from cases.models import Case, SavedView
from cases.saving import VIEWS_MAX
from lending.parties import register_borrower
from staff.models import Role, User
from staff.once import FIELD, new_key

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def queries_of(client: Client, url: str, counter: Any, ceiling: int = 8) -> int:
    client.get(url)
    with counter(ceiling) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


@pytest.mark.parametrize(
    "query",
    [
        "all=1",
        "stage=early",
        "funder=bank&language=en",
        "team=South&sort=-days",
        "q=王",
        f"name={'x' * 43}",
        "promise=true",
    ],
)
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.MANAGER])
def test_a_page_asks_at_most_eight_questions_whatever_is_asked(
    book: list[Case], sign_in: SignIn, query: str, role: str, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(make_person("somebody", role))

    queries_of(client, f"{reverse('case_list')}?{query}", django_assert_max_num_queries)


def test_a_search_with_more_than_a_page_is_looked_up_once(
    book: list[Case],
    manager: User,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Any,
) -> None:
    monkeypatch.setattr(listing, "page_of", partial(page_of, size=1))
    client, url = sign_in(manager), f"{reverse('case_list')}?name={digest_of('王')}"

    queries_of(client, url, django_assert_max_num_queries)

    assert client.get(url).context["total"] == 2


def test_no_page_counts_more_than_it_says(
    book: list[Case], manager: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNT_MAX", 3)
    monkeypatch.setattr(listing, "page_of", partial(page_of, size=2))
    monkeypatch.setattr(listing, "count_of", partial(count_of, most=3))

    response = sign_in(manager).get(reverse("case_list"))

    assert response.context["total"] == 4
    assert "more than 3 match" in response.content.decode()


def test_names_are_masked_for_everybody_but_the_owner(
    book: list[Case], agent: User, manager: User, sign_in: SignIn
) -> None:
    own, others = (sign_in(user).get(reverse("case_list")).content.decode() for user in (agent, manager))

    assert "王小明" in own
    assert "王小明" not in others
    assert "王••" in others


def test_a_script_in_a_name_is_text(agent: User, sign_in: SignIn) -> None:
    borrower = register_borrower(
        ref="R<b>", name="<script>x</script>", identity="", language="en", time_zone="Asia/Shanghai", at=NOW
    )
    make_loan(borrower, number="L-9", days=9)
    close_day(TODAY)
    Case.objects.update(owner=agent)

    page = sign_in(agent).get(reverse("case_list"), {"columns": ["ref", "why"]}).content.decode()

    assert "<script>x" not in page
    assert "R&lt;b&gt;" in page


def test_the_search_leaves_no_name_in_the_address(book: list[Case], manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)

    by_name = client.post(reverse("case_list"), {"q": "王小明"})["Location"]
    by_loan = client.post(reverse("case_list"), {"q": "L-R4"})["Location"]

    assert by_name.endswith(f"?name={digest_of('王小明')}")
    assert by_loan.endswith("?borrower=R4")
    assert [line.borrower_ref for line in client.get(by_name).context["page"].lines] == ["R0"]
    assert client.post(reverse("case_list"), {"q": " "})["Location"].endswith("?all=1")


def test_an_agent_finds_nobody_in_other_hands(book: list[Case], agent: User, sign_in: SignIn) -> None:
    client = sign_in(agent)

    target = client.post(reverse("case_list"), {"q": "R4"})["Location"]

    assert "borrower=" not in target
    assert "No case matches" in client.get(target).content.decode()


def test_chosen_columns_are_shown_and_kept_by_every_link(book: list[Case], manager: User, sign_in: SignIn) -> None:
    response = sign_in(manager).get(reverse("case_list"), {"columns": ["since", "ref", "nonsense"], "stage": "early"})
    page = response.content.decode()

    assert "Case since" in page
    assert "Why now" not in page
    assert "columns=since" in response.context["chip_groups"][0][0].url


def rows_of(client: Client, query: str) -> list[list[str]]:
    response = client.get(f"{reverse('case_list_csv')}?{query}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_the_file_holds_what_is_filtered_masked_and_without_formulas(
    book: list[Case], manager: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.exporting.CHUNK_ROWS", 2)
    head, *rows = rows_of(sign_in(manager), "unassigned=false&sort=days&language=zh-hans")
    late = rows_of(sign_in(manager), "bucket=M4")[1]

    assert [row[1] for row in rows] == ["R0", "R1", "R2", "R4"]
    assert rows[0][2] == "王••"
    assert rows[0][head.index("overdue")] == "1000.00"
    assert late[2].startswith("'=")
    assert Entry.objects.filter(action="cases.exported").count() == 2


def test_the_owners_file_is_masked_too(book: list[Case], agent: User, sign_in: SignIn) -> None:
    assert {row[2] for row in rows_of(sign_in(agent), "all=1")[1:]} == {"王••", "李•"}


def test_the_record_of_a_file_holds_no_name(book: list[Case], manager: User, sign_in: SignIn) -> None:
    sign_in(manager).get(f"{reverse('case_list_xlsx')}?q=王小明&stage=early")

    entry = Entry.objects.get(action="cases.exported")
    assert '"stage":"early"' in entry.facts
    assert "王" not in entry.facts
    assert '"searched":true' in entry.facts


def test_a_list_that_is_too_long_is_no_file(
    book: list[Case], manager: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "EXPORT_ROWS_MAX", 6)

    response = sign_in(manager).get(reverse("case_list_csv"))

    assert response.status_code == 413
    assert not Entry.objects.filter(action="cases.exported").exists()


def save(client: Client, **data: str) -> Any:
    return client.post(reverse("case_view_save"), {FIELD: new_key(), **data})


def test_a_view_is_kept_opened_and_dropped_by_its_person_alone(
    book: list[Case], manager: User, agent: User, sign_in: SignIn
) -> None:
    client = sign_in(manager)
    save(client, name="Late", query="stage=late&columns=ref&after=1~1&q=x", opens_by_itself="on")
    view = SavedView.objects.get()

    assert (view.user, view.query, view.is_default) == (manager, "stage=late&columns=ref", True)
    assert client.get(reverse("case_list"))["Location"] == f"{reverse('case_list')}?stage=late&columns=ref"
    assert client.get(reverse("case_list"), {"all": "1"}).status_code == 200
    assert sign_in(agent).get(reverse("case_list")).status_code == 200
    sign_in(agent).post(reverse("case_view_drop", args=[view.pk]), {FIELD: new_key()})
    assert SavedView.objects.exists()
    client.post(reverse("case_view_drop", args=[view.pk]), {FIELD: new_key()})
    assert not SavedView.objects.exists()


def test_the_same_name_replaces_and_one_view_opens_by_itself(manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    save(client, name="One", query="stage=late", opens_by_itself="on")
    save(client, name="Two", query="stage=early", opens_by_itself="on")
    save(client, name="One", query="stage=middle")

    assert sorted(SavedView.objects.values_list("name", "query", "is_default")) == [
        ("One", "stage=middle", False),
        ("Two", "stage=early", True),
    ]


def test_nobody_keeps_more_views_than_there_may_be(manager: User, sign_in: SignIn) -> None:
    SavedView.objects.bulk_create(SavedView(user=manager, name=f"{n}", query="all=1") for n in range(VIEWS_MAX))

    response = save(sign_in(manager), name="one more", query="all=1")

    assert response.status_code == 422
    assert "drop one first" in response.content.decode()
    assert SavedView.objects.count() == VIEWS_MAX


@pytest.mark.parametrize("second", [{"name": "A", "is_default": False}, {"name": "B", "is_default": True}])
def test_the_database_keeps_names_and_the_opening_view_single(manager: User, second: dict[str, Any]) -> None:
    SavedView.objects.create(user=manager, name="A", query="", is_default=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(user=manager, query="", **second)


def test_the_drawer_offers_what_the_role_can_use(
    book: list[Case], agent: User, supervisor: User, sign_in: SignIn
) -> None:
    own, teams = (sign_in(user).get(reverse("case_list_filters")).context["form"] for user in (agent, supervisor))

    assert "owner" not in own.fields
    assert ("li", "Li Na") in teams.fields["owner"].choices
    assert ("bank", "First Bank") in teams.fields["funder"].choices


def test_ticked_rows_are_proposed_to_people_with_room(book: list[Case], supervisor: User, sign_in: SignIn) -> None:
    client = sign_in(supervisor)
    page = client.get(reverse("case_list")).content.decode()

    assert f'name="selected" value="{book[5].pk}"' in page
    assert client.post(reverse("assign_preview"), {"owner": "all", "selected": [book[5].pk]}).status_code == 302


def test_nobody_else_is_offered_to_assign(book: list[Case], manager: User, sign_in: SignIn) -> None:
    assert 'name="selected"' not in sign_in(manager).get(reverse("case_list")).content.decode()


def test_machines_ask_by_the_same_filters(book: list[Case], manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)

    late = client.get("/api/v1/cases/?stage=late&sort=x").json()["results"]
    named = client.get("/api/v1/cases/", {"q": "王"}).json()["results"]

    assert {row["borrower"] for row in late} == {"R5", "R6"}
    assert {row["borrower"] for row in named} == {"R0", "R1"}
    assert late[0]["overdue"] == "1050.00"
    assert client.get("/api/v1/cases/?stage=none").status_code == 400


def test_an_administrator_sees_no_list(sign_in: SignIn) -> None:
    client = sign_in(make_person("somebody", Role.ADMINISTRATOR))

    assert client.get(reverse("case_list")).status_code == 403
    assert client.get(reverse("case_list_csv")).status_code == 403
