"""The case list: who sees what, every filter and order, pages both ways, what it keeps beside the book."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from behind import NOW, TODAY, close_day, make_loan, make_person, pay
from cases import listing
from cases.finding import digest_of
from cases.lines import lines_of
from cases.listing import Asked, count_of, page_of
from cases.models import Case
from cases.order import Order
from cases.promises import record_promise
from contacts.holds import place_hold
from lending.exposure import exposures
from lending.models import Borrower, Product
from staff.models import Role, User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def found(user: User, **asked: str) -> list[str]:
    """The references of the cases that match, in order."""
    return [line.borrower_ref for line in page_of(Asked.of(asked), user, TODAY).lines]


@pytest.mark.parametrize(
    ("role", "refs"),
    [
        (Role.AGENT, {"R0", "R1", "R2"}),
        (Role.SUPERVISOR, {"R0", "R1", "R2", "R5", "R6"}),
        (Role.MANAGER, {"R0", "R1", "R2", "R3", "R4", "R5", "R6"}),
        (Role.AUDITOR, {"R0", "R1", "R2", "R3", "R4", "R5", "R6"}),
    ],
)
def test_everybody_finds_what_they_may_see(book: list[Case], agent: User, role: str, refs: set[str]) -> None:
    user = agent if role == Role.AGENT else make_person("somebody", role, team=agent.team)

    assert set(found(user)) == refs


FILTERS: list[tuple[dict[str, str], str]] = [
    ({"stage": "early"}, "R0 R1 R2"),
    ({"stage": "middle"}, "R3 R4"),
    ({"stage": "late", "bucket": "M7"}, "R6"),
    ({"bucket": "M2"}, "R3"),
    ({"bucket": "M9"}, "R0 R1 R2 R3 R4 R5 R6"),
    ({"owner": "li"}, "R0 R1 R2"),
    ({"owner": "nobody"}, ""),
    ({"unassigned": "true"}, "R5 R6"),
    ({"unassigned": "false"}, "R0 R1 R2 R3 R4"),
    ({"team": "South"}, "R3 R4"),
    ({"funder": "bank"}, "R0 R1 R2 R3 R4 R5 R6"),
    ({"funder": "none"}, ""),
    ({"product": "plain", "stage": "middle"}, "R3 R4"),
    ({"language": "en"}, "R3 R5"),
    ({"behind_from": "2026-06-25", "behind_to": "2026-07-05"}, "R1 R2"),
    ({"behind_from": "2026-13-45"}, "R0 R1 R2 R3 R4 R5 R6"),
    ({"borrower": "R4"}, "R4"),
    ({"q": "R4"}, "R4"),
    ({"q": "L-R4"}, "R4"),
    ({"q": "王"}, "R0 R1"),
    ({"q": "王小明"}, "R0"),
    ({"q": "smith"}, "R3"),
    ({"q": "smit"}, ""),
    ({"q": "x\x00"}, "R0 R1 R2 R3 R4 R5 R6"),
]


@pytest.mark.parametrize("sort", ["-priority", "-days", "amount", "next"])
def test_every_filter_holds_in_every_order(book: list[Case], manager: User, sort: str) -> None:
    assert [(asked, " ".join(sorted(found(manager, sort=sort, **asked)))) for asked, _refs in FILTERS] == FILTERS


def test_a_name_is_found_by_its_digest_which_tells_nobody_the_name(book: list[Case], manager: User) -> None:
    assert sorted(found(manager, name=digest_of("王"))) == ["R0", "R1"]


def test_a_frequent_surname_is_looked_for_on_the_way(
    book: list[Case], manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.finding.FOUND_MAX", 1)

    assert sorted(found(manager, q="王")) == ["R0", "R1"]
    assert count_of(Asked.of({"q": "王"}), manager) == 2


def test_promises_and_holds_are_filters(book: list[Case], agent: User, manager: User) -> None:
    record_promise(case=book[1], amount=100, due_on=TODAY + timedelta(days=2), by=agent, at=NOW, on=TODAY)
    place_hold(borrower=book[2].borrower, kind="dispute", reason="x", from_on=TODAY, to_on=None, by=manager, at=NOW)

    assert found(manager, promise="true") == ["R1"]
    assert found(manager, hold="true") == ["R2"]
    assert found(manager, action="on_hold") == ["R2"]
    assert len(found(manager, hold="false")) == 6
    assert found(manager, promise="true", sort="-next") == ["R1"]


@pytest.mark.parametrize(
    ("sort", "refs"),
    [
        ("-days", "R6 R5 R4 R3 R2 R1 R0"),
        ("days", "R0 R1 R2 R3 R4 R5 R6"),
        ("-amount", "R6 R5 R4 R3 R2 R1 R0"),
        ("amount", "R0 R1 R2 R3 R4 R5 R6"),
        ("nonsense", None),
    ],
)
def test_the_order_is_the_one_asked_for(book: list[Case], manager: User, sort: str, refs: str | None) -> None:
    assert found(manager, sort=sort) == (refs.split() if refs else found(manager))


def test_the_most_urgent_come_first_unless_asked_otherwise(book: list[Case], manager: User) -> None:
    lines = page_of(Asked.of({}), manager, TODAY).lines

    assert [line.priority for line in lines] == sorted((line.priority for line in lines), reverse=True)


@pytest.mark.parametrize("asked", [{}, {"stage": "early"}, {"unassigned": "false"}, {"action": "find_number"}])
def test_pages_follow_each_other_and_lead_back(book: list[Case], manager: User, asked: dict[str, str]) -> None:
    same = [case.pk for case in book[1:4]]
    Case.objects.filter(pk__in=same).update(priority=77, overdue=5, behind_since=TODAY, next_at=NOW)
    for sort in (sign + name for name in ("priority", "days", "amount", "next") for sign in ("", "-")):
        walk_both_ways(manager, {"sort": sort, **asked})


def walk_both_ways(manager: User, asked: dict[str, str]) -> None:
    whole, question, back = found(manager, **asked), Asked.of(asked), []
    pages = [page_of(question, manager, TODAY, size=2)]
    while pages[-1].next:
        pages.append(page_of(question, manager, TODAY, after=pages[-1].next, size=2))
    page = pages[-1]
    while page.previous:
        page = page_of(question, manager, TODAY, before=page.previous, size=2)
        back.append(page)

    assert [line.borrower_ref for each in pages for line in each.lines] == whole
    assert [each.lines for each in reversed(back)] == [each.lines for each in pages[:-1]]
    assert pages[0].previous is None


CURSORS = ["", "x", "~", "1~", "~1", "x~1", f"{'9' * 30}~1", "2026-01-01T00:00~1", f"1~{'9' * 40}"]


@pytest.mark.parametrize("sort", ["-priority", "days", "amount", "next"])
def test_a_cursor_that_makes_no_sense_is_the_first_page(book: list[Case], manager: User, sort: str) -> None:
    question = Asked.of({"sort": sort})

    assert [Order.of(sort).read(cursor) for cursor in CURSORS] == [None] * len(CURSORS)
    assert len(page_of(question, manager, TODAY, after="x~1", before="~").lines) == len(book)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads all buckets at once")
def test_reading_bucket_by_bucket_finds_what_reading_at_once_finds(
    book: list[Case], manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [
        {"sort": sort, **more} for sort in ("-priority", "-days", "amount", "next") for more in ({}, {"stage": "late"})
    ]
    by_bucket = [found(manager, **each) for each in asked]
    monkeypatch.setattr(listing, "_buckets", lambda asked, role: ())
    monkeypatch.setattr(listing, "_made", listing._make)

    assert [found(manager, **each) for each in asked] == by_bucket


def test_what_the_list_orders_by_follows_the_book(book: list[Case], agent: User) -> None:
    pay(book[3].borrower.loans.get(), 40_000, value_on=TODAY)
    record_promise(case=book[0], amount=100, due_on=TODAY, by=agent, at=NOW, on=TODAY)

    owed = exposures(on=TODAY)
    for case in Case.objects.open():
        exposure = owed[case.borrower_id]
        assert (case.behind_since, case.overdue, case.currency) == (exposure.oldest_due_on, exposure.overdue, "CNY")
    assert Case.objects.get(pk=book[0].pk).promised_on == TODAY


def test_a_line_says_the_penalty_of_the_day(book: list[Case]) -> None:
    Product.objects.update(penalty_rate_ppm=360_000)
    make_loan(Borrower.objects.get(ref="R0"), number="L-second", days=3)
    close_day(TODAY + timedelta(days=1))
    later = TODAY + timedelta(days=9)

    owed = exposures(on=later)
    lines = lines_of([case.pk for case in book], later)

    assert [line.pk for line in lines] == [case.pk for case in book]
    assert {line.borrower_id: line.penalty for line in lines} == {pk: each.penalty for pk, each in owed.items()}
