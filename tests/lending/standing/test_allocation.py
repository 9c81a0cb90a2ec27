"""Allocation: the worked waterfall V23 and the two directions."""

import pytest

from lending.allocation import PRESETS, AllocationBy, Component, Due, Part, allocate

FEE, PENALTY, COMPOUND = Component.FEE, Component.PENALTY, Component.COMPOUND
INTEREST, PRINCIPAL = Component.INTEREST, Component.PRINCIPAL
V23 = [
    Due(None, FEE, 5000),
    Due(None, PENALTY, 1789),
    Due(None, COMPOUND, 480),
    Due(1, INTEREST, 24000),
    Due(1, PRINCIPAL, 89472),
]
TWO_ROWS = [
    Due(None, PENALTY, 10),
    Due(1, INTEREST, 20),
    Due(1, PRINCIPAL, 100),
    Due(2, INTEREST, 15),
    Due(2, PRINCIPAL, 105),
]


def components(parts: list[Part]) -> list[tuple[Component, int]]:
    return [(part.component, part.amount) for part in parts]


@pytest.mark.parametrize("by", AllocationBy)
def test_v23_a_loan_pays_costs_then_penalty_then_interest_and_principal_last(by: AllocationBy) -> None:
    parts = allocate(50000, V23, PRESETS["loan"], by)

    assert components(parts) == [(FEE, 5000), (PENALTY, 1789), (COMPOUND, 480), (INTEREST, 24000), (PRINCIPAL, 18731)]


@pytest.mark.parametrize("by", AllocationBy)
def test_v23_a_card_from_91_days_pays_principal_first(by: AllocationBy) -> None:
    parts = allocate(50000, V23, PRESETS["card_from_91"], by)

    assert components(parts) == [(PRINCIPAL, 50000)]


def test_v23_a_card_to_90_days_pays_interest_and_fees_before_principal() -> None:
    parts = allocate(50000, V23, PRESETS["card_to_90"], AllocationBy.COMPONENT)

    assert components(parts) == [(INTEREST, 24000), (COMPOUND, 480), (PENALTY, 1789), (FEE, 5000), (PRINCIPAL, 18731)]


def test_by_instalment_the_oldest_is_paid_in_full_before_the_next() -> None:
    parts = allocate(140, TWO_ROWS, PRESETS["loan"], AllocationBy.INSTALMENT)

    assert parts == [Part(None, PENALTY, 10), Part(1, INTEREST, 20), Part(1, PRINCIPAL, 100), Part(2, INTEREST, 10)]


def test_by_component_all_interest_is_paid_before_any_principal() -> None:
    parts = allocate(140, TWO_ROWS, PRESETS["loan"], AllocationBy.COMPONENT)

    assert parts == [Part(None, PENALTY, 10), Part(1, INTEREST, 20), Part(2, INTEREST, 15), Part(1, PRINCIPAL, 95)]


def test_by_instalment_what_ranks_after_principal_waits_for_all_instalments() -> None:
    parts = allocate(245, TWO_ROWS, PRESETS["card_from_91"], AllocationBy.INSTALMENT)

    assert [part.n for part in parts] == [1, 1, 2, 2, None]


def test_more_than_is_due_leaves_the_rest_unallocated() -> None:
    parts = allocate(1000, TWO_ROWS, PRESETS["loan"], AllocationBy.INSTALMENT)

    assert sum(part.amount for part in parts) == sum(due.amount for due in TWO_ROWS)


def test_nothing_paid_goes_nowhere() -> None:
    assert allocate(0, TWO_ROWS, PRESETS["loan"], AllocationBy.INSTALMENT) == []


def test_an_order_that_misses_a_component_is_refused() -> None:
    with pytest.raises(ValueError, match="every component once"):
        allocate(1, TWO_ROWS, (INTEREST, PRINCIPAL), AllocationBy.INSTALMENT)
