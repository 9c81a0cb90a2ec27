"""Files that are no table, or a table in another encoding."""

from pathlib import Path
from typing import Any

import pytest

from lending.models import Borrower, Loan
from tapes import LOAN, loan, text_of, write

NO_TABLES = {
    "an empty file": b"",
    "nothing but blanks": b"\xef\xbb\xbf \r\n,,,\r\n",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
    "a photograph": b"\xff\xd8\xff\xe0" + bytes(range(256)),
    "a workbook": b"PK\x03\x04" + bytes(range(256)),
    "UTF-16": "number,funder".encode("utf-16"),
    "bytes of no kind": bytes(range(255, 0, -1)) * 9,
    "a header without its principal": text_of({k: v for k, v in LOAN.items() if k != "principal"}).encode(),
    "a column named twice": b"number," + text_of(LOAN).encode(),
    "one endless line": b"number" * 200_000,
}


@pytest.mark.parametrize("content", NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_is_refused_in_one_sentence(content: bytes, tmp_path: Path, import_loans: Any) -> None:
    path = tmp_path / "tape.csv"
    path.write_bytes(content)

    ran = import_loans(path)

    assert ran.status == 2
    assert len(ran.complaints) == 1
    assert "Traceback" not in ran.complaints[0]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, import_loans: Any) -> None:
    assert import_loans(tmp_path / "nowhere.csv").status == 2
    assert import_loans(tmp_path).status == 2


def test_a_missing_column_is_named(tmp_path: Path, import_loans: Any) -> None:
    row = {name: cell for name, cell in LOAN.items() if name not in {"principal", "periods"}}

    ran = import_loans(write(tmp_path, row))

    assert "principal, periods" in ran.complaints[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_name_survives_its_encoding(encoding: str, tmp_path: Path, import_loans: Any) -> None:
    ran = import_loans(write(tmp_path, loan(), encoding=encoding))

    assert ran.status == 0
    assert Borrower.objects.get().name.unmasked() == "王小明"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_they_like(ending: str, tmp_path: Path, import_loans: Any) -> None:
    path = tmp_path / "tape.csv"
    path.write_bytes(text_of(loan(number="a"), loan(number="b")).replace("\n", ending).encode())

    assert import_loans(path).report["new"] == 2


def test_a_damaged_line_does_not_turn_the_others_into_another_encoding(tmp_path: Path, import_loans: Any) -> None:
    lines = text_of(loan(number="a"), loan(number="b"), loan(number="c")).encode().splitlines(keepends=True)
    lines[2] = lines[2].replace("王".encode(), b"\xff\xfe")
    path = tmp_path / "tape.csv"
    path.write_bytes(b"".join(lines))

    ran = import_loans(path)

    assert ran.status == 3
    assert list(ran.reasons) == [3]
    assert {loan.borrower.name.unmasked() for loan in Loan.objects.all()} == {"王小明"}


def test_a_header_without_rows_is_no_error(tmp_path: Path, import_loans: Any) -> None:
    path = tmp_path / "tape.csv"
    path.write_text(text_of(LOAN).splitlines()[0])

    ran = import_loans(path)

    assert (ran.status, ran.report["rows"]) == (0, 0)
