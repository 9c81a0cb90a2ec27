"""A whole book at once: people, loans, schedules and money received, streamed into the tables already settled as of a day.

What is written is what `register_borrowers`, `add_contact_points`, `book_many`, `post_many` and `settle` write of the same
facts (a test holds them together); but nothing is asked of the tables, keys are given out here, and no row is read back or
written twice. So the people and loans must be new, and nobody else may write to the book meanwhile.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import count
from typing import NamedTuple

from django.db import models, transaction

from lending.booking import first_due_on, frequency_text
from lending.contracts import contracted, more_terms
from lending.facts import conventions_of
from lending.loan_facts import Conventions, InstalmentFact, LoanFacts, PaymentFact, VersionFact
from lending.models import (
    Allocation,
    Arrears,
    Borrower,
    ContactPoint,
    Funder,
    Instalment,
    Loan,
    NameDigest,
    Payment,
    PenaltyAccrual,
    Product,
    ScheduleVersion,
)
from lending.parties import NewBorrower
from lending.personal import PersonName, PhoneNumber
from lending.schedules import Terms, build
from lending.sql.writing import Row, insert_many, keys_given_out, moment, next_key
from lending.standing import Standing, standing
from lending.written import ARREARS_FIELDS, arrears_values, read_on
from staff.sealing import encrypt

KEYED = (Borrower, Loan, ScheduleVersion, Payment)
"""What other rows point at."""
COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Borrower: ("pk", "ref", "name", "identity", "identity_digest", "language", "time_zone"),
    NameDigest: ("borrower", "digest"),
    ContactPoint: ("borrower", "kind", "value", "digest", "quality", "source", "added_at"),
    Loan: (
        *("pk", "number", "borrower", "funder", "product", "currency", "principal", "annual_rate_ppm", "periods"),
        *("method", "frequency", "day_count", "start_on", "first_due_on", "status", "paid_off_on", "more_terms"),
    ),
    ScheduleVersion: ("pk", "loan", "number", "effective_on", "is_current", "reason", "source", "made_at"),
    Instalment: (
        *("version", "loan", "is_current", "n", "due_on", "principal", "interest", "paid_principal", "paid_interest"),
    ),
    Payment: ("pk", "loan", "reference", "value_on", "amount", "currency", "channel", "posted_at"),
    Allocation: ("payment", "loan", "n", "component", "amount", "booked_on"),
    PenaltyAccrual: ("loan", "from_on", "to_on", "amount", "booked_on"),
    Arrears: ("loan", "as_of", *ARREARS_FIELDS),
}
"""What is written, in this order; every other column is empty or has the database's own value."""


Rows = dict[type[models.Model], list[Row]]


@transaction.atomic
def write(rows: Rows) -> int:
    """Write what `rows_of` found; says how many loans there were."""
    for model, columns in COLUMNS.items():
        insert_many(model, columns, rows[model])
    for model in KEYED:
        if rows[model]:
            keys_given_out(model, int(str(rows[model][-1][0])))
    return len(rows[Loan])


class Received(NamedTuple):
    """A payment, in minor units of its loan's currency."""

    reference: str
    value_on: date
    amount: int


class LoanToLoad(NamedTuple):
    """A loan with the money it has received; TermsError comes from `schedules.build` when its terms give no schedule."""

    number: str
    funder: Funder
    product: Product
    terms: Terms
    payments: Sequence[Received]


class BorrowerToLoad(NamedTuple):
    """A person with a mobile number and everything borrowed."""

    person: NewBorrower
    phone: str
    loans: Sequence[LoanToLoad]


Told = Callable[[int, LoanToLoad, LoanFacts, Standing], None]


class Loader:
    """Loads chunk after chunk into a book of which `on` is, or becomes, the last closed day.

    `rows_of` reckons and `write` writes, so that one thread may write a chunk while another reckons the next.
    """

    def __init__(self, *, on: date, at: datetime, told: Told | None = None) -> None:
        """`told` hears of each loan's key, what was loaded, its facts and where they put it."""
        self.on = on
        self._told = told
        self.at = moment(at)
        self._keys = {model: count(next_key(model)) for model in KEYED}
        self._conventions: dict[tuple[int, str, int], Conventions] = {}
        self._rows: Rows = {}

    def rows_of(self, people: Iterable[BorrowerToLoad]) -> Rows:
        """What there is to write of these people, some thousand at a time, and of what is theirs."""
        self._rows = {model: [] for model in COLUMNS}
        for each in people:
            borrower = self._add_borrower(each.person, each.phone)
            for loan in each.loans:
                self._add_loan(loan, borrower)
        return self._rows

    def _add_borrower(self, person: NewBorrower, phone: str) -> int:
        borrower, number = next(self._keys[Borrower]), PhoneNumber(phone)
        self._rows[Borrower].append(
            (borrower, person.ref, encrypt(person.name), "", "", person.language, person.time_zone)
        )
        digests = sorted(PersonName(person.name).part_digests())
        self._rows[NameDigest] += [(borrower, digest) for digest in digests]
        point = (borrower, ContactPoint.Kind.MOBILE.value, encrypt(phone), number.digest())
        self._rows[ContactPoint].append((*point, ContactPoint.Quality.UNTRIED.value, "lender", self.at))
        return borrower

    def _add_loan(self, loan: LoanToLoad, borrower: int) -> None:
        pk, version, terms = next(self._keys[Loan]), next(self._keys[ScheduleVersion]), loan.terms
        received = [(next(self._keys[Payment]), payment) for payment in loan.payments]
        facts = self._facts(loan, received)
        state = standing(facts, self.on)
        status = Loan.Status.PAID if state.paid_off_on else Loan.Status.ACTIVE
        self._rows[Loan].append((
            *(pk, loan.number, borrower, loan.funder.pk, loan.product.pk, terms.currency, terms.principal),
            *(round(terms.annual_rate_ppm), terms.periods, str(terms.method), frequency_text(terms), str(terms.day_count)),
            *(terms.start_on, first_due_on(terms), status.value, state.paid_off_on, json.dumps(more_terms(terms))),
        ))  # fmt: skip
        self._rows[ScheduleVersion].append((version, pk, 1, terms.start_on, True, "original", "", self.at))
        self._rows[Payment] += [
            (key, pk, one.reference, one.value_on, one.amount, terms.currency, Payment.Channel.IMPORT.value, self.at)
            for key, one in received
        ]
        self._rows[Instalment] += [
            (version, pk, True, row.n, row.due_on, row.principal, row.interest, row.paid_principal, row.paid_interest)
            for row in state.instalments
        ]
        self._add_standing(pk, state)
        if self._told:
            self._told(pk, loan, facts, state)

    def _add_standing(self, loan: int, state: Standing) -> None:
        on = self.on
        self._rows[Allocation] += [
            (part.payment_id, loan, part.n, str(part.component), part.amount, on) for part in state.allocations
        ]
        if state.penalty_accrued:
            since = min(state.instalments[0].due_on, on)
            self._rows[PenaltyAccrual].append((loan, since, on, state.penalty_accrued, on))
        values = arrears_values(state)
        if values != read_on(None, on, values):
            self._rows[Arrears].append((loan, on, *values))

    def _facts(self, loan: LoanToLoad, received: Sequence[tuple[int, Received]]) -> LoanFacts:
        rows = tuple(
            InstalmentFact(row.n, row.due_on, row.principal, row.interest)
            for row in build(contracted(loan.terms, loan.product))
        )
        payments = tuple(PaymentFact(key, one.value_on, one.amount, key) for key, one in received)
        terms = loan.terms
        rate = round(terms.annual_rate_ppm)
        key = (loan.product.pk, terms.currency, rate)
        conventions = self._conventions.get(key) or conventions_of(loan.product, terms.currency, rate)
        self._conventions[key] = conventions
        version = VersionFact(terms.start_on, rows)
        return LoanFacts(loan.number, terms.principal, terms.start_on, (version,), payments, conventions)
