"""A change is put forward by one and decided by another; products and funders are added to, never edited."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from audit.guards import lifted
from audit.models import Entry
from changed import AT, ON, ask, give_rights, person, rule, share
from lending.changes import ChangeError, ChangeStaleError, decide, lines_of, withdraw
from lending.facts import conventions_of
from lending.models import ALWAYS, Change, Funder, FunderVersion, LoanShare, Product
from lending.parties import get_funder, get_product
from lending.product_terms import STARTING_POINTS, product_of, sections, term_fields, terms_of
from lending.rights import Instrument
from lending.verify import verify
from lending.versions import bring_up_funders, funder_on
from tests.lending.book.books import Book

MONTHS = [("2026-02-01", 100_00, 1_00), ("2026-03-01", 100_00, 1_00)]


def new_terms(code: str, **changed: object) -> dict[str, object]:
    return terms_of(get_product(code)) | changed


def test_a_new_version_holds_for_loans_that_start_on_its_day_or_later(db: None) -> None:
    first = get_product("cash", penalty_rate_ppm=360_000)

    rule(ask(Change.Kind.PRODUCT, "cash", new_terms("cash", penalty_rate_ppm=240_000), from_on="2026-02-01"))

    assert get_product("cash", on=date(2026, 1, 31)) == first
    assert get_product("cash", on=date(2026, 2, 1)).penalty_rate_ppm == 240_000
    assert get_product("cash").valid_from == date(2026, 2, 1)
    first.refresh_from_db()
    assert first.penalty_rate_ppm == 360_000


def test_a_loan_keeps_the_version_that_it_started_under(book: Book) -> None:
    product = get_product("cash", penalty_rate_ppm=360_000)
    loan = book.loan(MONTHS, start="2026-01-01", product=product)

    rule(ask(Change.Kind.PRODUCT, "cash", new_terms("cash", penalty_rate_ppm=0), from_on="2026-01-02"))

    loan.refresh_from_db()
    assert conventions_of(loan.product, "CNY", 240_000).penalty_rate_ppm == 360_000
    assert verify() == []


def test_terms_that_loans_have_started_under_stay(book: Book) -> None:
    book.loan(MONTHS, start="2026-01-15", product=get_product("cash"))

    with pytest.raises(ChangeError) as refused:
        ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=5), from_on="2026-01-15")

    assert refused.value.field == "valid_from"


def test_a_loan_under_the_wrong_version_is_a_fault(book: Book) -> None:
    old = get_product("cash")
    rule(ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=5), from_on="2026-01-10"))

    book.loan(MONTHS, start="2026-01-15", product=old)

    assert "does not follow the product terms" in verify()[0].reason


@pytest.mark.parametrize(("from_on", "changed"), [("2026-01-01", {"grace_days": 9}), ("2026-03-01", {})])
def test_a_version_that_is_not_later_or_changes_nothing_is_refused(
    db: None, from_on: str, changed: dict[str, int]
) -> None:
    get_product("cash")
    rule(ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=5), from_on="2026-02-01"))

    with pytest.raises(ChangeError):
        ask(Change.Kind.PRODUCT, "cash", new_terms("cash", **changed), from_on=from_on)


def test_every_field_of_a_product_is_a_term_in_one_section(db: None) -> None:
    named = [name for _section, names in sections() for name in names]

    assert sorted(named) == sorted(term_fields())
    assert len(named) == len(set(named)) == len(Product._meta.concrete_fields) - 3


@pytest.mark.parametrize("name", STARTING_POINTS)
def test_a_starting_point_is_a_product(name: str) -> None:
    product = product_of("new", ON, STARTING_POINTS[name][1])

    assert conventions_of(product, "CNY", 240_000).allocation


def test_the_maker_does_not_decide(db: None) -> None:
    get_product("cash")
    change = ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=5), from_on="2026-02-01")
    with lifted(connection):
        Change.objects.update(maker=person("manager"))
    change.refresh_from_db()

    with pytest.raises(ChangeStaleError):
        rule(change)
    with pytest.raises(PermissionDenied):
        decide(change, approve=True, words="", payload_hash=change.payload_hash, by=person("supervisor"), at=AT, on=ON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.update(state="approved", checker=person("manager"), decided_at=AT)


def test_a_change_is_decided_once_as_it_was_seen(db: None) -> None:
    get_product("cash")
    change = ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=5), from_on="2026-02-01")

    with pytest.raises(ChangeStaleError):
        decide(change, approve=True, words="", payload_hash="another", by=person("manager"), at=AT, on=ON)
    rule(change)
    with pytest.raises(ChangeStaleError):
        rule(change)

    assert Product.objects.filter(code="cash").count() == 2
    assert list(Entry.objects.filter(action__startswith="lending.change").values_list("action", flat=True)) == [
        "lending.change_proposed",
        "lending.change_approved",
    ]


def test_only_one_change_of_a_thing_waits_and_its_maker_takes_it_back(db: None) -> None:
    get_product("cash")
    change = ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=5), from_on="2026-02-01")

    with pytest.raises(ChangeError):
        ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=6), from_on="2026-02-01")
    withdraw(change, by=person("supervisor"), at=AT)

    assert ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=6), from_on="2026-02-01").pk != change.pk


def test_a_rejected_change_writes_nothing(db: None) -> None:
    get_product("cash")

    rule(ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=5), from_on="2026-02-01"), approve=False)

    assert Product.objects.filter(code="cash").count() == 1


def test_what_a_change_says_stands_beside_what_was(db: None) -> None:
    get_product("cash", grace_days=3)
    change = ask(Change.Kind.PRODUCT, "cash", new_terms("cash", grace_days=5), from_on="2026-02-01")

    changed = [(line.label, line.before, line.after) for line in lines_of(change) if line.is_changed]

    assert changed == [("Days of grace", "3", "5")]


def renamed(funder: Funder, name: str, from_on: str, on: date = ON) -> None:
    content = {
        "name": name,
        "name_zh": "",
        "signature": name,
        "signature_zh": "",
        "service_phone": "",
        "rights": {str(each): "free" for each in Instrument},
    }
    rule(ask(Change.Kind.FUNDER, funder.code, content, from_on=from_on, on=on), on=on)


def test_a_funder_bears_the_name_of_the_day(db: None) -> None:
    funder = get_funder("harbour", "Harbour Bank")

    renamed(funder, "Haven Bank", "2026-02-01")

    assert [str(funder_on(funder, date(2026, 1, 31))), str(funder_on(funder, date(2026, 2, 1)))] == [
        "Harbour Bank",
        "Haven Bank",
    ]
    assert list(FunderVersion.objects.order_by("valid_from").values_list("valid_from", flat=True)) == [
        ALWAYS,
        date(2026, 2, 1),
    ]


def test_the_night_brings_the_funders_own_row_to_the_day(book: Book) -> None:
    funder = get_funder("harbour", "Harbour Bank")
    renamed(funder, "Haven Bank", "2026-02-01")
    names = []

    for day in ("2026-01-31", "2026-02-01"):
        book.close(day)
        funder.refresh_from_db()
        names.append(funder.name)

    assert names == ["Harbour Bank", "Haven Bank"]
    assert bring_up_funders(date(2026, 2, 1)) == 0


def test_shares_sum_to_the_whole_and_name_the_lender_of_record(book: Book) -> None:
    loan = book.loan(MONTHS, start="2026-01-01")
    get_funder("trust", "Trust")

    for wrong in ({"harbour": 500_000, "trust": 400_000}, {"trust": 1_000_000}, {"harbour": 1_000_000, "nobody": 0}):
        with pytest.raises(ChangeError):
            share(loan, wrong, from_on="2026-01-01")
    share(loan, {"harbour": 600_000, "trust": 400_000}, from_on="2026-01-01")

    assert [(row.funder.code, row.share_ppm) for row in LoanShare.objects.order_by("pk")] == [
        ("harbour", 600_000),
        ("trust", 400_000),
    ]


def test_later_shares_begin_ahead(book: Book) -> None:
    loan = book.loan(MONTHS, start="2025-12-01")
    get_funder("trust", "Trust")
    share(loan, {"harbour": 600_000, "trust": 400_000}, from_on="2025-12-01")

    for too_early in ("2025-12-01", "2026-01-01"):
        with pytest.raises(ChangeError):
            share(loan, {"harbour": 500_000, "trust": 500_000}, from_on=too_early)


def test_a_funders_rights_are_versions_too(db: None) -> None:
    funder = get_funder("harbour", "Harbour Bank")

    give_rights(funder, {Instrument.WAIVE_INTEREST: "never"}, from_on="2026-02-01")

    assert funder_on(funder, date(2026, 1, 31)).rights.get("waive_interest", "free") == "free"
    assert funder_on(funder, date(2026, 2, 1)).rights["waive_interest"] == "never"
