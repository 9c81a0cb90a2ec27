"""All that one screen needs to know of a loan, read once: three queries for most loans, and one more for each rarer thing."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import QuerySet

from lending.facts import InstalmentFact, LoanFacts, PaymentFact, VersionFact, facts_beside, facts_from
from lending.loan_facts import PauseFact, PauseKind
from lending.models import Instalment, Loan, Pause, Payment
from lending.sql.traces import Traces, traces_of, traces_of_borrower
from staff.statements import Blank, statement


class VersionRow(NamedTuple):
    """A version of the schedule that stands."""

    number: int
    effective_on: date
    reason: str
    made_by: str


class PaymentRow(NamedTuple):
    """A payment or a reversal; `reversed_by` is the key of the row that reverses it."""

    pk: int
    reference: str
    value_on: date
    amount: int
    posted_at: datetime
    channel: str
    note: str
    reverses_id: int | None
    reversed_by: int | None

    @property
    def is_reversed(self) -> bool:
        """Whether it counts for nothing: reversed, or a reversal."""
        return self.reverses_id is not None or self.reversed_by is not None

    def get_channel_display(self) -> str:
        return str(Payment.Channel(self.channel).label)


class LoanRead(NamedTuple):
    """A loan's versions by number, its payments by value day, its pauses by first day, and the facts that they are."""

    traces: Traces
    versions: list[VersionRow]
    payments: list[PaymentRow]
    pauses: list[Pause]
    facts: LoanFacts


def read(loan: Loan) -> LoanRead:
    """The loan as the book holds it now; `loan` was read with its product."""
    traces = traces_of(loan)
    pauses: list[Pause] = []
    if traces.paused:
        pauses += Pause.objects.filter(loan=loan).select_related("end", "made_by").order_by("from_on", "pk")
    versions = list(_versions(loan))
    payments = list(_payments(loan))
    posted = sorted((payment for payment in payments if not payment.is_reversed), key=lambda payment: payment.pk)
    facts = facts_from(
        loan,
        [VersionFact(version.effective_on, rows) for version, rows in versions],
        [PaymentFact(payment.pk, payment.value_on, payment.amount, payment.pk) for payment in posted],
        [PauseFact(PauseKind(pause.kind), pause.from_on, pause.ends_on) for pause in pauses],
        is_waived=traces.waived or traces.charged,
        is_refunded=traces.refunded,
        is_shared=traces.shared,
    )
    return LoanRead(traces, [version for version, _rows in versions], payments, pauses, facts)


def _rows() -> QuerySet[Any, Any]:
    rows = Instalment.objects.filter(loan=Blank("loan"), version__is_withdrawn=False).order_by("version__number", "n")
    return rows.values_list(
        *("version__number", "version__effective_on", "version__reason"),
        *("version__made_by__display_name", "version__made_by__username"),
        *("n", "due_on", "principal", "interest"),
    )


def _versions(loan: Loan) -> Iterator[tuple[VersionRow, tuple[InstalmentFact, ...]]]:
    """The versions that stand, each with its rows."""
    told = statement(_rows).rows(loan=loan.pk)
    for (number, effective_on, reason, name, username), lines in groupby(told, key=lambda row: row[:5]):
        version = VersionRow(number, effective_on, reason, name or username or "")
        yield version, tuple(InstalmentFact(*line[5:]) for line in lines)


def _posted() -> QuerySet[Any, Any]:
    rows = Payment.objects.filter(loan=Blank("loan")).order_by("value_on", "pk")
    return rows.values_list(
        "pk", "reference", "value_on", "amount", "posted_at", "channel", "note", "reverses_id", "reversed_by"
    )


def _payments(loan: Loan) -> Iterator[PaymentRow]:
    return (PaymentRow(*row) for row in statement(_posted).rows(loan=loan.pk))


class BorrowerRead(NamedTuple):
    """The loans of a borrower with their funders and products, in order of their start, and the facts of each."""

    loans: list[Loan]
    facts: dict[int, LoanFacts]
    traces: Traces


def read_borrower(borrower_id: int) -> BorrowerRead:
    """All loans of a borrower as the book holds them now: four queries for most, and one more for each rarer thing."""
    loans: list[Loan] = statement(_loans_of_borrower).objects(borrower=borrower_id)
    traces = traces_of_borrower(borrower_id)
    versions: dict[int, list[VersionFact]] = defaultdict(list)
    told = statement(_rows_of_borrower).rows(borrower=borrower_id)
    for (loan, _number, effective_on), lines in groupby(told, key=lambda row: row[:3]):
        versions[loan].append(VersionFact(effective_on, tuple(InstalmentFact(*line[3:]) for line in lines)))
    payments: dict[int, list[PaymentFact]] = defaultdict(list)
    for loan, pk, value_on, amount in statement(_paid_by_borrower).rows(borrower=borrower_id):
        payments[loan].append(PaymentFact(pk, value_on, amount, pk))
    return BorrowerRead(loans, facts_beside(loans, versions, payments, traces), traces)


def _loans_of_borrower() -> QuerySet[Any, Any]:
    loans = Loan.objects.filter(borrower=Blank("borrower"))
    return loans.select_related("funder", "product").order_by("start_on", "pk")


def _rows_of_borrower() -> QuerySet[Any, Any]:
    rows = Instalment.objects.filter(loan__borrower=Blank("borrower"), version__is_withdrawn=False)
    told = ("loan", "version__number", "version__effective_on", "n", "due_on", "principal", "interest")
    return rows.order_by("loan", "version__number", "n").values_list(*told)


def _paid_by_borrower() -> QuerySet[Any, Any]:
    rows = Payment.objects.filter(loan__borrower=Blank("borrower"), reverses=None, reversed_by=None)
    return rows.order_by("loan", "pk").values_list("loan", "pk", "value_on", "amount")
