"""`quote_plan` on the command line, and every example of its documentation."""

import io
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from plan_table import CASES, TERMS
from restructuring.instruments.quote import answer
from restructuring.instruments.reading import FIELDS

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "quote_plan.md"
BLOCKS = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
EXAMPLES = list(zip(map(json.loads, BLOCKS[::2]), map(json.loads, BLOCKS[1::2]), strict=True))


@pytest.mark.parametrize(("asked", "told"), EXAMPLES, ids=lambda each: str(each.get("instruments", "")))
def test_the_documentation_says_what_comes_out(asked: dict[str, Any], told: dict[str, Any]) -> None:
    found = answer({"terms": TERMS, **asked})

    rows = found["rows"]
    shown = {"rows": len(rows), "first": rows[0], "last": rows[-1], "comparison": found["comparison"]}
    more = {name: found[name] for name in told.keys() & {"waived", "capitalised"}}
    assert shown | more == told


def test_the_documentation_has_an_example_of_every_instrument() -> None:
    shown = {instrument["kind"] for asked, _ in EXAMPLES for instrument in asked["instruments"]}

    assert shown == set(FIELDS)


def run(monkeypatch: pytest.MonkeyPatch, text: str) -> tuple[Any, CommandError | None]:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    out, error = io.StringIO(), None
    try:
        call_command("quote_plan", stdout=out)
    except CommandError as raised:
        error = raised
    return json.loads(out.getvalue()), error


def test_the_command_answers_an_object_and_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = CASES[1].document

    one, error = run(monkeypatch, json.dumps(asked))
    several, _ = run(monkeypatch, json.dumps([asked, asked]))

    assert error is None
    assert set(one) >= {"rows", "comparison"}
    assert set(one["comparison"]) == {"total_cost_old", "total_cost_new", "present_value_loss", "apr_effective"}
    assert several == [one, one]


def test_a_refusal_ends_with_2_and_names_rule_and_field(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {**CASES[1].document, "instruments": [{"kind": "settlement", "amount": 999_999_999}]}

    told, error = run(monkeypatch, json.dumps(asked))

    assert told == {
        "error": {"rule": "more_than_owed", "field": "amount", "message": "is more than the 635601 that is owed"}
    }
    assert error is not None
    assert error.returncode == 2


@pytest.mark.parametrize("text", ["", "{", "7", "null", '{"on": NaN}', "[" * 100_000])
def test_what_is_no_plan_is_refused_without_a_field(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    told, error = run(monkeypatch, text)

    assert (told["error"]["rule"], told["error"]["field"]) == ("input", None)
    assert error is not None
