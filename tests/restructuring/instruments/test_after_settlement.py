"""What comes after a settlement keeps the penalty and the interest that the settlement agreed on.

6,667.45 are owed (6,356.01 of principal, 254.24 of interest, 57.20 of penalty). Settled for 6,660.00 in three payments of 2,220.00,
7.45 of penalty is waived; the first payment takes 49.75 of penalty, 254.24 of interest and 1,916.01 of principal.
"""

from typing import Any

import pytest

from restructuring.instruments.quote import answer

TERMS = {"principal": 1_200_000, "annual_rate": "24", "periods": 12, "start_on": "2026-01-05"}
SETTLED = {"kind": "settlement", "amount": 666_000, "payments": 3}


def after(*more: dict[str, Any]) -> dict[str, Any]:
    asked = {"terms": TERMS, "paid_through": 6, "on": "2026-07-05", "owed": {"interest": 25_424, "penalty": 5_720}}
    return answer(asked | {"instruments": [SETTLED, *more]})


def parts(found: dict[str, Any]) -> list[tuple[int, int, int]]:
    return [(row.get("penalty", 0), row["interest"], row["principal"]) for row in found["rows"]]


def test_the_settlement_itself() -> None:
    assert parts(after()) == [(4_975, 25_424, 191_601), (0, 0, 222_000), (0, 0, 222_000)]


@pytest.mark.parametrize("rate", ["12", "0", "24"])
def test_a_lower_rate_changes_nothing_where_no_interest_runs(rate: str) -> None:
    found = after({"kind": "rate", "annual_rate": rate})

    assert parts(found) == parts(after())
    assert found["comparison"]["total_cost_new"] == 666_000


def test_principal_that_is_waived_goes_off_every_payment_by_its_share() -> None:
    """1,000.00 of 6,356.01: 1,916.01, 2,220.00 and 2,220.00 become 1,614.56, 1,870.72 and 1,870.73."""
    found = after({"kind": "waiver", "principal": 100_000})

    assert parts(found) == [(4_975, 25_424, 161_456), (0, 0, 187_072), (0, 0, 187_073)]
    assert found["comparison"]["total_cost_new"] == 566_000


def test_penalty_in_a_payment_can_be_waived() -> None:
    found = after({"kind": "waiver", "penalty": 4_975})

    assert parts(found)[0] == (0, 25_424, 191_601)
    assert found["waived"] == {"penalty": 5_720, "interest": 0, "principal": 0}


def test_made_anew_the_first_instalment_carries_them() -> None:
    found = after({"kind": "reamortise", "periods": 6})

    assert sum(row["principal"] for row in found["rows"]) == 635_601
    assert found["rows"][0]["penalty"] == 4_975
    bare = {
        "terms": TERMS,
        "paid_through": 6,
        "on": "2026-07-05",
        "instruments": [{"kind": "reamortise", "periods": 6}],
    }
    run = answer(bare)["rows"][0]["interest"]
    assert found["rows"][0]["interest"] == run + 25_424
