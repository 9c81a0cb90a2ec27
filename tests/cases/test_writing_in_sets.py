"""Many rows in one statement hold what each would hold by itself, on either database."""

from datetime import UTC, date, datetime

import pytest

from behind import make_case
from cases.models import Case
from lending.models import Borrower
from lending.sql.reading import among
from lending.sql.writing import storing, update_many

pytestmark = pytest.mark.django_db
FIELDS = ["next_action", "next_at", "priority", "priority_reasons", "as_of"]
REASONS = [{"code": 'it\'s "so" \\ {1,2}\n欠', "points": -10_000, "facts": {"to_on": "", "n": None}}]


def write(case: Case, values: list[object], **where: object) -> int:
    row = [*storing(Case, FIELDS)(values), case.pk, *where.values()]
    return update_many(Case, FIELDS, [row], where=list(where))


def test_each_kind_of_value_comes_back_as_it_was_given() -> None:
    case = make_case()
    values: list[object] = [
        Case.NextAction.CALL,
        datetime(2026, 7, 15, 1, 2, 3, 456789, UTC),
        -1,
        REASONS,
        date(2026, 7, 16),
    ]

    assert write(case, values) == 1
    assert [getattr(Case.objects.get(), name) for name in FIELDS] == values


def test_nothing_given_leaves_nothing() -> None:
    case = make_case()

    write(case, ["call", None, 0, [], None])

    kept = Case.objects.get()
    assert (kept.next_at, kept.priority_reasons, kept.as_of) == (None, [], None)


def test_rows_keep_to_themselves() -> None:
    one, other, left = make_case("B1"), make_case("B2"), make_case("B3")

    found = update_many(Case, ["priority", "bucket"], [(1, "M5", one.pk), (2, "M6", other.pk), (3, "M7", left.pk + 1)])

    assert found == 2
    assert list(Case.objects.order_by("pk").values_list("priority", "bucket")) == [
        (1, "M5"),
        (2, "M6"),
        (left.priority, left.bucket),
    ]


def test_a_row_that_is_no_longer_what_was_asked_for_is_left_alone() -> None:
    case = make_case()

    assert write(case, ["call", None, 7, [], None], state="open", version=case.version + 1) == 0
    assert Case.objects.get().priority == case.priority
    assert write(case, ["call", None, 7, [], None], state="open", version=case.version) == 1


def test_a_list_of_keys_finds_what_in_finds() -> None:
    wanted = [make_case(ref).borrower_id for ref in ("B1", "B2", "B3")][:2]

    for keys in (wanted, [], [*wanted, 0, 10**15]):
        assert set(Case.objects.filter(among("borrower", keys))) == set(Case.objects.filter(borrower__in=keys))


def test_a_list_of_texts_finds_what_in_finds_whatever_they_hold() -> None:
    refs = ["plain", 'a "quoted" one', "back\\slash", "brace } , {", "逾期 'M1'", "NULL", " "]
    for ref in refs:
        make_case(ref)

    for wanted in (refs[:4], refs[4:], ["plain, back"], []):
        found = Borrower.objects.filter(among("ref", wanted)).values_list("ref", flat=True)
        assert set(found) == set(wanted) & set(refs)
