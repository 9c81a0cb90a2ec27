"""Rows of a loan tape into the book: the new ones are entered, those that are there stay as they are."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from lending.booking import NewLoan, book_many
from lending.contracts import contracted
from lending.imports.receipts import post
from lending.imports.rows import LoanRow, PaymentRow, Problem, Taken
from lending.models import Borrower, Loan, Product
from lending.parties import NewContactPoint, add_contact_points, get_funder, get_product, register_borrowers
from lending.personal import PersonName
from lending.schedules import TermsError, build
from lending.versions import product_versions, version_on
from staff.models import User

Lines = Sequence[tuple[int, LoanRow]]
_COLUMNS = {
    "funder": "funder__code",
    "product": "product__code",
    "borrower_ref": "borrower__ref",
    "annual_rate": "annual_rate_ppm",
}
"""Where the book keeps a column of another name."""


def take(lines: Lines, *, at: datetime, by: User | None) -> Taken:
    """Enter a chunk of loans with their borrowers, numbers and payments in full, in the caller's transaction."""
    new, there, bad = _sort(lines)
    warnings, unmade = _enter(new, at, by) if new else ([], [])
    bad += unmade
    without = {problem.line for problem in unmade}
    new = [(line, row) for line, row in new if line not in without]
    refused = _post_paid([*new, *there], at, by)
    lines_refused = {problem.line for problem in refused}
    entered, found = (sum(line not in lines_refused for line, _row in rows) for rows in (new, there))
    return Taken(entered, found, 0, [*bad, *refused], warnings)


def _sort(lines: Lines) -> tuple[list[tuple[int, LoanRow]], list[tuple[int, LoanRow]], list[Problem]]:
    """The rows that are new, those that the book has already, and those that it has with other content."""
    known = _known([row.number for _line, row in lines])
    merged = _merged({row.borrower.ref for _line, row in lines})
    new, there, bad = [], [], []
    for line, row in lines:
        content = row.content
        content["borrower_ref"] = merged.get(row.borrower.ref, row.borrower.ref)
        kept = known.setdefault(row.number, content)
        if kept is content:
            new.append((line, row))
        elif kept == content:
            there.append((line, row))
        else:
            bad.append(Problem(line, row.number, difference(kept, content)))
    return new, there, bad


def _merged(refs: Collection[str]) -> dict[str, str]:
    """Of references that lead to a merged record the one of the record that stays."""
    rows = Borrower.objects.filter(merged_into__isnull=False, ref__in=refs)
    return dict(rows.values_list("ref", "merged_into__ref"))


def difference(kept: dict[str, object], content: dict[str, object]) -> str:
    """Why a row whose number is taken is not the same loan or payment."""
    columns = ", ".join(name for name in content if kept[name] != content[name])
    return _("the number is taken by one with other content: %(columns)s") % {"columns": columns}


def _known(numbers: Sequence[str]) -> dict[str, dict[str, object]]:
    """What the book says of these loans, as `LoanRow.content` would."""
    names = ["funder", "product", "borrower_ref", "currency", "principal", "annual_rate", "periods", "method"]
    names += ["frequency", "start_on", "first_due_on", "day_count", "more_terms"]
    found = Loan.objects.filter(number__in=numbers).values_list("number", *(_COLUMNS.get(name, name) for name in names))
    return {number: dict(zip(names, values, strict=True)) for number, *values in found}


def _enter(lines: Lines, at: datetime, by: User | None) -> tuple[list[Problem], list[Problem]]:
    """Book new loans; says where a borrower has another name than the tape gives, and which have no schedule by the rule of
    their product for days off.
    """
    funders = {code: get_funder(code, name) for code, name in {row.funder for _line, row in lines}}
    for (code, name), day_count in {row.product: str(row.terms.day_count) for _line, row in reversed(lines)}.items():
        get_product(code, name=name, day_count=day_count)
    versions = product_versions({row.product[0] for _line, row in lines})
    products = {line: version_on(versions[row.product[0]], row.terms.start_on) for line, row in lines}
    bad = [problem for line, row in lines if (problem := _unmade(line, row, products[line]))]
    without = {problem.line for problem in bad}
    lines = [(line, row) for line, row in lines if line not in without]
    borrowers = register_borrowers([row.borrower for _line, row in lines], at=at)
    add_contact_points(
        [NewContactPoint(borrowers[row.borrower.ref], row.phone) for _l, row in lines if row.phone], at=at
    )
    book_many(
        [
            NewLoan(
                row.number,
                funders[row.funder[0]],
                products[line],
                borrowers[row.borrower.ref],
                row.terms,
                row.rows,
            )
            for line, row in lines
        ],
        at=at,
        by=by,
    )
    named = ((line, row, borrowers[row.borrower.ref]) for line, row in lines if row.borrower.name)
    return [_renamed(line, row) for line, row, borrower in named if _differs(borrower, row)], bad


def _unmade(line: int, row: LoanRow, product: Product) -> Problem | None:
    """Why these terms give no schedule where due days move off days off; None where they do, as nearly all do."""
    if row.rows or product.due_move == Product.DueMove.NONE:
        return None
    try:
        build(contracted(row.terms, product))
    except TermsError as error:
        return Problem(line, row.number, str(error))
    return None


def _differs(borrower: Borrower, row: LoanRow) -> bool:
    return bool(PersonName(row.borrower.name).normalised() != borrower.name.normalised())


def _renamed(line: int, row: LoanRow) -> Problem:
    words = _("borrower_name: borrower %(ref)s is in the book under another name, which stays")
    return Problem(line, row.number, words % {"ref": row.borrower.ref})


def _post_paid(lines: Lines, at: datetime, by: User | None) -> list[Problem]:
    """Post the payments in full that the tape knows of, each once; the problems of those that were refused."""
    payments = [
        (line, PaymentRow(f"{row.number}-paid", row.number, row.paid_on, row.terms.principal, row.terms.currency))
        for line, row in lines
        if row.paid_on
    ]
    return post(payments, at=at, by=by).bad if payments else []
