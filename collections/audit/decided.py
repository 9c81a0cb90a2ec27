"""Requests that one person makes and a second one decides: the database keeps what was asked for, and what was decided on it.

A model with fields `state`, beginning at `waiting`, and `maker` says `decided_once = Decided(…)`. Of a row that waits its decision
alone is written, who asked for what is not; of one that waits no more only what goes on after the decision is.
"""

from typing import Any, NamedTuple

WAITING = "waiting"
_DIFFERS = {"sqlite": 'OLD."{0}" IS NOT NEW."{0}"', "postgresql": 'OLD."{0}" IS DISTINCT FROM NEW."{0}"'}


class Decided(NamedTuple):
    """Fields that the decision writes beside `state`, fields that change afterwards, and moves of the state that follow it."""

    once: tuple[str, ...]
    later: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()


def what_is_refused(model: Any, vendor: str) -> str:
    """The condition, over the row as it is and as it would be, under which the database refuses a change."""
    rule: Decided = model.decided_once
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    differs = {name: _DIFFERS[vendor].format(column) for name, column in columns.items()}
    asked = [words for name, words in differs.items() if name not in {"state", *rule.once, *rule.later}]
    moves = [f"(OLD.state = '{source}' AND NEW.state = '{target}')" for source, target in rule.moves]
    moved = " AND NOT ".join([differs["state"], *moves])
    decided = " OR ".join([*(differs[name] for name in rule.once), f"({moved})"])
    return " OR ".join([*asked, f"(OLD.state <> '{WAITING}' AND ({decided}))"])
