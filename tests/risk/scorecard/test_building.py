"""From a table to points that a person can add up."""

import random
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.scorecard import calibration
from risk.scorecard.bins import MISSING, Bins, learn
from risk.scorecard.building import BuildError, build
from risk.scorecard.card import CardError, Scorecard, read, written
from risk.scorecard.measures import auc
from risk.scorecard.scaling import Scale

Table = dict[str, list[str]]


@dataclass(frozen=True)
class People:
    """Rows whose risk rises with `late` and falls with `income`; `noise` says nothing, `home` a little."""

    table: Table
    bads: list[int]


def people(rows: int = 2_000, seed: int = 7) -> People:
    dice = random.Random(seed)
    table: Table = {name: [] for name in ("id", "late", "income", "noise", "home", "same", "empty", "sex", "bad")}
    bads = []
    for row in range(rows):
        late, income, home = dice.randrange(6), dice.uniform(1, 9), dice.choice(["rents", "owns", "shares"])
        chance = min(0.95, 0.05 + 0.12 * late - 0.02 * income + 0.06 * (home == "rents"))
        bads.append(int(dice.random() < max(0.02, chance)))
        cells = [
            row,
            late,
            "" if dice.random() < 0.05 else round(income, 2),
            dice.random(),
            home,
            4,
            "",
            dice.randrange(2),
        ]
        for name, cell in zip(table, [*cells, bads[-1]], strict=True):
            table[name].append(str(cell))
    return People(table, bads)


PEOPLE = people()
CARD = build(PEOPLE.table, target="bad").card


def row_of(table: Table, place: int, **changed: str) -> dict[str, str]:
    return {name: cells[place] for name, cells in table.items()} | changed


def points_of(card: Scorecard, name: str) -> dict[str, int]:
    each = next(each for each in card.inputs if each.name == name)
    return {each.bins.words(place): points for place, points in enumerate(each.points)}


def test_more_of_what_harms_has_fewer_points() -> None:
    late = [CARD.score(row_of(PEOPLE.table, 0, late=str(n))) for n in range(6)]

    assert late == sorted(late, reverse=True)
    assert late[0] > late[5] + 20


def test_the_score_is_the_sum_of_its_points() -> None:
    row = row_of(PEOPLE.table, 3)

    assert CARD.score(row) == CARD.base + sum(each.points_of(row[each.name]) for each in CARD.inputs)
    assert all(isinstance(points, int) for each in CARD.inputs for points in each.points)


def test_it_tells_bads_from_goods_that_it_has_not_seen() -> None:
    others = people(seed=8)
    found = [CARD.probability(CARD.score(row_of(others.table, place))) for place in range(len(others.bads))]

    assert auc(found, others.bads) > 0.75
    assert sum(found) / len(found) == pytest.approx(sum(others.bads) / len(others.bads), abs=0.03)


def test_what_tells_nobody_apart_and_what_is_never_asked_is_left_out_and_said() -> None:
    built = build(PEOPLE.table, target="bad", exclude={"home"})

    names = {each.name for each in built.card.inputs}
    assert {"late", "income"} <= names <= {"late", "income", "noise"}
    assert built.card.left_out == ("home", "sex")
    assert {"sex: never an input", "same: left out, it tells nobody apart"} <= set(built.notes)


@pytest.mark.parametrize("name", ["sex", "Gender", "MARRIAGE", "ethnicity", "phone_book", "民族"])
def test_what_nobody_is_judged_by_is_no_input_whatever_it_is_called(name: str) -> None:
    table = PEOPLE.table | {name: PEOPLE.table["late"]}

    assert name not in {each.name for each in build(table, target="bad").card.inputs}


def test_an_answer_among_the_inputs_is_suspected() -> None:
    table = PEOPLE.table | {"answer": PEOPLE.table["bad"]}

    assert any(note.startswith("answer: information") for note in build(table, target="bad").notes)


def test_a_word_never_seen_counts_as_the_average() -> None:
    known = {CARD.score(row_of(PEOPLE.table, 0, home=home)) for home in ("rents", "owns", "shares")}
    strange = CARD.score(row_of(PEOPLE.table, 0, home="castle"))

    assert min(known) <= strange <= max(known)


def test_what_is_missing_has_a_place_of_its_own() -> None:
    assert "missing" in points_of(CARD, "income")
    assert CARD.score(row_of(PEOPLE.table, 0, income="")) == CARD.score(row_of(PEOPLE.table, 0, income="unknown"))


def test_the_same_table_gives_the_same_card_to_the_letter() -> None:
    assert written(build(PEOPLE.table, target="bad").card) == written(CARD)


def test_a_written_card_is_read_as_it_was() -> None:
    assert read(written(CARD)) == CARD


@pytest.mark.parametrize(
    "edited",
    [
        written(CARD).replace('"base": ', '"base": 1', 1),
        written(CARD).replace('"late"', '"latf"', 1),
        written(CARD)[:-20],
        "[]",
        "{}",
        "7",
        "",
    ],
    ids=["another base", "another name", "cut", "a list", "nothing in it", "a number", "empty"],
)
def test_a_card_that_was_edited_is_not_read(edited: str) -> None:
    with pytest.raises(CardError):
        read(edited)


@pytest.mark.parametrize(
    ("change", "asked", "words"),
    [
        ({"bad": ["1"] * 2_000}, {}, "one value only"),
        ({"bad": ["2"] + ["0"] * 1_999}, {}, "row 1"),
        ({}, {"target": "worse"}, "no column worse"),
        ({}, {"exclude": {"shoe_size"}}, "shoe_size"),
        ({}, {"exclude": {"late", "income", "noise", "home"}}, "no column is left"),
    ],
)
def test_a_table_that_teaches_nothing_says_why(change: Table, asked: dict[str, object], words: str) -> None:
    with pytest.raises(BuildError, match=words):
        build(PEOPLE.table | change, **{"target": "bad", **asked})  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.one_of(st.just(""), st.integers(-30, 30).map(str)), st.integers(0, 1)), min_size=1))
def test_every_value_of_the_table_has_a_bin(rows: list[tuple[str, int]]) -> None:
    bins = learn([value for value, _bad in rows], [bad for _value, bad in rows])
    places = [bins.place(value) for value, _bad in rows]

    assert all(place is not None and 0 <= place < bins.size for place in places)
    assert all((place == MISSING) == (not value) for place, (value, _bad) in zip(places, rows, strict=True))


def test_bounds_hold_what_is_at_most_them() -> None:
    bins = Bins(bounds=(0, 10))

    assert [bins.place(text) for text in ("-3", "0", "0.5", "10", "11", "", "nan", "x")] == [1, 1, 2, 2, 3, 0, 0, 0]
    assert [bins.words(place) for place in range(bins.size)] == ["missing", "≤ 0", "0 … 10", "> 10"]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(400, 700), st.integers(0, 1)), min_size=60, max_size=300))
def test_more_points_always_mean_less(rows: list[tuple[int, int]]) -> None:
    knots = calibration.learn([score for score, _bad in rows], [bad for _score, bad in rows])
    found = [calibration.probability(knots, Scale(), score) for score in range(300, 800, 5)]

    assert all(more < less for less, more in pairwise(found))
    assert all(0 < each < 1 for each in found)
