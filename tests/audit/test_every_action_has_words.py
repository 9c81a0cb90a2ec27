"""Every action that the code records is told in words: a presenter is registered for it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit import presenters
from cases.moves import MOVES
from cases.referrals.words import EVENTS as REFERRAL_EVENTS
from restructuring.states import MOVES as PLAN_MOVES

ROOT = Path(__file__).parent.parent.parent
FLOORS = ("collections", "lending", "risk", "config")
DECIDED = ("requested", "approved", "rejected", "withdrawn")
COMPOSED = {
    "cases.{step.event}": [f"cases.{event}" for event in MOVES],
    "cases.complaint_{event}": [
        f"cases.complaint_{each}" for each in ("taken", "given", "put_off", "answered", "withdrawn", "noted")
    ],
    "cases.referral_{event}": [f"cases.referral_{event}" for event in REFERRAL_EVENTS],
    "lending.change_{event}": [f"lending.change_{each}" for each in ("proposed", "approved", "rejected", "withdrawn")],
    "lending.refund_{event}": [f"lending.refund_{each}" for each in ("requested", "approved", "rejected")],
    "lending.{request.kind}_{event}": [
        f"lending.{kind}_{each}" for kind in ("waiver", "write_off") for each in DECIDED
    ],
    "lending.{what}": ["lending.pay_link_paid", "lending.debit_succeeded"],
    "lending.pay_link_{what}": [f"lending.pay_link_{each}" for each in ("made", "cancelled", "expired")],
    "lending.debit_{what}": [
        f"lending.debit_{each}" for each in ("asked", "cancelled", "settled", "unknown", "failed")
    ],
    "restructuring.{event}": [f"restructuring.{event}" for event in ("requested", *PLAN_MOVES)],
    "action": ["cases.dealt", "cases.dealt_back", "staff.signed_in", "staff.stepped_up", "staff.recovery_code_used"],
}
"""Actions that are put together when they are recorded: all that each may become."""


def recorded() -> Iterator[ast.expr]:
    """The action of every call of `record` and every `Note`."""
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            if "migrations" in path.parts or path.name == "record.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and node.args:
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    if name in {"record", "Note"}:
                        yield node.args[0]


def words_of(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return words_of(node.body) + words_of(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return [f"={ast.unparse(node)[2:-1]}"]
    return [f"={ast.unparse(node)}"]


WRITTEN = sorted({words for node in recorded() for words in words_of(node)})


@pytest.mark.parametrize("action", [each for each in WRITTEN if not each.startswith("=")])
def test_an_action_is_told_in_words(action: str) -> None:
    assert action in presenters._PRESENTERS


def test_an_action_that_is_put_together_is_known() -> None:
    assert {each[1:] for each in WRITTEN if each.startswith("=")} <= COMPOSED.keys()


@pytest.mark.parametrize("pattern", COMPOSED)
def test_whatever_it_becomes_is_told_in_words(pattern: str) -> None:
    assert [action for action in COMPOSED[pattern] if action not in presenters._PRESENTERS] == []
