"""S9: whatever one person asks for and a second one decides, the database alone refuses the maker as checker; generated from the models."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from lending.models.deciding import DecidedByTwo
from two_desks import House

REQUESTS: list[Any] = [model for model in apps.get_models() if issubclass(model, DecidedByTwo)]
IN_THE_HOUSE = [model for model in REQUESTS if model._meta.label != "cases.Referral"]
"""Of a referral no row stands in the house; its constraint is looked for by name."""

pytestmark = pytest.mark.django_db


def test_every_request_has_its_constraint() -> None:
    lacking = [
        model._meta.label
        for model in REQUESTS
        if not any(each.name.endswith("_is_not_decided_by_its_maker") for each in model._meta.constraints)
    ]

    assert lacking == []
    assert len(REQUESTS) >= 4


def updated(row: Any) -> None:
    same = type(row)._default_manager.filter(pk=row.pk)
    same.update(checker_id=row.maker_id, decided_at=row.made_at, state="approved")


def saved(row: Any) -> None:
    row.checker_id, row.decided_at, row.state = row.maker_id, row.made_at, "approved"
    row.save()


def written_raw(row: Any) -> None:
    statement = 'UPDATE "{}" SET checker_id = maker_id, decided_at = made_at, state = %s'
    with connection.cursor() as cursor:
        cursor.execute(statement.format(row._meta.db_table), ["approved"])


@pytest.mark.parametrize("model", IN_THE_HOUSE, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("write", [updated, saved, written_raw])
def test_the_maker_cannot_be_written_as_checker(
    house: House, model: type[models.Model], write: Callable[[Any], None]
) -> None:
    row = model._default_manager.order_by("pk")[0]

    with pytest.raises(IntegrityError, match="is_not_decided_by_its_maker"), transaction.atomic():
        write(row)
