"""Lenders' columns for machines: kept once by the key, and used by the page and the commands."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from audit.models import Entry
from lending.imports.formats import FORMATS
from lending.imports.remembering import remembered
from lending.models import ImportMapping

SignIn = Callable[[str], Client]
URL = "/api/v1/import-mappings/"
THEIRS = {"reference": "流水号", "loan_number": "Contract No", "value_on": "date", "amount": "paid"}
MAPPING = {
    "lender": "North Bank", "format": "payments", "header": [*THEIRS.values(), "remark"], "columns": THEIRS,
    "always": {"currency": "CNY"}, "days": "day",
}  # fmt: skip

pytestmark = pytest.mark.django_db


def send(client: Client, key: str = "k1", **changes: Any) -> Any:
    return client.post(URL, MAPPING | changes, "application/json", headers={"Idempotency-Key": key})


def test_a_mapping_is_kept_for_files_of_that_header(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")

    answer = send(browser)

    assert answer.status_code == 201
    assert answer.json()["lender"] == "north-bank"
    assert browser.get(URL).json() == [answer.json()]
    (kept,) = remembered(FORMATS["payments"], ["remark", "paid", "date", "contract_no", "流水号"])
    assert (kept.columns["loan_number"], kept.always, kept.days) == ("contract_no", {"currency": "CNY"}, "day")
    assert Entry.objects.get(action="lending.import_mapping_kept").actor == "the-supervisor"


def test_a_repeat_does_not_bring_an_older_answer_back(sign_in: SignIn) -> None:
    browser = sign_in("supervisor")

    statuses = [send(browser).status_code, send(browser, "k2", days="month").status_code, send(browser).status_code]

    assert statuses == [201, 201, 200]
    assert ImportMapping.objects.get().days == "month"
    assert send(browser, days="year").status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"columns": THEIRS | {"amount": "nowhere"}}, "column_amount"),
        ({"columns": {name: THEIRS[name] for name in ("reference", "loan_number", "value_on")}}, "column_amount"),
        ({"columns": THEIRS | {"colour": "remark"}}, "columns"),
        ({"format": "payday"}, "format"),
        ({"lender": "…"}, "lender"),
        ({"header": ["one"]}, "header"),
        ({"days": "week"}, "days"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(changes: dict[str, Any], field: str, sign_in: SignIn) -> None:
    answer = send(sign_in("supervisor"), **changes)

    assert answer.status_code == 400
    assert field in answer.json()
    assert not ImportMapping.objects.exists()


@pytest.mark.parametrize(
    ("role", "statuses"),
    [("agent", (403, 403)), ("supervisor", (200, 201)), ("manager", (200, 201)), ("auditor", (403, 403)),
     ("administrator", (403, 403))],
)  # fmt: skip
def test_who_may(role: str, statuses: tuple[int, int], sign_in: SignIn) -> None:
    browser = sign_in(role)

    assert (browser.get(URL).status_code, send(browser).status_code) == statuses
