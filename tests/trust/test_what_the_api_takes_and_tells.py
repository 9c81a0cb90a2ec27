"""S3, generated from the schema: every endpoint that writes is sent its own body and with it every field of every model, and does what
it does without; every answer has the fields that its schema lists and no others.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from bodies import body_of, fields_of, operation, resolved, schema
from staff.models import Role
from two_desks import House, sent, taken_back
from who_may import Rule, filled, written

PASSED_OVER = {"staff.SpentKey", "staff.Session", "audit.Entry", "audit.Head"}
"""A key keeps a print of the body, and the record when and where: neither is what was asked for."""
OURS = [model for model in apps.get_models() if model._meta.label not in PASSED_OVER and model._meta.managed]
MORE: dict[str, Any] = {
    "is_staff": True, "is_superuser": True, "role": "administrator", "team": 1, "state": "approved", "status": "settled",
    "balance": 0, "outstanding": 0, "approved_by": 1, "checker": 1, "maker": 1, "by": 1, "owner": 1, "version": 99, "id": 1, "pk": 1,
    "decided_at": "2026-07-15T02:00:00Z", "user": 1, "groups": [1], "permissions": ["all"],
}  # fmt: skip
VALUES: list[tuple[Any, Any]] = [
    (models.BooleanField, True),
    (models.DateTimeField, "2020-01-01T00:00:00Z"),
    (models.DateField, "2020-01-01"),
    (models.JSONField, {"x": 1}),
    (models.IntegerField, 77),
    (models.ForeignKey, 1),
]
REFUSED = 400
ACTED_MIN = 16
"""So many endpoints take what is generated here, and do something with it."""
NEVER = re.compile(r"password|secret|digest|identity|is_staff|is_superuser|lease|hash$|^phone$|^email$|^account$")
TOLD_ALL_THE_SAME = {"payload_hash", "account"}
"""What a decision names as the thing that was looked at; and of an account its last digits, which the next test sees to."""

pytestmark = pytest.mark.django_db
POSTS = [rule for rule in written() if rule.method == "POST" and rule.route.startswith("/api/") and not rule.is_public]
GETS = [rule for rule in written() if rule.method == "GET" and rule.route.startswith("/api/v1/") and rule.about != "?"]


def everything(but: Mapping[str, Any]) -> dict[str, Any]:
    """Every column of every model by its name, with something that one would like to be there."""
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    found = {
        name: next((value for kind, value in VALUES if isinstance(field, kind)), "approved")
        for field in fields
        for name in (field.name, field.attname)
    }
    return {name: value for name, value in (found | MORE).items() if name not in but}


def standing(known: Mapping[str, set[Any]]) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table, whatever number a new one got."""
    return {model._meta.label: sorted(_rows(model, known)) for model in OURS}


def _rows(model: type[models.Model], known: Mapping[str, set[Any]]) -> Iterator[tuple[str, ...]]:
    fields = model._meta.concrete_fields
    for row in model._base_manager.values_list(*(field.attname for field in fields)):
        yield tuple(f"{field.attname}={_told(field, value, known)}" for field, value in zip(fields, row, strict=True))


def _told(field: Any, value: Any, known: Mapping[str, set[Any]]) -> str:
    model = field.model if field.primary_key else getattr(field, "related_model", None)
    if model is not None and value is not None and value not in known.get(model._meta.label, {value}):
        return "new"
    return str(value)


def effect(house: House, rule: Rule, body: Mapping[str, Any], known: Mapping[str, set[Any]]) -> tuple[int, Any]:
    name = next(each for each in ("agent", "supervisor", "manager") if getattr(Role, each.upper()) in rule.roles)
    with taken_back():
        address = filled(rule.route, house.named(rule.about))
        status = sent(house.browsers[name], "POST", address, body, is_kept_back=False).status_code
        return status, standing(known) if status < REFUSED else {}


def test_whatever_else_is_sent_changes_nothing(house: House, plain_refusals: None) -> None:
    """What differs by itself, such as a code drawn by lot, is found by doing the same twice."""
    known = {model._meta.label: set(model._base_manager.values_list("pk", flat=True)) for model in OURS}
    acted = []
    for rule in POSTS:
        if rule.about == "?":
            continue
        body = body_of(rule, house)
        status, once = effect(house, rule, body, known)
        if status >= REFUSED:
            continue
        twice = effect(house, rule, body, known)[1]
        acted.append(rule.route)
        more_status, more = effect(house, rule, everything(fields_of(rule).get("properties", {})) | body, known)
        assert more_status == status, rule.route
        for label, rows in once.items():
            if rows == twice[label]:
                assert more[label] == rows, (rule.route, label)
            else:
                assert len(more[label]) == len(rows), (rule.route, label)
                assert _alike(rows, twice[label]) == _alike(rows, more[label]), (rule.route, label)
    assert len(acted) >= ACTED_MIN, acted


def _alike(rows: list[tuple[str, ...]], others: list[tuple[str, ...]]) -> list[set[str]]:
    """The columns in which rows in order differ."""
    pairs = zip(rows, others, strict=True)
    return [{each.partition("=")[0] for each in set(row) ^ set(other)} for row, other in pairs]


def test_no_answer_of_the_schema_has_a_field_that_nobody_may_read() -> None:
    listed = schema()["components"]["schemas"]
    wrong = [
        f"{name}.{field}"
        for name, part in listed.items()
        if not name.endswith("In")
        for field in part.get("properties", {})
        if NEVER.search(field) and field not in TOLD_ALL_THE_SAME
    ]

    assert wrong == []


@pytest.mark.parametrize("name", ["agent", "supervisor", "manager", "auditor", "administrator"])
def test_an_answer_has_the_fields_of_its_schema_and_no_others(house: House, plain_refusals: None, name: str) -> None:
    looked_at = 0
    for rule in GETS:
        if getattr(Role, name.upper()) not in rule.roles:
            continue
        answer = sent(house.browsers[name], "GET", filled(rule.route, house.named(rule.about)))
        if answer.status_code != 200:
            continue
        looked_at += 1
        content = operation(rule)["responses"]["200"]["content"]["application/json"]
        assert list(unlisted(json.loads(answer.content), content["schema"], rule.route)) == []
    assert looked_at >= (2 if name == "administrator" else 10)


def unlisted(told: Any, part: Mapping[str, Any], at: str) -> Iterator[str]:
    """Fields that were told and are not in the schema. A map without names of its own may have any."""
    part = resolved(part)
    for each in part.get("allOf", ()):
        part = {**resolved(each), **{key: value for key, value in part.items() if key != "allOf"}}
    if isinstance(told, list):
        for each in told:
            yield from unlisted(each, part.get("items", {}), at)
    elif isinstance(told, dict) and "properties" in part:
        for key, value in told.items():
            if key not in part["properties"]:
                yield f"{at}: {key}"
            else:
                yield from unlisted(value, part["properties"][key], f"{at} {key}")


def test_of_an_account_the_last_digits_are_told(house: House) -> None:
    address = f"/api/v1/borrowers/{house.north.borrower.ref}/consents/"

    told = json.loads(sent(house.browsers["agent"], "GET", address).content)

    assert "7890" in json.dumps(told)
    assert "6222021234567890" not in json.dumps(told)


def test_the_check_finds_a_field_too_many() -> None:
    part: dict[str, Any] = {"properties": {"a": {}, "b": {"items": {"properties": {"c": {}}}}}}

    assert list(unlisted({"a": 1, "b": [{"c": 2, "d": 3}], "e": datetime.now(UTC)}, part, "x")) == ["x b: d", "x: e"]
