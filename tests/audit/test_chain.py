"""The audit chain: gapless, hashed, anchored outside; every way of tampering is found."""

import json
from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import anchor
from audit.chain import COVERED, canonical, digest, hash_of_columns, instant
from audit.guards import lifted, missing
from audit.models import Entry, Head
from audit.record import Note, record, record_many
from audit.verify import verify

AT = datetime.fromisoformat("2026-07-05T09:30:00.123456+08:00")


@pytest.fixture
def chain(transactional_db: None) -> None:
    """Ten entries, committed, so that the anchor has moved."""
    for number in range(10):
        with transaction.atomic():
            record("staff.signed_in", by=None, at=AT, number=number)


def tamper(sql: str, *values: str) -> None:
    """What a database administrator could do: lift the guards and write."""
    with lifted(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.django_db
def test_numbers_have_no_gap_and_each_entry_continues_the_one_before() -> None:
    with transaction.atomic():
        entries = record_many([Note("a.b", None, {"n": n}) for n in range(5)], by=None, at=AT)

    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_action_leaves_no_entry_and_no_gap() -> None:
    with transaction.atomic():
        record("a.b", by=None, at=AT)
        transaction.set_rollback(True)
    with transaction.atomic():
        entry = record("a.c", by=None, at=AT)

    assert entry.number == 1
    assert verify().faults == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        record("a.b", by=None, at=AT)


def test_a_whole_chain_has_no_fault(chain: None) -> None:
    assert verify() == (10, [])


@pytest.mark.parametrize("column", [f.name for f in Entry._meta.concrete_fields if f.name != "number"])
def test_a_change_of_any_column_is_found(chain: None, column: str) -> None:
    value = "2026-07-05 01:30:00.123457" if column == "at" else "changed"

    tamper(f"UPDATE audit_entry SET {column} = %s WHERE number = 4", value)

    assert any(fault.number in {4, 5} for fault in verify().faults)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit_entry WHERE number = 4",
        "DELETE FROM audit_entry WHERE number > 7",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_head",
        "UPDATE audit_entry SET number = 40 WHERE number = 4",
        "UPDATE audit_head SET number = 9",
    ],
)
def test_a_missing_or_moved_entry_is_found(chain: None, sql: str) -> None:
    tamper(sql)

    assert verify().faults


def test_a_tail_cut_together_with_the_head_is_found_by_the_anchor(chain: None) -> None:
    last = Entry.objects.get(number=7)
    tamper("DELETE FROM audit_entry WHERE number > 7")
    tamper("UPDATE audit_head SET number = 7, hash = %s", last.hash)

    assert [fault.number for fault in verify().faults] == [10]


def test_a_chain_rewritten_as_a_whole_is_found_by_the_anchor(chain: None) -> None:
    kept = Head.objects.get()
    tamper("DELETE FROM audit_entry")
    tamper("UPDATE audit_head SET number = 0, hash = %s", "0" * 64)
    with transaction.atomic():
        record_many([Note("staff.signed_in", None, {"number": n + 1}) for n in range(10)], by=None, at=AT)

    assert Head.objects.get().chain == kept.chain
    assert any("anchored" in fault.reason for fault in verify().faults)


def test_entries_without_an_anchor_are_a_fault(chain: None) -> None:
    anchor.path_of(Head.objects.get().chain).unlink()

    assert [fault.number for fault in verify().faults] == [10]


def test_the_anchor_never_moves_back(chain: None) -> None:
    head = Head.objects.get()

    anchor.move(head.chain, 3, "f" * 64)

    assert anchor.read(head.chain) == anchor.Anchor(10, head.hash)


@pytest.mark.parametrize("verb", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_an_entry(chain: None, verb: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)

    assert Entry.objects.count() == 10


def test_the_orm_is_refused_as_well(chain: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.filter(number=1).update(actor="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all().delete()


@pytest.mark.django_db
def test_every_append_only_table_is_guarded() -> None:
    assert missing(connection) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=20), min_size=10, max_size=10), st.integers())
def test_what_the_proof_hashes_is_the_canonical_form(texts: list[str], number: int) -> None:
    covered: list[str | int] = [*texts]
    covered.insert(COVERED.index("number"), number)

    assert hash_of_columns(covered) == digest(dict(zip(COVERED, covered, strict=True)))


def test_the_hash_covers_every_column_but_itself_in_order() -> None:
    assert [*COVERED] == sorted({field.name for field in Entry._meta.concrete_fields} - {"hash"})


@pytest.mark.parametrize(
    "at", ["2026-07-05T09:30:00+08:00", "2026-07-05T09:30:00.120000+08:00", "2026-01-01T00:00:00.000001Z"]
)
def test_an_instant_reads_the_same_in_the_database_as_when_it_was_hashed(transactional_db: None, at: str) -> None:
    with transaction.atomic():
        entry = record("a.b", by=None, at=datetime.fromisoformat(at))

    assert len(instant(entry.at)) == len("2026-07-05T01:30:00.000000Z")
    assert verify().faults == []


@pytest.mark.parametrize("fact", [1.5, object(), {"a": 0.1}, [AT], {1: "a"}])
def test_a_fact_that_has_no_exact_form_is_refused(fact: object) -> None:
    with pytest.raises(TypeError):
        canonical({"fact": fact})


def test_the_canonical_form_does_not_depend_on_the_order_of_facts() -> None:
    assert canonical({"b": 1, "a": [True, None]}) == canonical({"a": [True, None], "b": 1})
    assert json.loads(canonical({"名": "值"})) == {"名": "值"}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has one trigger for all verbs")
@pytest.mark.django_db
def test_half_a_guard_is_no_guard() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER append_only_delete_audit_entry")

    assert missing(connection) == ["audit_entry"]
