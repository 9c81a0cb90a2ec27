"""A scorecard: a base and a whole number of points for the bin of each input, which a person can add up.

More points are safer. A value that was never seen adds nothing. The probability follows from the sum alone (`calibration`). What is
kept of a card is plain numbers and a digest over them; one that was edited is not read.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from risk.scorecard import calibration
from risk.scorecard.bins import Bins
from risk.scorecard.calibration import Knot
from risk.scorecard.scaling import Scale

FORMAT = "scorecard/1"


class CardError(ValueError):
    """A text that is no scorecard, or one that was edited; says what is wrong."""


class Input(NamedTuple):
    """A column with its bins, the points of each, and what they tell (`evidence.information_value`)."""

    name: str
    bins: Bins
    points: tuple[int, ...]
    information: float

    def points_of(self, text: str) -> int:
        place = self.bins.place(text)
        return 0 if place is None else self.points[place]


class Scorecard(NamedTuple):
    """`target` names the column that was predicted, `left_out` those that were never looked at."""

    target: str
    base: int
    scale: Scale
    inputs: tuple[Input, ...]
    curve: tuple[Knot, ...]
    rows: int
    bads: int
    left_out: tuple[str, ...]

    def score(self, row: Mapping[str, str]) -> int:
        """The sum of points of a row of texts, in which every input has its column."""
        return self.base + sum(each.points_of(row[each.name]) for each in self.inputs)

    def probability(self, score: int) -> float:
        """The probability of the target at that sum of points."""
        return calibration.probability(self.curve, self.scale, score)


def written(card: Scorecard) -> str:
    """The card as a text of JSON, always the same one for the same card."""
    body = {
        "format": FORMAT,
        "target": card.target,
        "base": card.base,
        "scale": card.scale._asdict(),
        "curve": [list(knot) for knot in card.curve],
        "rows": card.rows,
        "bads": card.bads,
        "left_out": list(card.left_out),
        "inputs": [_as_json(each) for each in card.inputs],
    }
    return json.dumps(body | {"digest": _digest(body)}, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> Scorecard:
    """The card that `written` wrote; CardError."""
    try:
        body = json.loads(text)
        digest = body.pop("digest")
        if body["format"] != FORMAT:
            raise CardError(f"the format is {body['format']!r}, not {FORMAT!r}")
        if digest != _digest(body):
            raise CardError("the model was edited after it was made: its digest does not match")
        return Scorecard(
            target=body["target"],
            base=body["base"],
            scale=Scale(**body["scale"]),
            inputs=tuple(_of_json(each) for each in body["inputs"]),
            curve=tuple(Knot(*knot) for knot in body["curve"]),
            rows=body["rows"],
            bads=body["bads"],
            left_out=tuple(body["left_out"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, CardError):
            raise
        raise CardError(f"no scorecard: {error}") from error


def _as_json(each: Input) -> dict[str, Any]:
    bins = [
        {"values": each.bins.words(place), "points": points} for place, points in enumerate(each.points)
    ]  # for whoever reads the file; the bounds and groups are what counts
    return {
        "name": each.name,
        "information": each.information,
        "bounds": list(each.bins.bounds),
        "groups": [list(group) for group in each.bins.groups],
        "points": list(each.points),
        "bins": bins,
    }


def _of_json(given: Mapping[str, Any]) -> Input:
    bins = Bins(tuple(given["bounds"]), tuple(tuple(group) for group in given["groups"]))
    points = tuple(int(each) for each in given["points"])
    if len(points) != bins.size:
        raise CardError(f"{given['name']} has {len(points)} points for {bins.size} bins")
    return Input(given["name"], bins, points, given["information"])


def _digest(body: Mapping[str, Any]) -> str:
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
