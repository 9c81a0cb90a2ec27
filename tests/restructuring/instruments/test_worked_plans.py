"""The table of worked reschedules comes out to the minor unit, beside a slow reckoning of its own."""

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

import slow_plans as slow
from plan_table import BEHIND, CASES, LEFT, LEFT_BEHIND, TERMS, Case
from restructuring.instruments.quote import answer
from restructuring.instruments.reading import FIELDS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_plan_is_what_the_slow_reckoning_says(case: Case) -> None:
    found = answer(case.document)

    rows = [(row["due_on"], row["total"]) for row in found["rows"]]
    assert rows == [(day.isoformat(), total) for day, total in case.new()]
    assert found["comparison"]["present_value_loss"] == case.loss()
    assert (len(rows), rows[0][1], rows[-1][1], case.loss()) == case.figures


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_cost_is_all_that_is_still_to_be_paid(case: Case) -> None:
    found = answer(case.document)

    assert found["comparison"]["total_cost_new"] == sum(row["total"] for row in found["rows"])


def test_the_table_has_every_instrument_and_every_method() -> None:
    kinds = Counter(instrument["kind"] for case in CASES for instrument in case.instruments)
    methods = {case.terms.get("method", "equal_installment") for case in CASES}

    assert len(CASES) >= 40
    assert set(kinds) == set(FIELDS)
    assert methods == {
        "equal_installment", "equal_principal", "interest_only", "bullet", "staged", "flat", "fixed_installment",
    }  # fmt: skip


def test_v26_twelve_times_575_48_is_worth_6085_90_and_loses_270_11() -> None:
    worth = slow.half_up(slow.worth_of([(slow.day_at(n), 57_548) for n in range(1, 13)], Fraction(1, 50)))

    assert (worth, LEFT - worth) == (608_590, 27_011)


def test_v27_waives_penalty_then_interest_then_principal() -> None:
    case = next(case for case in CASES if case.id == "V27 settlement")

    assert answer(case.document)["waived"] == {"penalty": 5_720, "interest": 25_424, "principal": 168_879}


def test_v25_capitalises_three_months_into_6745_05() -> None:
    case = next(case for case in CASES if case.id == "V25 deferral capitalised")
    first = answer(case.document)["rows"][0]

    assert first["principal"] + first["balance"] == 674_505
    assert first["total"] == 120_417


def reaged_and_then(instrument: dict[str, Any], **document: Any) -> list[tuple[str, int]]:
    """Days and principal of the rows."""
    instruments = [{"kind": "reage", "periods": 9}, instrument]
    found = answer({"terms": TERMS, **BEHIND, "instruments": instruments, **document})
    return [(row["due_on"], row["principal"]) for row in found["rows"]]


def test_rows_that_a_plan_added_beyond_the_end_are_deferred_with_the_others() -> None:
    rows = reaged_and_then({"kind": "deferral", "periods": 1})

    assert [day for day, _ in rows] == [slow.day_at(n).isoformat() for n in range(2, 11)]
    assert sum(principal for _, principal in rows) == LEFT_BEHIND


def test_a_loan_past_its_end_is_extended_once_it_has_rows_again() -> None:
    rows = reaged_and_then({"kind": "extension", "days": 10}, on="2027-02-01")

    assert [day for day, _ in rows] == [f"2027-{month:02}-15" for month in range(2, 11)]
    assert sum(principal for _, principal in rows) == LEFT_BEHIND
