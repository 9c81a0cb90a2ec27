"""S19: every table that leaves as a file, generated from the routes: nothing in it computes, its values come back, it is on record,
it holds what the person sees and no more rows than it may.

Nine hostile beginnings in every run, TESTS_AT_SIZE=1 all of them before every kind of rest.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from openpyxl import load_workbook

from audit.models import Entry
from cases.referrals.models import Agency
from lending.imports.uploads import bad_rows_of
from lending.models import Borrower, Loan, Product
from lending.personal import PersonName
from lending.spreadsheets import FORMULA_STARTS, csv_pieces, restored
from lending.workbooks import unescaped
from sizes import AT_SIZE
from two_desks import House, sent
from who_may import Rule, written

STARTS = [*FORMULA_STARTS, '"', "'=", " =", '"=', "=cmd|' /C calc'!A0;"]
RESTS = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example")', "a;=1+1", 'x","=1+1', "\t=1+1", "李"]
HOSTILE = (
    [start + rest for start in STARTS for rest in RESTS]
    if AT_SIZE
    else [start + RESTS[n % len(RESTS)] for n, start in enumerate(STARTS)]
)
AS_FILES = [
    rule for rule in written() if rule.method == "GET" and rule.route.endswith((".csv", ".xlsx", ".<slug:kind>"))
]
CAPS = {
    "/loans": "lending.listing.EXPORT_ROWS_MAX",
    "/cases": "cases.listing.EXPORT_ROWS_MAX",
    "/funders": "lending.views.funder_reports.EXPORT_ROWS_MAX",
    "/agencies": "cases.referrals.agency_views.ROWS_MAX",
}
"""How many rows each may have. Rows that were left out of an import are no more than its file had; rates are so many a month."""

pytestmark = pytest.mark.django_db


def kept(text: str) -> str:
    """As the database keeps it: PostgreSQL takes no NUL. Those that are sealed, and rows in files, may have one on either."""
    return text.replace("\x00", "") if connection.vendor == "postgresql" else text


def kinds_of(rule: Rule) -> list[str]:
    return ["csv", "xlsx"] if "<slug:kind>" in rule.route else [rule.route.rpartition(".")[2]]


FILES = [(rule, kind) for rule in AS_FILES for kind in kinds_of(rule)]
CAPPED = [(rule, kind) for rule, kind in FILES if not rule.route.startswith(("/imports", "/portfolio"))]


def named(files: list[tuple[Rule, str]]) -> list[str]:
    return [f"{rule.route} {kind}" for rule, kind in files]


def address(house: House, rule: Rule, kind: str) -> str:
    if rule.route.startswith("/agencies"):
        Agency.objects.get_or_create(code="fair")
        return rule.route.replace("<slug:code>", "fair").replace("<slug:kind>", kind)
    return house.address(rule.route, rule.about)


def taken(house: House, rule: Rule, kind: str, name: str) -> Any:
    return sent(house.browsers[name], "GET", address(house, rule, kind), is_kept_back=False)


def whoever(rule: Rule) -> str:
    return next(
        name
        for name, letter in (("agent", "A"), ("supervisor", "S"), ("manager", "M"))
        if letter in rule.may or rule.may == "all"
    )


def cells_of(answer: Any, kind: str) -> Iterator[Any]:
    """Every cell as a spreadsheet takes it from the file; no formula among them, and the sheet has nothing but cells."""
    body = answer.getvalue() if isinstance(answer, StreamingHttpResponse) else answer.content
    if kind == "csv":
        for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")):
            yield from row
        return
    for line in load_workbook(io.BytesIO(body)).worksheets[0].iter_rows():
        for cell in line:
            assert cell.data_type in {"s", "inlineStr", "n"}, cell.value
            yield cell.value


@pytest.mark.parametrize(("rule", "kind"), FILES, ids=named(FILES))
def test_a_file_is_inert_and_its_values_come_back(house: House, rule: Rule, kind: str) -> None:
    north = house.north
    read: set[str] = set()
    for text in HOSTILE:
        Borrower.objects.filter(pk=north.borrower.pk).update(name=PersonName(text), ref=kept(text)[:40])
        Loan.objects.filter(pk=north.loan.pk).update(number=kept(text)[:40])
        Product.objects.filter(pk=north.loan.product_id).update(name=kept(text)[:60])
        bad_rows_of(house.rows["job"].pk).write_text(
            "".join(csv_pieces([["2", text]], head=["line", "reason"])), newline=""
        )

        answer = taken(house, rule, kind, whoever(rule))

        assert answer.status_code == 200
        for cell in cells_of(answer, kind):
            if isinstance(cell, str):
                assert not cell.lstrip("' ").startswith(FORMULA_STARTS) or cell.startswith("'"), cell
                read.add(restored(unescaped(cell)) if kind == "xlsx" else restored(cell))
    if rule.route.startswith(("/loans", "/cases")):
        assert {kept(text)[:40] for text in HOSTILE} <= read


@pytest.mark.parametrize(("rule", "kind"), FILES, ids=named(FILES))
def test_a_file_is_on_record_and_names_who_took_it(house: House, rule: Rule, kind: str) -> None:
    before = Entry.objects.count()

    answer = taken(house, rule, kind, whoever(rule))

    entry = Entry.objects.order_by("-number")[0]
    assert answer.status_code == 200
    assert Entry.objects.count() == before + 1
    assert (entry.actor, entry.request_id) == (house.people[whoever(rule)].username, answer["X-Request-ID"])
    assert "export" in entry.action or entry.action == "lending.funder_report"
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize(("rule", "kind"), CAPPED, ids=named(CAPPED))
def test_a_file_of_too_many_rows_is_refused_and_not_on_record(
    house: House, rule: Rule, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cap = next(name for start, name in CAPS.items() if rule.route.startswith(start))
    monkeypatch.setattr(cap, -1 if rule.route.startswith("/agencies") else 0)
    before = Entry.objects.count()

    answer = taken(house, rule, kind, "supervisor")

    assert answer.status_code == 413
    assert Entry.objects.count() == before


@pytest.mark.parametrize(("rule", "kind"), FILES, ids=named(FILES))
def test_a_file_holds_nothing_of_the_other_desk(house: House, rule: Rule, kind: str) -> None:
    if rule.about == "funder":
        return  # a funder's report is about every loan of that funder, and open to those who see its terms
    cells = {str(cell) for cell in cells_of(taken(house, rule, kind, whoever(rule)), kind)}

    assert not cells & {house.south.loan.number, house.south.borrower.ref}


def test_machines_are_told_what_a_funder_received_on_record_and_up_to_a_bound(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, before = house.browsers["supervisor"], Entry.objects.count()
    told = sent(browser, "GET", "/api/v1/funders/bank/report/", is_kept_back=False)
    monkeypatch.setattr("lending.api_terms.LINES_MAX", 0)
    refused = sent(browser, "GET", "/api/v1/funders/bank/report/", is_kept_back=False)

    assert (told.status_code, refused.status_code) == (200, 400)
    assert Entry.objects.count() == before + 1
