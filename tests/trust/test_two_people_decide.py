"""S9: whatever one person asks for and a second one decides, the database alone keeps: the maker is not its checker, what was asked for stays
as it was asked, and it is decided once. Generated from the models, each rule broken once, on either database.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from audit import guards
from audit.guards import DECIDED_ONCE
from behind import NOW, TODAY
from cases.referrals import deciding
from cases.referrals.errors import ReferralError
from cases.referrals.models import Referral
from lending import changes, refunding, waiving
from lending.models import Change, RefundRequest, WaiverRequest
from lending.models.deciding import DecidedByTwo
from restructuring.models import PlanRequest
from staff.models import Role, User
from two_desks import House
from who_may import written

REQUESTS: list[Any] = [model for model in apps.get_models() if issubclass(model, DecidedByTwo)]
OTHER_VALUES: list[tuple[Any, Any]] = [
    (models.DateTimeField, datetime(2020, 1, 1, tzinfo=UTC)),
    (models.DateField, date(2020, 1, 1)),
    (models.JSONField, {"other": 1}),
    (models.IntegerField, 77),
    (models.CharField, "other"),
]
each_request = pytest.mark.parametrize("model", REQUESTS, ids=lambda model: model._meta.label)

pytestmark = pytest.mark.django_db


def waiting_row(model: Any) -> Any:
    return model._default_manager.filter(state="waiting").order_by("pk")[0]


def written_as(row: Any, **changes: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**changes)


def decided_row(model: Any, house: House, *, approve: bool = True) -> Any:
    """One that the manager has decided; a referral runs on when it is approved."""
    row = waiting_row(model)
    yes, no = ("running", "refused") if model is Referral else ("approved", "rejected")
    written_as(row, state=yes if approve else no, checker=house.people["manager"], decided_at=NOW)
    row.refresh_from_db()
    return row


def refused() -> Any:
    return pytest.raises(DatabaseError, match=DECIDED_ONCE)


def test_every_request_has_its_constraint_and_its_guard() -> None:
    lacking = [
        model._meta.label
        for model in REQUESTS
        if not any(each.name.endswith("_is_not_decided_by_its_maker") for each in model._meta.constraints)
    ]

    assert lacking == []
    assert guards.missing(connection) == []
    assert {model._meta.db_table for model in REQUESTS} <= {each.table for each in guards.guards_of(connection.vendor)}
    assert len(REQUESTS) >= 4


def yes_of(row: Any) -> str:
    return "running" if isinstance(row, Referral) else "approved"


def updated(row: Any) -> None:
    written_as(row, checker_id=row.maker_id, decided_at=row.made_at, state=yes_of(row))


def updated_in_bulk(row: Any) -> None:
    row.checker_id, row.decided_at, row.state = row.maker_id, row.made_at, yes_of(row)
    type(row)._default_manager.bulk_update([row], ["checker", "decided_at", "state"])


def saved(row: Any) -> None:
    row.checker_id, row.decided_at, row.state = row.maker_id, row.made_at, yes_of(row)
    row.save()


def written_raw(row: Any) -> None:
    statement = 'UPDATE "{}" SET checker_id = maker_id, decided_at = made_at, state = %s WHERE id = %s'
    with connection.cursor() as cursor:
        cursor.execute(statement.format(row._meta.db_table), [yes_of(row), row.pk])


def asked_anew(row: Any) -> None:
    """A second row of the same, decided as it is written."""
    row.pk, row.checker_id, row.decided_at, row.state = None, row.maker_id, row.made_at, yes_of(row)
    row.save(force_insert=True)


@each_request
@pytest.mark.parametrize("write", [updated, updated_in_bulk, saved, written_raw, asked_anew])
def test_the_maker_cannot_be_written_as_checker(house: House, model: Any, write: Callable[[Any], None]) -> None:
    with pytest.raises(IntegrityError, match="is_not_decided_by_its_maker"), transaction.atomic():
        write(waiting_row(model))


@each_request
def test_another_maker_cannot_be_written_so_that_the_maker_decides(house: House, model: Any) -> None:
    row = waiting_row(model)

    with refused(), transaction.atomic():
        written_as(row, maker=house.people["manager"])
    with refused(), transaction.atomic():
        written_as(row, maker=house.people["manager"], checker_id=row.maker_id, decided_at=NOW, state="approved")


def asked_fields() -> list[Any]:
    return [
        pytest.param(model, field, id=f"{model._meta.label}.{field.name}")
        for model in REQUESTS
        for field in model._meta.concrete_fields
        if field.name not in {"state", *model.decided_once.once, *model.decided_once.later}
    ]


@pytest.mark.parametrize(("model", "field"), asked_fields())
def test_what_was_asked_for_cannot_be_edited_while_it_waits(house: House, model: Any, field: Any) -> None:
    other = None if field.null else next((value for kind, value in OTHER_VALUES if isinstance(field, kind)), 987_654)
    row = waiting_row(model)
    if getattr(row, field.attname) == other:
        other = NOW if isinstance(field, models.DateTimeField) else 987_654

    with refused(), transaction.atomic():
        written_as(row, **{field.attname: other})


TURNED = {"approved": "rejected", "rejected": "approved", "running": "refused", "refused": "running"}
SECOND: dict[str, Callable[[Any, House], dict[str, Any]]] = {
    "the other verdict": lambda row, house: {"state": TURNED[row.state]},
    "another checker": lambda row, house: {"checker": house.people["supervisor"]},
    "another moment": lambda row, house: {"decided_at": datetime(2026, 7, 16, tzinfo=UTC)},
    "other words": lambda row, house: {"decided_words": "as they wished"},
    "asked for at another moment": lambda row, house: {"made_at": datetime(2026, 7, 1, tzinfo=UTC)},
    "waiting again": lambda row, house: {"state": "waiting", "checker": None, "decided_at": None},
    "taken back": lambda row, house: {"state": "withdrawn", "checker": None, "decided_at": None},
}


@each_request
@pytest.mark.parametrize("approve", [True, False], ids=["approved", "turned down"])
@pytest.mark.parametrize("second", SECOND)
def test_a_decision_is_written_once(house: House, model: Any, second: str, approve: bool) -> None:
    row = decided_row(model, house, approve=approve)

    with refused(), transaction.atomic():
        written_as(row, **SECOND[second](row, house))


@pytest.mark.parametrize("model", [each for each in REQUESTS if "withdrawn" in each.State.values])
def test_what_was_taken_back_cannot_be_decided(house: House, model: Any) -> None:
    row = waiting_row(model)
    written_as(row, state="withdrawn")

    for state in ("running", "refused") if model is Referral else ("approved", "rejected"):
        with refused(), transaction.atomic():
            written_as(row, state=state, checker=house.people["manager"], decided_at=NOW)
    with refused(), transaction.atomic():
        written_as(row, state="waiting")


def test_of_a_referral_what_comes_after_the_decision_can_be_written_and_the_decision_cannot(house: House) -> None:
    row = decided_row(Referral, house)
    written_as(row, stage="invited", version=2)
    written_as(row, state="ended", result="agreement", ended_on=TODAY)

    for changed in ({"state": "running", "result": "", "ended_on": None}, {"from_on": date(2026, 1, 1)}):
        with refused(), transaction.atomic():
            written_as(row, **changed)


def removed(row: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk)._raw_delete("default")


def removed_raw(row: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{row._meta.db_table}"')


def emptied(row: Any) -> None:
    """At once; SQLite has no word of its own for that, but one that puts a row in another's place."""
    table = row._meta.db_table
    statement = f'TRUNCATE "{table}" CASCADE'
    connection.check_constraints()  # PostgreSQL empties no table on which a check still waits
    if connection.vendor == "sqlite":
        statement = f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'
    with connection.cursor() as cursor:
        cursor.execute(statement)


@each_request
@pytest.mark.parametrize("way", [removed, removed_raw, emptied])
def test_a_request_cannot_be_taken_away(house: House, model: Any, way: Callable[[Any], None]) -> None:
    with pytest.raises(DatabaseError, match=rf"{DECIDED_ONCE}|append-only"), transaction.atomic():
        way(decided_row(model, house))


@pytest.mark.parametrize("model", [*REQUESTS, PlanRequest], ids=lambda model: model._meta.label)
def test_two_requests_of_one_thing_do_not_wait_side_by_side(house: House, model: Any) -> None:
    """What is beyond a limit is not asked for in pieces that wait together; limits count what was given before."""
    row = model._default_manager.order_by("-pk").filter(state__in=["waiting", "review"])[0]
    row.pk = None

    with pytest.raises(IntegrityError, match=r"UNIQUE|duplicate key"), transaction.atomic():
        row.save(force_insert=True)


def decided_in_code(row: Any, by: User) -> None:
    """What somebody with a shell would call."""
    given: dict[str, Any] = {"approve": False, "words": "-", "by": by, "at": NOW, "on": TODAY}
    match row:
        case Change():
            changes.decide(row, payload_hash=row.payload_hash, **given)
        case WaiverRequest():
            waiving.decide(row, payload_hash=row.payload_hash, **given)
        case RefundRequest():
            refunding.decide_refund(row, **given)
        case Referral():
            deciding.decide(row, **given)


def forget_the_maker(row: Any, house: House) -> User:
    """The request as the maker would have the code see it: asked for by somebody else."""
    maker: User = row.maker
    row.maker = house.people["manager"]
    return maker


SHELLS: dict[str, Callable[[Any, House], User]] = {
    "the maker": lambda row, house: row.maker,
    "the maker, read anew": lambda row, house: User.objects.get(pk=row.maker_id),
    "the maker under another name": lambda row, house: User(pk=row.maker_id, username="other", role=Role.MANAGER),
    "the maker of a request that names another": forget_the_maker,
}


@each_request
@pytest.mark.parametrize("shell", SHELLS)
def test_the_maker_does_not_decide_with_a_shell_either(house: House, model: Any, shell: str) -> None:
    row = waiting_row(model)
    by = SHELLS[shell](row, house)
    by.role, by.is_active = Role.MANAGER, True

    with pytest.raises((ValueError, ReferralError, IntegrityError)), transaction.atomic():
        decided_in_code(row, by)
    assert waiting_row(model).pk == row.pk


def test_there_is_no_door_for_administrators_of_the_database() -> None:
    assert not [rule for rule in written() if "admin" in rule.route]
    assert not apps.is_installed("django.contrib.admin")
