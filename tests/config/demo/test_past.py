"""The demo's months before its days are those that nights would have written down."""

from typing import Any

import pytest
from django.db import transaction

from config.demo.past import Past
from lending.facts import facts_of
from lending.models import Loan
from lending.standing import standing
from risk.models import Flow, MonthEnd, Roll, Snapshot
from twelve_loans import END_OF_APRIL, NIGHTS, book_twelve, live_through

pytestmark = pytest.mark.django_db
ENDS = [on for on in NIGHTS if on.day == 1]
TABLES = {Snapshot: {"on__in": ENDS}, MonthEnd: {}, Roll: {}, Flow: {}}


def written_down() -> dict[str, set[Any]]:
    return {
        model.__name__: {row[1:] for row in model._default_manager.filter(**only).values_list()}
        for model, only in TABLES.items()
    }


def test_the_past_is_what_nights_would_have_written() -> None:
    book_twelve()
    with transaction.atomic():
        live_through()
        wanted = written_down()
        transaction.set_rollback(True)

    past = Past(END_OF_APRIL)
    for loan in Loan.objects.select_related("funder", "product"):
        facts = facts_of([loan.pk])[loan.pk]
        codes = (loan.currency, loan.funder.code, loan.product.code)
        past.take_facts(loan.pk, codes, facts, standing(facts, END_OF_APRIL))
    past.write()

    assert all(wanted.values())
    assert written_down() == wanted
