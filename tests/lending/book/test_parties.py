"""Borrowers and contact points: registered once, found by digest, never kept in clear."""

import pytest
from django.db import connection

from audit.models import Entry
from lending.models import Borrower, ContactPoint
from lending.parties import (
    ContactPointError,
    NewBorrower,
    NewContactPoint,
    add_contact_point,
    add_contact_points,
    get_funder,
    get_product,
    mark_quality,
    register_borrower,
    register_borrowers,
    retire_contact_point,
)
from tests.lending.book.books import AT, Book


def add(borrower: Borrower, value: str, kind: str = "mobile") -> ContactPoint:
    return add_contact_point(borrower=borrower, kind=kind, value=value, source="agent", by=None, at=AT)


def test_a_funder_and_a_product_are_made_on_first_sight_and_kept(book: Book) -> None:
    funder, product = get_funder("harbour", "Harbour Bank"), get_product("cash", penalty_rate_ppm=360_000)

    assert get_funder("harbour", "Another name") == funder
    assert get_product("cash", penalty_rate_ppm=0).penalty_rate_ppm == 360_000
    assert product.pk


def test_a_borrower_is_registered_once(book: Book) -> None:
    first = register_borrower(ref="B1", name="王小明", at=AT)

    again = register_borrower(ref="B1", name="别的名字", at=AT)

    assert again == first
    assert again.name == first.name


def test_an_empty_name_is_filled_in_and_can_be_found_then(book: Book) -> None:
    register_borrower(ref="B1", at=AT)

    register_borrower(ref="B1", name="Mary Ann Smith", identity="110101199003071234", at=AT)

    found = Borrower.objects.named("mary").get()
    assert str(found.name) == "M••• A•• S••••"
    assert found.identity_digest


@pytest.mark.parametrize("text", ["王小明", "王", "小明"])
def test_a_chinese_name_is_found_whole_and_by_part(book: Book, text: str) -> None:
    register_borrower(ref="B1", name="王小明", at=AT)

    assert Borrower.objects.named(text).count() == 1


def test_a_name_is_not_found_by_a_piece_of_a_part(book: Book) -> None:
    register_borrower(ref="B1", name="Mary Smith", at=AT)

    assert not Borrower.objects.named("Smi").exists()


def test_many_borrowers_are_registered_in_few_queries(book: Book, django_assert_max_num_queries: object) -> None:
    register_borrower(ref="B7", at=AT)

    with django_assert_max_num_queries(16):  # type: ignore[operator]
        known = register_borrowers([NewBorrower(f"B{n}", f"Name {n}") for n in range(60)], at=AT)

    assert len(known) == Borrower.objects.count() == 60
    assert Borrower.objects.named("name").count() == 60


def test_of_two_rows_of_one_borrower_the_first_counts(book: Book) -> None:
    known = register_borrowers([NewBorrower("B1", "First"), NewBorrower("B1", "Second")], at=AT)

    assert known["B1"].name.masked() == "F••••"


def test_names_and_numbers_are_not_in_the_database_in_clear(book: Book) -> None:
    borrower = register_borrower(ref="B1", name="Canary Name", identity="CANARY123", at=AT)
    add(borrower, "13812345678")

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, identity FROM lending_borrower")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT value FROM lending_contactpoint")
        stored += str(cursor.fetchall())

    assert "anary" not in stored.lower()
    assert "13812345678" not in stored


@pytest.mark.parametrize("number", ["13812345678", "+86 138 1234 5678", "0086-138-1234-5678", "（138）12345678"])
def test_a_number_is_found_however_it_is_written(book: Book, number: str) -> None:
    borrower = book.borrower()
    add(borrower, "138 1234 5678")

    assert Borrower.objects.reached_by(number).get() == borrower


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("mobile", "hello"),
        ("mobile", "12"),
        ("phone", "1" * 16),
        ("email", "nobody"),
        ("fax", "13812345678"),
        ("mobile", ""),
    ],
)
def test_what_is_no_number_or_address_is_refused(book: Book, kind: str, value: str) -> None:
    with pytest.raises(ContactPointError):
        add(book.borrower(), value, kind)


def test_the_same_number_twice_is_refused_for_one_borrower_only(book: Book) -> None:
    borrower = book.borrower()
    add(borrower, "13812345678")

    with pytest.raises(ContactPointError):
        add(borrower, "138-1234-5678")

    assert add(book.borrower(), "13812345678").pk


def test_a_retired_number_may_come_back(book: Book) -> None:
    borrower = book.borrower()
    point = add(borrower, "13812345678")

    retire_contact_point(point, by=None, at=AT)

    assert add(borrower, "13812345678").pk != point.pk
    with pytest.raises(ContactPointError):
        retire_contact_point(point, by=None, at=AT)


def test_adding_and_retiring_are_recorded_without_the_number(book: Book) -> None:
    point = add(book.borrower(), "13812345678")
    retire_contact_point(point, by=None, at=AT)

    entries = Entry.objects.order_by("number")

    assert [entry.action for entry in entries] == ["lending.contact_point_added", "lending.contact_point_retired"]
    assert not any("5678" in entry.facts for entry in entries)


def test_an_import_adds_only_what_is_not_there(book: Book) -> None:
    borrower = book.borrower()
    add(borrower, "13812345678")
    wanted = [NewContactPoint(borrower, number) for number in ("138 1234 5678", "13900000000", "13900000000")]

    assert add_contact_points(wanted, at=AT) == 1
    assert add_contact_points(wanted, at=AT) == 0


def test_quality_is_marked(book: Book) -> None:
    point = add(book.borrower(), "13812345678")

    mark_quality(point, ContactPoint.Quality.GONE)

    assert ContactPoint.objects.get().quality == "gone"
