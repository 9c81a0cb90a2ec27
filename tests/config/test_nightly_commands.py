"""roll_day, run_dunning and export_state keep the contract with the outside."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from lending.models import ClosedDay


def run(command: str, *words: str) -> str:
    out = StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_an_empty_book_closes_the_day_asked_for() -> None:
    answer = json.loads(run("roll_day", "--date", "2026-07-05", "--json"))

    assert [day["day"] for day in answer["closed"]] == ["2026-07-05"]
    assert ClosedDay.objects.count() == 1


@pytest.mark.django_db
def test_missed_days_are_closed_one_by_one_and_a_closed_day_is_left_alone() -> None:
    run("roll_day", "--date", "2026-07-05")

    missed = json.loads(run("roll_day", "--date", "2026-07-08", "--json"))
    again = json.loads(run("roll_day", "--date", "2026-07-08", "--json"))

    assert [day["day"] for day in missed["closed"]] == ["2026-07-06", "2026-07-07", "2026-07-08"]
    assert again["closed"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["roll_day", "run_dunning"])
def test_a_day_before_the_last_closed_one_changes_nothing(command: str) -> None:
    run("roll_day", "--date", "2026-07-05")
    said = StringIO()

    with pytest.raises(SystemExit) as refused:
        call_command(command, "--date", "2026-07-04", stderr=said)

    assert refused.value.code == 2
    assert "2026-07-05" in said.getvalue()
    assert ClosedDay.objects.count() == 1


@pytest.mark.django_db
def test_dunning_brings_the_book_to_its_day_and_plans_nothing_twice() -> None:
    first = json.loads(run("run_dunning", "--date", "2026-07-05", "--json"))
    second = json.loads(run("run_dunning", "--date", "2026-07-05", "--json"))

    assert first == second == {"date": "2026-07-05", "planned": 0, "refused": {}}
    assert run("export_state", "--json") == ""
