"""A lender's own columns: translated cell by cell, remembered by lender and header."""

import json
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from audit.models import Entry
from lending.imports.formats import FORMATS
from lending.imports.mapping import DayOrder, Mapping, fingerprint, guess, iso_text
from lending.imports.records import header_of
from lending.imports.remembering import mapping_of, remember, remembered
from lending.imports.source import inspect
from lending.mapping_form import MappingForm
from lending.models import ImportMapping, Instalment, Loan, Payment
from staff.models import Role, User
from tapes import text_of

AT = datetime(2026, 4, 20, 2, tzinfo=UTC)
THEIRS = {
    "合同号": "HT-1",
    "客户编号": "K-9",
    "姓名": "王小明",
    "手机号": "19900000001",
    "产品": "cash-12",
    "放款金额": "12,000.00",
    "年利率": "24",
    "期数": "12",
    "还款方式": "等额本息",
    "放款日期": "2026年1月15日",
}
MAPPING = Mapping(
    {
        "number": "合同号", "borrower_ref": "客户编号", "borrower_name": "姓名", "phone": "手机号", "product": "产品",
        "principal": "放款金额", "annual_rate": "年利率", "periods": "期数", "method": "还款方式", "start_on": "放款日期",
    },
    {"currency": "CNY", "funder": "North Bank"},
    DayOrder.YEAR,
)  # fmt: skip


def tape(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "theirs.csv"
    path.write_text(text_of(*rows))
    return path


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-1-5", DayOrder.YEAR, "2026-01-05"),
        ("2026/01/05", DayOrder.YEAR, "2026-01-05"),
        ("20260105", DayOrder.YEAR, "2026-01-05"),
        ("2026年1月5日", DayOrder.YEAR, "2026-01-05"),
        ("2026-01-05 00:00:00", DayOrder.YEAR, "2026-01-05"),
        ("2026-01-05T08:30", DayOrder.YEAR, "2026-01-05"),
        ("05/01/2026", DayOrder.DAY, "2026-01-05"),
        ("5.1.2026", DayOrder.DAY, "2026-01-05"),
        ("1/5/2026", DayOrder.MONTH, "2026-01-05"),
        ("1/5/26", DayOrder.MONTH, "1/5/26"),
        ("tomorrow", DayOrder.YEAR, "tomorrow"),
        ("", DayOrder.YEAR, ""),
    ],
)
def test_a_day_is_read_in_the_lenders_order(text: str, order: DayOrder, day: str) -> None:
    assert iso_text(text, order) == day


def test_a_header_is_known_whatever_the_order_of_its_columns() -> None:
    assert fingerprint(["a", "b"]) == fingerprint(["b", "a"]) != fingerprint(["a", "c"])


def test_names_that_lenders_use_are_guessed_and_each_of_theirs_once() -> None:
    guessed = guess(list(THEIRS), FORMATS["native"].columns)

    assert guessed.columns == MAPPING.columns
    assert guess(["金额", "loan_no"], FORMATS["payments"].columns).columns == {
        "loan_number": "loan_no",
        "amount": "金额",
    }


def test_a_mapped_file_reads_as_our_own_and_its_bad_rows_are_named(tmp_path: Path) -> None:
    source = inspect(tape(tmp_path, THEIRS, THEIRS | {"期数": "0"}))

    good, bad = FORMATS["native"]._replace(mapping=MAPPING).read(source)

    assert good.row
    assert good.row.content == {
        "funder": "north-bank", "product": "cash-12", "borrower_ref": "K-9", "currency": "CNY", "periods": 12,
        "principal": 1_200_000, "annual_rate": 240_000, "method": "equal_installment", "frequency": "monthly",
        "start_on": date(2026, 1, 15), "first_due_on": date(2026, 2, 15), "day_count": "month/12", "more_terms": {},
    }  # fmt: skip
    assert bad.problem
    assert (bad.problem.line, bad.problem.key) == (3, "HT-1")
    assert "王小明" not in bad.problem.cells


@pytest.mark.django_db
def test_the_last_answer_of_a_lender_is_remembered_and_recorded() -> None:
    by = User.objects.create(username="ma", role=Role.MANAGER)
    native = FORMATS["native"]
    for days in (DayOrder.YEAR, DayOrder.DAY):
        wanted = native._replace(mapping=MAPPING._replace(days=days))
        remember(wanted, lender=("north-bank", "North Bank"), header=list(THEIRS), by=by, at=AT)

    kept = remembered(native, list(reversed(THEIRS)))

    assert [mapping_of(each) for each in kept] == [MAPPING._replace(days=DayOrder.DAY)]
    assert remembered(FORMATS["payments"], list(THEIRS)) == []
    assert Entry.objects.filter(action="lending.import_mapping_kept", actor="ma").count() == 2


@pytest.mark.django_db
def test_a_command_reads_a_lenders_file_as_remembered(tmp_path: Path) -> None:
    by = User.objects.create(username="ma", role=Role.MANAGER)
    path = tape(tmp_path, THEIRS)
    wanted = FORMATS["native"]._replace(mapping=MAPPING)
    remember(wanted, lender=("north-bank", "North Bank"), header=header_of(inspect(path)), by=by, at=AT)
    out, errors = StringIO(), StringIO()

    call_command("import_loans", str(path), "--format", "native", "--lender", "north-bank", "--json", stdout=out)
    with pytest.raises(SystemExit) as unknown:
        call_command("import_loans", str(path), "--format", "native", "--lender", "other", stderr=errors)

    assert json.loads(out.getvalue())["new"] == 1
    assert Loan.objects.get().number == "HT-1"
    assert unknown.value.code == 2
    assert "No columns are remembered for other" in errors.getvalue()


@pytest.mark.django_db
def test_payments_are_mapped_too(tmp_path: Path) -> None:
    path = tape(tmp_path, {"流水号": "S-1", "借据号": "none", "还款日期": "3/2/2026", "金额": "10.00"})
    by = User.objects.create(username="ma", role=Role.MANAGER)
    mapping = Mapping(
        {"reference": "流水号", "loan_number": "借据号", "value_on": "还款日期", "amount": "金额"},
        {"currency": "CNY"},
        DayOrder.DAY,
    )
    header = header_of(inspect(path))
    remember(FORMATS["payments"]._replace(mapping=mapping), lender=("n", "N"), header=header, by=by, at=AT)
    out = StringIO()

    call_command("import_payments", str(path), "--lender", "n", "--json", stdout=out)

    assert json.loads(out.getvalue())["suspended"] == 1
    assert not Payment.objects.exists()
    assert ImportMapping.objects.get().lender_name == "N"


@pytest.mark.django_db
def test_a_lenders_own_columns_give_what_few_lenders_have(tmp_path: Path) -> None:
    by = User.objects.create(username="ma", role=Role.MANAGER)
    path = tape(tmp_path, THEIRS | {"宽限期数": "2"})
    mapping = MAPPING._replace(
        columns=MAPPING.columns | {"principal_grace_periods": "宽限期数"}, always=MAPPING.always | {"rounding": "up"}
    )
    wanted = FORMATS["native"]._replace(mapping=mapping)
    remember(wanted, lender=("north-bank", "North Bank"), header=header_of(inspect(path)), by=by, at=AT)

    call_command("import_loans", str(path), "--format", "native", "--lender", "north-bank", "--json", stdout=StringIO())

    assert Loan.objects.get().more_terms == {"principal_grace_periods": 2, "rounding": "up"}
    assert list(Instalment.objects.order_by("n").values_list("principal", flat=True)[:2]) == [0, 0]


@pytest.mark.django_db
def test_the_page_offers_them_folded_away_until_one_is_chosen(tmp_path: Path) -> None:
    native, header = FORMATS["native"], [*THEIRS, "宽限期数"]
    plain = MappingForm(wanted=native, header=header, initial=MappingForm.initial_of(guess(header, native.mappable)))
    chosen = MappingForm({"column_principal_grace_periods": "宽限期数"}, wanted=native, header=header)

    assert [row.name for row in plain.more_rows()] == list(native.more)
    assert not {row.name for row in plain.rows()} & set(native.more)
    assert (plain.has_more(), chosen.has_more()) == (False, True)
    assert not {f"column_{name}" for name in native.more} & chosen.errors.keys()
    assert MappingForm(wanted=FORMATS["payments"], header=header).more_rows() == []
