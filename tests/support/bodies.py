"""What machines send: a body for every address of the API that takes one, made from the schema."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from two_desks import House
from who_may import Rule

BODY: dict[str, Any] = {
    "amount": "1.00", "currency": "CNY", "value_on": "2026-07-15", "funder": "bank", "account": "6222021234567890", "bank": "ICBC",
    "evidence": "REC-18", "from_on": "2026-07-15", "callback_at": "2026-07-16T10:00:00+08:00", "words": "They asked for it.",
    "parts": [{"amount": "1.00", "due_on": "2026-07-17"}], "text": "A note.", "received_on": "2026-07-15", "reason": "They asked for it.",
    "expires_at": "2026-07-17T10:00:00+08:00", "incurred_on": "2026-07-15", "shown_by": "Invoice 1", "to_on": "2026-07-16",
    "verdict": "reject", "until_on": "2026-07-20", "day": "2026-07-16", "code": "illness", "note": "Known by name.",
}  # fmt: skip
OF_ROUTE: dict[str, dict[str, Any]] = {
    "/api/v1/loans/<str:number>/waivers/": {"reason": "hardship", "principal": "1.00"},
    "/api/v1/loans/<str:number>/pay-links/": {"covers": "due"},
    "/api/v1/cases/<int:pk>/holds/": {"kind": "stop"},
    "/api/v1/complaints/": {"kind": "service"},
}


@cache
def schema() -> dict[str, Any]:
    generator: Any = SchemaGenerator
    found: dict[str, Any] = generator().get_schema(request=None, public=True)
    return found


def operation(rule: Rule) -> dict[str, Any]:
    shape = re.sub(r"<[^>]*>", "{}", rule.route)
    for path, methods in schema()["paths"].items():
        if re.sub(r"\{[^}]*\}", "{}", path) == shape:
            found: dict[str, Any] = methods[rule.method.lower()]
            return found
    raise AssertionError(f"{rule.route} is not in the schema")


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        part = schema()["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return part


def fields_of(rule: Rule) -> Mapping[str, Any]:
    content = operation(rule).get("requestBody", {}).get("content", {}).get("application/json", {})
    return resolved(content.get("schema", {}))


def body_of(rule: Rule, house: House) -> dict[str, Any]:
    """What is required, each by its name, or the first that may be chosen."""
    asked, north = fields_of(rule), house.north
    named = {
        "borrower": north.borrower.ref, "loan": north.loan.number, "payment": f"P-{north.mark}", "case": north.case.pk,
    } | BODY  # fmt: skip
    row: Any = north.rows.get(rule.about)
    named["payload_hash"] = getattr(row, "payload_hash", "")
    body = {name: _value(asked["properties"][name], name, named) for name in asked.get("required", ())}
    return body | OF_ROUTE.get(rule.route, {})


def _value(part: Mapping[str, Any], name: str, named: Mapping[str, Any]) -> Any:
    chosen = resolved(part).get("enum")
    if chosen:
        return named[name] if named.get(name) in chosen else chosen[0]
    return named.get(name, "x")
