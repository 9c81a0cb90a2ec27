"""A plan that cannot be made says by which rule, at which field, and why."""

from typing import Any

import pytest

from plan_table import BEHIND, NOW, TERMS
from restructuring.instruments.quote import answer


def refused(*instruments: dict[str, Any], **document: Any) -> tuple[str, str | None]:
    given = {"terms": TERMS, **NOW, "instruments": list(instruments), **document}
    error = answer(given)["error"]
    assert isinstance(error, dict)
    assert error["message"]
    return error["rule"], error["field"]


@pytest.mark.parametrize(
    ("instrument", "expected"),
    [
        ({"kind": "settlement", "amount": 635_602}, ("more_than_owed", "amount")),
        ({"kind": "settlement", "amount": 600_000, "payments": 7}, ("settlement_payments", "payments")),
        ({"kind": "settlement", "amount": 600_000, "due_on": "2026-07-04"}, ("still_past", "due_on")),
        ({"kind": "waiver", "penalty": 1}, ("more_than_owed", "penalty")),
        ({"kind": "waiver", "interest": 99_999}, ("more_than_owed", "interest")),
        ({"kind": "waiver", "amount": 999_999}, ("more_than_owed", "amount")),
        ({"kind": "waiver"}, ("input", "amount")),
        ({"kind": "rate", "annual_rate": "24.1"}, ("rate_not_raised", "annual_rate")),
        ({"kind": "reamortise", "periods": 12, "annual_rate": "25"}, ("rate_not_raised", "annual_rate")),
        ({"kind": "reamortise", "periods": 1_200}, ("too_long", "periods")),
        ({"kind": "term", "periods": 6}, ("not_longer", "periods")),
        ({"kind": "interest_only", "periods": 6}, ("nothing_amortises", "periods")),
        ({"kind": "staged", "periods": 3, "percentages": ["50", "50"]}, ("input", "percentages")),
        ({"kind": "staged", "periods": 6}, ("input", "percentages")),
        ({"kind": "staged", "periods": 6, "steps": [{"periods": 2, "amount": 12_711}]}, ("covers_interest", "steps")),
        ({"kind": "staged", "periods": 2, "steps": [{"periods": 2, "amount": 20_000}]}, ("nothing_amortises", "steps")),
        ({"kind": "instalment_plan", "periods": 61}, ("sixty_months", "periods")),
        ({"kind": "reage", "periods": 3}, ("nothing_past_due", None)),
        ({"kind": "capitalise"}, ("nothing_past_due", None)),
        ({"kind": "extension"}, ("input", "days")),
        ({"kind": "extension", "days": 1, "periods": 1}, ("input", "days")),
        ({"kind": "deferral", "periods": 0}, ("input", "periods")),
        ({"kind": "deferral", "periods": 1, "interest": "none"}, ("input", "interest")),
        ({"kind": "consolidation", "periods": 12, "loans": []}, ("nothing_to_consolidate", "loans")),
        ({"kind": "holiday"}, ("input", "kind")),
        ({"kind": "term"}, ("input", "periods")),
        ({"kind": "term", "periods": 12, "perods": 1}, ("input", "perods")),
        ("term", ("input", "instruments")),
    ],
    ids=str,
)
def test_an_instrument_that_cannot_be_applied_names_rule_and_field(instrument: Any, expected: tuple[str, str]) -> None:
    assert refused(instrument) == expected


@pytest.mark.parametrize(
    ("instrument", "expected"),
    [
        ({"kind": "extension", "days": 30}, ("before_due", None)),
        ({"kind": "deferral", "periods": 1}, ("still_past", "periods")),
        ({"kind": "deferral", "days": 20}, ("still_past", "days")),
        ({"kind": "capitalise", "interest": 999_999}, ("more_than_owed", "interest")),
        ({"kind": "reage", "periods": 3, "arrears": "capitalise"}, ("not_capitalised_here", "arrears")),
        (
            {"kind": "reamortise", "periods": 8, "arrears": {"penalty": "capitalise"}},
            ("penalty_not_capitalised", "arrears"),
        ),
    ],
    ids=str,
)
def test_arrears_bind_what_can_be_done(instrument: Any, expected: tuple[str, str]) -> None:
    assert refused(instrument, **BEHIND) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"on": "yesterday"}, ("input", "on")),
        ({"on": None}, ("input", "on")),
        ({"terms": {**TERMS, "periods": 0}}, ("input", "periods")),
        ({"terms": 7}, ("input", "terms")),
        ({"paid_through": -1}, ("input", "paid_through")),
        ({"paid_through": 12}, ("nothing_unpaid", "paid_through")),
        ({"instruments": "term"}, ("input", "instruments")),
        ({"owed": {"principal": 1}}, ("input", "owed")),
        ({"payed_through": 6}, ("input", "payed_through")),
    ],
    ids=str,
)
def test_a_document_that_makes_no_sense_names_its_field(document: dict[str, Any], expected: tuple[str, str]) -> None:
    assert refused(**document) == expected


def test_a_loan_in_another_currency_is_not_consolidated() -> None:
    other = {"terms": {**TERMS, "currency": "USD"}, "paid_through": 6}

    assert refused({"kind": "consolidation", "periods": 12, "loans": [other]}) == ("same_currency", "loans")
