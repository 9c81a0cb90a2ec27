"""The list of loans: filtered, in pages, as a file."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from openpyxl import load_workbook

from audit.models import Entry
from lending.models import Product
from tapes import loan

SignIn = Callable[[str], Client]


def _numbers(answer: Any) -> list[str]:
    return [row.loan.number for row in answer.context["rows"]]


def _cells(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))


@pytest.mark.parametrize("path", ["/loans/", "/loans.csv", "/loans.xlsx"])
@pytest.mark.parametrize(
    ("role", "status"),
    [("agent", 200), ("supervisor", 200), ("manager", 200), ("auditor", 200), ("administrator", 403)],
)
def test_who_may_see_the_loans(path: str, role: str, status: int, sign_in: SignIn) -> None:
    assert sign_in(role).get(path).status_code == status
    assert sign_in(role).post(path).status_code == 405


def test_an_empty_book_says_what_to_do(sign_in: SignIn) -> None:
    assert "No loan matches" in sign_in("manager").get("/loans/").content.decode()


@pytest.mark.usefixtures("book")
def test_people_see_their_borrowers_loans(sign_in: SignIn) -> None:
    assert _numbers(sign_in("agent").get("/loans/")) == ["late", "paid"]
    assert _numbers(sign_in("manager").get("/loans/")) == ["late", "paid", "well"]


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"status": "paid"}, ["paid"]),
        ({"bucket": "M2"}, ["late"]),
        ({"bucket": "M5"}, []),
        ({"product": "cash-12", "bucket": "M2"}, ["late"]),
        ({"product": "cash-13", "bucket": "M2"}, []),
        ({"in_arrears": "true"}, ["late"]),
        ({"funder": "south-bank"}, ["well"]),
        ({"q": "pa"}, ["paid"]),
        ({"q": "aid"}, []),
        ({"q": "%"}, []),
        ({"sort": "-number"}, ["well", "paid", "late"]),
        ({"sort": "-days"}, ["late"]),
        ({"sort": "1; DROP TABLE", "status": "nonsense", "bucket": "M99"}, ["late", "paid", "well"]),
        ({"after": "garbage", "before": "~~~"}, ["late", "paid", "well"]),
        ({"q": "\x00"}, ["late", "paid", "well"]),
    ],
)
def test_filters(asked: dict[str, str], numbers: list[str], sign_in: SignIn) -> None:
    assert _numbers(sign_in("manager").get("/loans/", asked)) == numbers


@pytest.mark.usefixtures("book")
def test_a_product_with_buckets_of_its_own_is_listed_and_filtered_by_them(sign_in: SignIn) -> None:
    Product.objects.update(buckets="0, 1-35, late 36-40, 41-")
    browser, product = sign_in("manager"), Product.objects.get().code

    answer = browser.get("/loans/", {"product": product, "bucket": "late"})

    (row,) = answer.context["rows"]
    assert (row.loan.number, row.bucket, row.own_bucket) == ("late", "M2", "late")
    assert 'class="bucket bucket-m2"' in answer.content.decode()
    chips = [chip.label for group in answer.context["chip_groups"] for chip in group]
    assert {"1-35", "late", "41+"} <= set(chips)
    assert "M2" not in chips
    assert _numbers(browser.get("/loans/", {"product": product, "bucket": "0"})) == ["paid", "well"]
    assert _numbers(browser.get("/loans/", {"product": product, "bucket": "41+"})) == []
    assert _numbers(browser.get("/loans/", {"bucket": "M2"})) == ["late"]
    assert 'class="bucket bucket-m2"' in browser.get("/loans/late/").content.decode()
    assert ">late</b>" in browser.get("/loans/late/").content.decode()


@pytest.mark.usefixtures("book")
def test_a_products_own_buckets_filter_after_the_schema_was_read_too(sign_in: SignIn) -> None:
    Product.objects.update(buckets="0, 1-35, late 36-40, 41-")
    browser = sign_in("manager")

    assert browser.get("/api/schema/").status_code == 200
    answer = browser.get("/loans/", {"product": Product.objects.get().code, "bucket": "late"})

    assert _numbers(answer) == ["late"]


@pytest.mark.usefixtures("book")
def test_a_row_says_how_far_behind_and_how_much(sign_in: SignIn) -> None:
    row = sign_in("manager").get("/loans/", {"q": "late"}).context["rows"][0]

    assert (row.days_past_due, row.bucket) == (36, "M2")
    assert row.overdue == row.overdue_principal + row.overdue_interest + row.penalty > 0


def _walk(browser: Client, step: str, sort: str, **asked: str) -> list[list[str]]:
    """Every page in one direction, from where we are."""
    pages = []
    while True:
        answer = browser.get("/loans/", {"sort": sort, **asked})
        pages.append(_numbers(answer))
        cursor = getattr(answer.context["page"], {"after": "next", "before": "previous"}[step])
        if cursor is None:
            return pages
        asked = {step: cursor}


@pytest.mark.parametrize("sort", ["number", "-number", "days", "-days"])
def test_pages_meet_without_gap_or_repeat_in_both_directions(
    sort: str, take: Any, close_day: Any, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lending.listing.PAGE_ROWS", 3)
    starts = ["2026-01-10", "2026-01-10", "2026-01-12", "2026-02-01"]
    take(*(loan(number=f"n{i}", start_on=starts[i % 4], first_due_on="") for i in range(8)))
    from datetime import date

    close_day(date(2026, 4, 20))
    browser = sign_in("manager")

    forward = _walk(browser, "after", sort)
    last = browser.get("/loans/", {"sort": sort}).context["page"]
    for _page in forward[1:]:
        last = browser.get("/loans/", {"sort": sort, "after": last.next}).context["page"]
    backward = _walk(browser, "before", sort, before=last.previous)

    assert [len(page) for page in forward] == [3, 3, 2]
    assert len({number for page in forward for number in page}) == 8
    assert list(reversed(backward)) == forward[:-1]


@pytest.mark.usefixtures("book")
def test_a_chip_keeps_the_other_filters_and_leaves_the_page(sign_in: SignIn) -> None:
    answer = sign_in("manager").get("/loans/", {"status": "active", "after": "x~1"})

    chip = next(chip for group in answer.context["chip_groups"] for chip in group if chip.label == "M2")
    assert parse_qs(urlsplit(chip.url).query) == {"status": ["active"], "bucket": ["M2"]}


@pytest.mark.usefixtures("book")
def test_the_file_holds_exactly_what_is_filtered_and_is_on_record(sign_in: SignIn) -> None:
    head, *rows = _cells(sign_in("agent").get("/loans.csv", {"bucket": "M2"}))

    row = dict(zip(head, rows[0], strict=True))
    entry = Entry.objects.get(action="lending.exported")
    assert len(rows) == 1
    assert (row["number"], row["days_past_due"], row["borrower_name"]) == ("late", "36", "M••• S••••")
    assert (entry.actor, '"rows":1' in entry.facts.replace(" ", "")) == ("the-agent", True)


def test_the_file_holds_no_formula(take: Any, sign_in: SignIn) -> None:
    take(loan(number="=1+1", borrower_name="@SUM(A1)", borrower_ref="+7", funder="-x"))

    _head, row = _cells(sign_in("manager").get("/loans.csv"))

    assert (row[0], row[1]) == ("'=1+1", "'+7")
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.usefixtures("book")
def test_the_workbook_is_the_same_table(sign_in: SignIn) -> None:
    browser = sign_in("agent")
    head, row = _cells(browser.get("/loans.csv", {"bucket": "M2"}))

    answer: Any = browser.get("/loans.xlsx", {"bucket": "M2"})
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active

    numbers = {
        "principal",
        "outstanding_principal",
        "overdue_principal",
        "overdue_interest",
        "penalty",
        "days_past_due",
    }
    wanted = [float(cell) if name in numbers else cell for name, cell in zip(head, row, strict=True)]
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert list(sheet.values) == [tuple(head), tuple(wanted)]  # type: ignore[union-attr]
    assert Entry.objects.filter(action="lending.exported").count() == 2


def test_a_file_too_long_is_refused(take: Any, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lending.listing.EXPORT_ROWS_MAX", 1)
    take(loan(number="a"), loan(number="b"))

    assert sign_in("manager").get("/loans.csv").status_code == 413
    assert not Entry.objects.filter(action="lending.exported").exists()


@pytest.mark.parametrize("loans", [2, 40])
def test_the_list_asks_a_constant_number_of_questions(
    loans: int, take: Any, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    take(*(loan(number=f"n{i}") for i in range(loans)))
    browser = sign_in("manager")

    with django_assert_max_num_queries(15):
        browser.get("/loans/")
