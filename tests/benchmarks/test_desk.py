"""The desk's benchmark measures what it says: its book is one that the console works with, its chain whole, its table hides no miss."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from audit.verify import verify
from benchmarks import audit_chain, claiming, desk_book, desk_one_size, desk_table, gate
from benchmarks.measuring import sql
from benchmarks.serving import Pace, pace_of
from cases.models import Assignment, Case, CaseEvent
from cases.reckoning import reckon
from lending.exposure import exposures
from staff.models import User

needs_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="the benchmark runs on PostgreSQL")
LOANS = 1_200


@pytest.fixture
def loaded(transactional_db: None) -> Iterator[None]:
    """Its tables are dropped again, for they point at the book's own, which could not be emptied."""
    audit_chain.write(300)
    desk_book.load(LOANS)
    yield
    sql("DROP TABLE bench_plain_name")


@needs_postgresql
@pytest.mark.usefixtures("loaded")
def test_the_book_is_one_that_the_console_works_with(monkeypatch: pytest.MonkeyPatch) -> None:
    cases, at = Case.objects.open(), datetime.now(UTC)
    owed = exposures(on=desk_book.DAY)
    told = {(each.borrower_id, each.behind_since, each.overdue, each.currency) for each in cases}

    assert LOANS // 4 < len(cases) < LOANS // 3 + 60
    assert told == {(pk, each.oldest_due_on, each.overdue, each.currency) for pk, each in owed.items()}
    assert reckon(list(cases.filter(next_action="call")[:5]), on=desk_book.DAY) <= 5
    manager = Client()
    manager.force_login(User.objects.get(username="manager"))
    for urls in desk_one_size._lists().values():
        for url in urls:
            assert manager.get(url).status_code == 200, url
    monkeypatch.setattr(claiming, "CLAIMS", 3)
    monkeypatch.setattr(gate, "LEAST_SECONDS", 0.0)
    claims = claiming.measure(User.objects.select_related("team").get(username="puller"), at)
    assert set(claims) == {"bare", "by_hand", "next_case"}
    assert CaseEvent.objects.filter(event="claimed").count() == Assignment.objects.filter(reason="claimed").count() == 8
    assert verify().faults == []
    assert [each.queries for each in gate.measure(at)] == [4, 4, 4]


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_the_chain_that_is_proved_is_whole() -> None:
    proved = audit_chain.measure(50)

    assert (proved.entries, proved.faults) == (50, 0)
    assert proved.rate > 0


def test_the_pace_of_pages_is_their_median_their_ninety_fifth_and_their_mean() -> None:
    pace = pace_of([float(n) for n in range(1, 101)])

    assert pace == Pace(51.0, 95.0, 50.5)
    assert pace.rate == pytest.approx(1000 / 50.5)


def test_a_table_names_every_figure_and_calls_a_miss_one() -> None:
    quick, slow = (2.0, 3.0, 2.0), (900.0, 950.0, 900.0)
    kinds = desk_table.KINDS
    size = {
        "open_cases": 300,
        "ours": dict.fromkeys(("my_day", "case_page", *kinds), quick),
        "peer": dict.fromkeys(kinds, slow),
        "queries": dict.fromkeys(("my_day", "case_page", *kinds), 7),
        "claims": {"bare": quick, "by_hand": quick, "next_case": (5.0, 9.0, 5.0)},
        "gate": [[1, 4, 1.0], [10_000, 4, 1.0]],
        "audit": [1000, 0.001, 0],
    }

    text = desk_table.text({"1000": size, "10000": size})

    assert text.count("| reached |") == 20
    assert "| next case: p95 ÷ the claim alone in one statement | ≤ 2 | 3.00 | **not reached** |" in text
