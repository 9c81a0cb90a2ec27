"""The list of loans as of the book's last close: what may be asked of it, its rows, and the same rows as a file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import F, QuerySet, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lending.api import LoanFilter
from lending.bucket_terms import buckets_of, of_product
from lending.buckets import bucket
from lending.keyset import Page, page
from lending.models import Funder, Instalment, Loan, Product
from lending.money import plain_amount
from lending.workbooks import Number

PAGE_ROWS = 50
CHUNK_ROWS = 500
EXPORT_ROWS_MAX = 100_000
"""A file of more rows is no list to work from; narrow the filters."""
COUNT_MAX = 10_000
"""Matches are counted up to here: nobody works a list by its last digit, and counting a million costs a second."""
PRODUCTS_MAX = 12
SORTS = {"number": "number", "days": "arrears__oldest_due_on"}
FILTERS = ("status", "product", "bucket", "funder", "in_arrears", "recovered", "q")


class Row(NamedTuple):
    """A loan with its figures in minor units; days past due, and the bucket of its product, as of the business date."""

    loan: Loan
    days_past_due: int
    bucket: str
    own_bucket: str
    overdue_principal: int
    overdue_interest: int
    penalty: int
    outstanding_principal: int

    @property
    def overdue(self) -> int:
        return self.overdue_principal + self.overdue_interest + self.penalty


@dataclass(frozen=True)
class Chip:
    """A filter that a click turns on or off; it has no count, which would ask the book once more for each."""

    label: str
    url: str
    is_on: bool
    count: None = None


def found(loans: QuerySet[Loan], asked: Mapping[str, str], on: date) -> QuerySet[Loan]:
    """The loans that match as of the business date; a filter that makes no sense is passed over."""
    matching: QuerySet[Loan] = LoanFilter({name: asked.get(name, "") for name in FILTERS}, queryset=loans, on=on).qs
    text = asked.get("q", "").strip()
    if text:
        matching = matching.filter(number__startswith=text.replace("\x00", ""))
    return matching.select_related("borrower", "funder", "product", "arrears")


def one_page(loans: QuerySet[Loan], asked: Mapping[str, str]) -> Page[Loan]:
    """A page in the order asked for. By days past due, most first is `-days`; loans that are not past due are left out."""
    sort = asked.get("sort", "")
    name = sort.removeprefix("-")
    field = SORTS.get(name, "number")
    descending = sort.startswith("-")
    if name == "days":
        loans, descending = loans.filter(arrears__oldest_due_on__isnull=False), not descending
    return page(
        loans,
        field,
        descending=descending,
        after=asked.get("after", ""),
        before=asked.get("before", ""),
        size=PAGE_ROWS,
    )


def rows_of(loans: Iterable[Loan], on: date) -> list[Row]:
    """The rows of these loans, with one more query for all of them."""
    listed = list(loans)
    current = Instalment.objects.filter(loan__in=[loan.pk for loan in listed], is_current=True)
    left = current.values("loan").annotate(left=Sum(F("principal") - F("paid_principal") - F("waived_principal")))
    outstanding = dict(left.values_list("loan", "left"))
    return [_row(loan, on, outstanding.get(loan.pk, 0)) for loan in listed]


def _row(loan: Loan, on: date, outstanding: int) -> Row:
    arrears, own = getattr(loan, "arrears", None), buckets_of(loan.product.buckets)
    if arrears is None or arrears.oldest_due_on is None:
        penalty = arrears.penalty_on(on) if arrears else 0
        return Row(loan, 0, bucket(0), bucket(0, own), 0, 0, penalty, outstanding)
    days = (on - arrears.oldest_due_on).days + (not loan.product.day_zero)
    return Row(
        loan,
        days,
        bucket(days),
        bucket(days, own),
        arrears.overdue_principal,
        arrears.overdue_interest,
        arrears.penalty_on(on),
        outstanding,
    )


def chips(asked: Mapping[str, str], on: date) -> list[list[Chip]]:
    """The filters in groups: state, product, its buckets or the house's, funder. Turning one on keeps the others and goes back to the first page."""
    language = get_language() or "en"
    groups = [
        [
            ("in_arrears", "true", _("Past due")),
            *(("status", value, str(words)) for value, words in Loan.Status.choices),
            ("recovered", "true", _("Recovered since")),
        ],
        [("product", code, product.name_in(language)) for code, product in _products().items()],
        [("bucket", each.code, each.code) for each in of_product(asked.get("product", ""), on)[1:]],
        [("funder", funder.code, funder.name_in(language)) for funder in Funder.objects.order_by("code")[:12]],
    ]
    return [[_chip(asked, *each) for each in group] for group in groups]


def _products() -> dict[str, Product]:
    """The newest version of each product, the first dozen by code."""
    newest = {product.code: product for product in Product.objects.order_by("code", "valid_from")}
    return dict(islice(newest.items(), PRODUCTS_MAX))


def _chip(asked: Mapping[str, str], name: str, value: str, label: str) -> Chip:
    is_on = asked.get(name) == value
    left_out = {"product": {"product", "bucket"}}.get(name, {name})
    kept = {key: given for key, given in asked.items() if key in {*FILTERS, "sort"} - left_out and given}
    return Chip(label, "?" + urlencode(kept if is_on else {**kept, name: value}), is_on)


def export_head() -> list[str]:
    return [
        *("number", "borrower_ref", "borrower_name", "funder", "product", "currency", "principal"),
        *(
            "outstanding_principal",
            "overdue_principal",
            "overdue_interest",
            "penalty",
            "bucket",
            "own_bucket",
            "days_past_due",
        ),
        *("status", "start_on", "as_of"),
    ]


def export_rows(loans: QuerySet[Loan], on: date) -> Iterator[list[str]]:
    """The cells of each loan in order of number: names masked, amounts in major units."""
    cursor = ""
    while True:
        part = page(loans, "number", descending=False, after=cursor, before="", size=CHUNK_ROWS)
        for row in rows_of(part.rows, on):
            yield _cells(row, on)
        if part.next is None:
            return
        cursor = part.next


def _cells(row: Row, on: date) -> list[str]:
    loan = row.loan
    amounts = (loan.principal, row.outstanding_principal, row.overdue_principal, row.overdue_interest, row.penalty)
    return [
        *(loan.number, loan.borrower.ref, str(loan.borrower.name), loan.funder.code, loan.product.code, loan.currency),
        *(Number(plain_amount(amount, loan.currency)) for amount in amounts),
        *(row.bucket, row.own_bucket, Number(row.days_past_due), loan.status, loan.start_on.isoformat()),
        on.isoformat(),
    ]
