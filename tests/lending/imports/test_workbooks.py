"""Workbooks in: read as the same table in CSV would be, and nothing that was made to hurt is opened."""

import csv
import hashlib
import io
import resource
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from audit.models import Entry
from lending.imports.source import UnreadableError
from lending.imports.workbook import inspected, write_text
from lending.models import Loan, Payment
from lending.spreadsheets import FORMULA_STARTS, restored
from lending.workbooks import Number, workbook
from tapes import LOAN, PAYMENT, loan, payment
from tests.lending.imports.conftest import Command

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def book_of(*rows: list[Any], beside: dict[str, list[list[Any]]] | None = None) -> Workbook:
    book = Workbook(write_only=True)
    for name, table in {"table": rows, **(beside or {})}.items():
        sheet = book.create_sheet(name)
        for row in table:
            sheet.append(row)
    return book


def save(folder: Path, book: Workbook) -> Path:
    path = folder / "table.upload"
    book.save(path)
    return path


def text_in(path: Path) -> list[str]:
    with inspected(path) as source:
        return source.path.read_text("utf-8").splitlines()


@pytest.mark.django_db
def test_loans_and_payments_come_from_workbooks_as_from_text(
    tmp_path: Path, import_loans: Command, import_payments: Command
) -> None:
    typed = LOAN | {
        "phone": 19900000001, "principal": 12000.0, "annual_rate": 24, "periods": 12,
        "start_on": date(2026, 1, 15), "first_due_on": datetime.fromisoformat("2026-02-15"),
    }  # fmt: skip
    paid = PAYMENT | {"value_on": date(2026, 2, 15), "amount": 1134.72}

    loans = import_loans(save(tmp_path, book_of(list(typed), list(typed.values()))))
    payments = import_payments(save(tmp_path, book_of(list(paid), list(paid.values()))))

    assert (loans.status, loans.report["new"], payments.status, payments.report["new"]) == (0, 1, 0, 1)
    assert (Loan.objects.get().principal, Loan.objects.get().first_due_on) == (12_000_00, date(2026, 2, 15))
    assert Payment.objects.get().amount == 1_134_72


@pytest.mark.django_db
def test_the_record_names_the_workbook_by_its_own_digest(tmp_path: Path, import_loans: Command) -> None:
    path = save(tmp_path, book_of(list(LOAN), list(LOAN.values())))

    import_loans(path)

    assert hashlib.sha256(path.read_bytes()).hexdigest() in Entry.objects.get(action="lending.file_imported").facts


@pytest.mark.django_db
def test_a_bad_row_is_named_by_its_row_in_the_sheet(tmp_path: Path, import_loans: Command) -> None:
    rows = [loan(number="a"), loan(number="b", borrower_name="One\nTwo"), loan(number="c", periods="many")]
    cells: list[list[Any]] = [list(LOAN), *(list(row.values()) for row in rows[:2]), [], list(rows[2].values())]

    ran = import_loans(save(tmp_path, book_of(*cells)))

    assert (ran.status, ran.report["new"], list(ran.reasons)) == (3, 2, [5])


@pytest.mark.django_db
def test_a_number_that_lost_its_last_digits_is_no_loan(tmp_path: Path, import_loans: Command) -> None:
    row = LOAN | {"number": 6222021234567890123}

    ran = import_loans(save(tmp_path, book_of(list(row), list(row.values()))))

    assert "15 digits" in ran.reasons[2]
    assert not Loan.objects.exists()


@pytest.mark.parametrize(
    ("value", "text"),
    [(1200, "1200"), (1200.5, "1200.5"), (0.1 + 0.2, "0.3"), (24.0, "24"), (1e-7, "0.0000001"), (True, "TRUE"),
     (date(2026, 1, 31), "2026-01-31"), (datetime.fromisoformat("2026-01-31T09:30"), "2026-01-31 09:30:00"), ("a\nb", "a b")],
)  # fmt: skip
def test_a_cell_reads_as_it_is_shown(value: Any, text: str, tmp_path: Path) -> None:
    assert text_in(save(tmp_path, book_of(["head", "more"], [value, "x"]))) == ["head,more", f"{text},x"]


def test_the_one_sheet_with_rows_is_read_and_several_are_refused(tmp_path: Path) -> None:
    assert text_in(save(tmp_path, book_of(["a"], beside={"empty": []}))) == ["a"]
    with pytest.raises(UnreadableError, match="Several sheets"):
        text_in(save(tmp_path, book_of(["a"], beside={"more": [["b"]]})))


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x85\u2028\u2029\v\f\x1c\x1d\x1e\uffff")
)


@given(texts=st.lists(st.one_of(TEXTS, st.tuples(st.sampled_from(FORMULA_STARTS[:5]), TEXTS).map("".join)), min_size=1))
def test_what_was_written_out_comes_back(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Leading and trailing blanks aside, which no cell of a file keeps."""
    path, target = tmp_path_factory.getbasetemp() / "out.xlsx", tmp_path_factory.getbasetemp() / "out.csv"
    path.write_bytes(workbook([texts], head=["h"] * len(texts)).read())
    write_text(path, target)

    with target.open(encoding="utf-8", newline="") as file:
        _head, *rows = csv.reader(file)
    assert [restored(cell) for cell in (rows[0] if rows else [])] == (texts if any(texts) else [])


def test_no_cell_that_is_written_is_a_formula() -> None:
    file = workbook([[f"{start}1+1" for start in FORMULA_STARTS], [Number("-12.50")]], head=["a"])

    sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count("preserve\">'") == len(FORMULA_STARTS)
    assert "<v>-12.50</v>" in sheet


def plain_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(workbook([["1"]], head=["a"])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], *, before: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return before + file.getvalue()


def with_sheet(content: str) -> bytes:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{content}</sheetData></worksheet>'
    return packed(plain_parts() | {"xl/worksheets/sheet1.xml": sheet.encode()})


def with_prolog(prolog: str, text: str) -> bytes:
    sheet = (
        f'{prolog}<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>{text}</v></c></row></sheetData></worksheet>'
    )
    return packed(plain_parts() | {"xl/worksheets/sheet1.xml": sheet.encode()})


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
EVIL: dict[str, Callable[[], bytes]] = {
    "a ZIP that is none": lambda: b"PK\x03\x04 and then nothing of the kind",
    "cut short": lambda: packed(plain_parts())[:-40],
    "a bomb": lambda: packed(plain_parts() | {"xl/media/1.bin": bytes(80 * 1024 * 1024)}),
    "a bomb below the limit": lambda: packed(plain_parts() | {"xl/media/1.bin": bytes(40 * 1024 * 1024)}),
    "many parts": lambda: packed(plain_parts() | {f"xl/media/{n}": b"x" for n in range(600)}),
    "a billion laughs": lambda: with_prolog(f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>', "&l11;"),
    "an entity from outside": lambda: with_prolog('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;"),
    "a name that climbs": lambda: packed(plain_parts() | {"../../etc/cron.d/x": b"x"}),
    "macros": lambda: packed(plain_parts() | {"xl/vbaProject.bin": b"x"}),
    "another ZIP": lambda: packed({"hello.txt": b"x"}),
    "no table at all": lambda: packed({"xl/workbook.xml": b"<workbook/>"}),
    "a row wider than any table": lambda: with_sheet(f"<row>{'<c/>' * 300}</row>"),
    "a cell far out": lambda: with_sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>'),
    "a row far down": lambda: with_sheet('<row r="99999999999"><c><v>1</v></c></row>'),
    "cells without end": lambda: with_sheet("".join(f"<row><c><v>{n * n}</v></c></row>" for n in range(700_000))),
    "a cell without end": lambda: with_sheet(f'<row><c t="str"><v>{"x1y2" * 100_000}</v></c></row>'),
    "a style sheet without end": lambda: packed(plain_parts() | {"xl/styles.xml": b"<s>" + b"<x/>" * 200_000 + b"</s>"}),
    "broken XML": lambda: with_sheet("<row><c>"),
    "a number that is none": lambda: with_sheet("<row><c><v>1e999999999</v></c><c><v>x</v></c></row>"),
}  # fmt: skip


@pytest.mark.parametrize("make", EVIL.values(), ids=EVIL.keys())
def test_what_was_made_to_hurt_is_refused_in_no_time(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "evil.xlsx"
    path.write_bytes(make())
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(UnreadableError), inspected(path):
        pass

    assert time.process_time() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    assert [each.name for each in tmp_path.iterdir()] == ["evil.xlsx"]


def test_a_picture_with_a_workbook_behind_it_is_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "evil.xlsx"
    path.write_bytes(packed(plain_parts(), before=b"\x89PNG\r\n\x1a\n"))

    with pytest.raises(UnreadableError, match="picture"), inspected(path):
        pass


@pytest.mark.django_db
def test_the_same_workbook_twice_changes_nothing(tmp_path: Path, import_payments: Command) -> None:
    path = save(tmp_path, book_of(list(PAYMENT), *(list(payment(reference=f"P-{n}").values()) for n in range(3))))

    counts = [import_payments(path).report for _time in range(2)]

    assert [(each["suspended"], each["already_there"]) for each in counts] == [(3, 0), (0, 3)]
