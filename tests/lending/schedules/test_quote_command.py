"""`quote_schedule` on the command line: JSON in, JSON out, exit code 2 when the input makes no sense."""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

V24 = {"principal": 1_200_000, "annual_rate": "24", "periods": 12, "start_on": "2026-01-31"}
Quote = Callable[[str | bytes], Any]


@pytest.fixture
def quote(monkeypatch: pytest.MonkeyPatch) -> Quote:
    """Feeds the command and gives its answer with the error it ended in."""

    def run(text: str | bytes) -> tuple[Any, CommandError | None]:
        raw = text.encode() if isinstance(text, str) else text
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        out = io.StringIO()
        error = None
        try:
            call_command("quote_schedule", stdout=out)
        except CommandError as raised:
            error = raised
        return json.loads(out.getvalue()), error

    return run


def test_an_object_is_answered_with_its_rows_and_its_cost(quote: Quote) -> None:
    answer, error = quote(json.dumps(V24))

    assert error is None
    assert answer["rows"][0] == {
        "n": 1,
        "due_on": "2026-02-28",
        "principal": 89_472,
        "interest": 24_000,
        "total": 113_472,
        "balance": 1_110_528,
    }
    assert [row["total"] for row in answer["rows"]] == [113_472] * 11 + [113_467]
    assert answer["total_interest"] == 161_659
    assert (answer["apr_nominal"], answer["apr_effective"]) == ("24.0002", "26.8244")


def test_a_list_is_answered_with_a_list(quote: Quote) -> None:
    answer, error = quote(json.dumps([V24, {**V24, "periods": 1}]))

    assert error is None
    assert [len(each["rows"]) for each in answer] == [12, 1]


def test_wrong_terms_name_the_field_and_end_with_2(quote: Quote) -> None:
    answer, error = quote(json.dumps({**V24, "periods": 0}))

    assert answer == {"error": {"field": "periods", "message": "must lie between 1 and 1200"}}
    assert error is not None
    assert error.returncode == 2


def test_a_wrong_item_of_a_list_keeps_its_place_and_the_others_are_quoted(quote: Quote) -> None:
    answer, error = quote(json.dumps([V24, {**V24, "annual_rate": "x"}, 7]))

    assert "rows" in answer[0]
    assert [each["error"]["field"] for each in answer[1:]] == ["annual_rate", None]
    assert str(error).startswith("item 2: annual_rate: ")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("{", id="half an object"),
        pytest.param("\x00", id="binary"),
        pytest.param(b"\xff\xfe{}", id="another encoding"),
        pytest.param('{"principal": NaN}', id="not a number"),
        pytest.param("[" * 100_000, id="endless nesting"),
        pytest.param('{"principal": ' + "9" * 5_000 + "}", id="endless number"),
        pytest.param("7", id="a bare number"),
        pytest.param('"terms"', id="a bare text"),
        pytest.param("null", id="null"),
    ],
)
def test_what_is_no_json_object_is_refused_without_a_field(quote: Quote, text: str | bytes) -> None:
    answer, error = quote(text)

    assert answer["error"]["field"] is None
    assert error is not None
    assert error.returncode == 2


def test_a_rate_written_as_a_number_is_taken_exactly(quote: Quote) -> None:
    as_number, _ = quote(json.dumps(V24).replace('"24"', "15.6"))
    as_text, _ = quote(json.dumps({**V24, "annual_rate": "15.6"}))

    assert as_number == as_text


def test_instalments_that_cannot_repay_are_refused(quote: Quote) -> None:
    answer, error = quote(json.dumps({**V24, "method": "fixed_installment", "fixed_installment": 100}))

    assert answer["error"]["field"] == "fixed_installment"
    assert error is not None
