"""`fit_scorecard` and `score_file`, as the command contract has them."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from risk.scorecard.measures import auc, ks
from risk.scorecard.tables import columns_of
from tests.risk.scorecard.test_building import PEOPLE

CARDS = Path(__file__).resolve().parents[4] / "shared" / "data" / "uci_credit_default.csv"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write(tmp_path / "people.csv", PEOPLE.table)


def write(path: Path, table: dict[str, list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        out = csv.writer(file)
        out.writerow(table)
        out.writerows(zip(*table.values(), strict=True))
    return path


def fit(table: Path, **asked: str) -> Path:
    model = table.with_suffix(".json")
    call_command(
        "fit_scorecard", str(table), target=asked.pop("target", "bad"), out=model, stdout=io.StringIO(), **asked
    )
    return model


def scored(model: Path, table: Path) -> list[dict[str, str]]:
    out = io.StringIO()
    call_command("score_file", str(model), str(table), stdout=out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def test_a_file_is_scored_row_by_row(table: Path) -> None:
    rows = scored(fit(table), table)

    assert [row["id"] for row in rows] == PEOPLE.table["id"]
    assert list(rows[0]) == ["id", "score", "probability"]
    assert auc([float(row["probability"]) for row in rows], PEOPLE.bads) > 0.75


def test_the_target_need_not_be_there_and_is_never_looked_at(table: Path, tmp_path: Path) -> None:
    model = fit(table)
    without = {name: cells for name, cells in PEOPLE.table.items() if name != "bad"}
    turned = PEOPLE.table | {"bad": ["1" if cell == "0" else "0" for cell in PEOPLE.table["bad"]]}

    assert scored(model, write(tmp_path / "without.csv", without)) == scored(model, table)
    assert scored(model, write(tmp_path / "turned.csv", turned)) == scored(model, table)


def test_the_same_input_gives_the_same_model(table: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "again.csv", PEOPLE.table)

    assert fit(table).read_bytes() == fit(other).read_bytes()


def test_excluded_columns_may_be_missing_when_scored(table: Path, tmp_path: Path) -> None:
    model = fit(table, exclude="home,noise")
    less = {name: cells for name, cells in PEOPLE.table.items() if name not in {"home", "noise"}}

    assert len(scored(model, write(tmp_path / "less.csv", less))) == len(PEOPLE.bads)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_chinese_header_is_understood_however_it_is_encoded(encoding: str, tmp_path: Path) -> None:
    table = {"id": PEOPLE.table["id"], "逾期次数": PEOPLE.table["late"], "bad": PEOPLE.table["bad"]}

    model = fit(write(tmp_path / "chinese.csv", table, encoding))

    assert [each["name"] for each in json.loads(model.read_text())["inputs"]] == ["逾期次数"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "name every column"),
        ("id,bad\n", "no rows"),
        ("id,id,bad\n1,2,0\n", "name every column"),
        ("id,late,bad\n1,2\n", "line 2 has 2 cells"),
        ("id,late,bad\n1,2,yes\n", "bad is 'yes' in row 1"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(text)

    with pytest.raises(CommandError, match=words) as refused:
        fit(path)

    assert refused.value.returncode == 2
    assert not path.with_suffix(".json").exists()


def test_an_edited_model_scores_nobody(table: Path) -> None:
    model = fit(table)
    model.write_text(model.read_text().replace('"base": ', '"base": 9', 1))

    with pytest.raises(CommandError, match="edited") as refused:
        scored(model, table)

    assert refused.value.returncode == 2


def test_a_file_without_an_input_is_refused(table: Path, tmp_path: Path) -> None:
    model = fit(table)
    less = {name: cells for name, cells in PEOPLE.table.items() if name != "late"}

    with pytest.raises(CommandError, match="no column late"):
        scored(model, write(tmp_path / "less.csv", less))


@pytest.mark.skipif(not CARDS.exists(), reason="the card histories (shared/data/uci_credit_default.csv) are not here")
def test_card_holders_that_it_has_not_seen_are_told_apart(tmp_path: Path) -> None:
    """Every fifth of 21,000 card holders (UCI, Yeh & Lien 2009) is kept back; sex and marriage are no inputs."""
    table = columns_of(CARDS)
    kept_back = [place % 5 == 0 for place in range(len(table["id"]))]
    seen, unseen = (
        {n: [c for c, kept in zip(cells, kept_back, strict=True) if kept == side] for n, cells in table.items()}
        for side in (False, True)
    )

    model = fit(write(tmp_path / "seen.csv", seen), target="default_next_month", exclude="sex,marriage")
    rows = scored(model, write(tmp_path / "unseen.csv", unseen))

    found = [float(row["probability"]) for row in rows]
    bads = [int(bad) for bad in unseen["default_next_month"]]
    assert auc(found, bads) > 0.76
    assert ks(found, bads) > 0.40
