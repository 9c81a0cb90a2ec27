"""Make a scorecard from a table: bins, a logistic fit over them, points. Pure; the same table gives the same card.

What a person is born as, believes or is married to is never an input, whoever asks; nor are phone books, social media and call
records (Personal Information Protection Law arts. 24 and 28; the house's rule).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from risk.scorecard import calibration, fitting
from risk.scorecard.bins import Bins, Tally, learn
from risk.scorecard.card import Input, Scorecard
from risk.scorecard.evidence import information_value
from risk.scorecard.scaling import Scale

NEVER: Final = re.compile(
    r"sex|gender|marriage|marital(_status)?|ethnicity|ethnic_group|race|religion|nationality"
    r"|phone_?book|contacts_count|social_media|call_records?|性别|婚姻|婚姻状况|民族|宗教|通讯录|通话记录",
    re.IGNORECASE,
)
IDENTIFIER: Final = "id"
SUSPECT: Final = 0.5
"""Information above this is more likely a leak of the answer than a cause of it."""


class BuildError(ValueError):
    """A table from which no scorecard can be made; says which column and why."""


class Built(NamedTuple):
    """The card, and what whoever asked for it should know, in words."""

    card: Scorecard
    notes: list[str]


class _Column(NamedTuple):
    """A column that tells somebody apart, with the bin of each of its rows."""

    name: str
    bins: Bins
    places: list[int]


def build(
    table: Mapping[str, Sequence[str]], *, target: str, exclude: Collection[str] = (), scale: Scale | None = None
) -> Built:
    """A card from columns of texts; `target` holds 1 (what is to be foreseen) or 0. BuildError."""
    scale = scale or Scale()
    bads = _target_of(table, target)
    unknown = sorted(set(exclude) - set(table))
    if unknown:
        raise BuildError(f"there is no column {', '.join(unknown)} to exclude")
    never = {name for name in table if NEVER.fullmatch(name.strip())}
    notes = [f"{name}: never an input" for name in sorted(never - set(exclude))]
    columns = []
    for name in table:
        if name not in {IDENTIFIER, target, *never, *exclude}:
            column = _column(name, table[name], bads)
            if column:
                columns.append(column)
            else:
                notes.append(f"{name}: left out, it tells nobody apart")
    if not columns:
        raise BuildError("no column is left that tells anybody apart")
    base, inputs = _points(columns, bads, scale)
    notes += [
        f"{each.name}: information {each.information:.2f} is suspect: is it known before the target is?"
        for each in inputs
        if each.information > SUSPECT
    ]
    curve = calibration.learn(_scores(base, inputs, columns), bads)
    left_out = tuple(sorted({*never, *exclude}))
    return Built(Scorecard(target, base, scale, tuple(inputs), curve, len(bads), sum(bads), left_out), notes)


def _target_of(table: Mapping[str, Sequence[str]], target: str) -> list[int]:
    if target not in table:
        raise BuildError(f"there is no column {target}")
    values = {"0": 0, "1": 1, "0.0": 0, "1.0": 1}
    bads = [values.get(each.strip()) for each in table[target]]
    for row, bad in enumerate(bads, start=1):
        if bad is None:
            raise BuildError(f"{target} is {table[target][row - 1]!r} in row {row}: it has to be 1 or 0")
    known = [bad for bad in bads if bad is not None]
    if not 0 < sum(known) < len(known):
        raise BuildError(f"{target} has one value only: nothing can be learnt from it")
    return known


def _column(name: str, values: Sequence[str], bads: Sequence[int]) -> _Column | None:
    bins = learn(values, bads)
    places = [place for place in map(bins.place, values) if place is not None]
    assert len(places) == len(values)  # every word was seen
    return _Column(name, bins, places) if len(set(places)) > 1 else None


def _points(columns: Sequence[_Column], bads: Sequence[int], scale: Scale) -> tuple[int, list[Input]]:
    """Base and points: the average row has the base alone, so that a word never seen counts as the average one."""
    fit = fitting.fit([each.places for each in columns], [each.bins.size for each in columns], bads)
    base, inputs = fit.base, []
    for (name, bins, places), effects in zip(columns, fit.effects, strict=True):
        tallies = _tallies(places, bads, bins.size)
        average = sum(tally.rows * effect for tally, effect in zip(tallies, effects, strict=True)) / len(bads)
        base += average
        points = tuple(
            round(-scale.factor * (effect - average)) if tally.rows else 0
            for tally, effect in zip(tallies, effects, strict=True)
        )
        inputs.append(Input(name, bins, points, round(information_value(tallies), 6)))
    return round(scale.offset - scale.factor * base), inputs


def _scores(base: int, inputs: Sequence[Input], columns: Sequence[_Column]) -> list[int]:
    """The sum of points of each row."""
    added = [[each.points[place] for place in column.places] for each, column in zip(inputs, columns, strict=True)]
    return [base + sum(points) for points in zip(*added, strict=True)]


def _tallies(places: Sequence[int], bads: Sequence[int], count: int) -> list[Tally]:
    tallies = [[0, 0] for _bin in range(count)]
    for place, bad in zip(places, bads, strict=True):
        tallies[place][bad] += 1
    return [Tally(*tally) for tally in tallies]
