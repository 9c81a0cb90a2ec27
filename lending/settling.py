"""Bring what the book has written of a loan to what its facts say: the pure `standing` computes, this writes the difference.

Invariants: allocations and penalty accruals are only appended, so a change of the past appears as rows with a sign; what is
paid of an instalment in force is the sum of its allocations, what is waived of it follows from the waivers; penalty accrued is the sum of its accrual rows. Nothing is
written where nothing differs from what the row already says of that day, so settling twice writes nothing.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db import transaction

from lending.days import last_closed_day
from lending.facts import conventions_of, facts_of
from lending.horizon import hold_loans, reached_day
from lending.models import Allocation, Arrears, Instalment, Loan, PenaltyAccrual, Product
from lending.sql.posting import Money, settle_in_sets
from lending.sql.writing import insert_many, update_many
from lending.standing import Standing, standing
from lending.written import (
    ARREARS_FIELDS,
    SETTLED_FIELDS,
    Written,
    arrears_values,
    read_on,
    settled_of,
    written_of,
)

LOANS_PER_TRANSACTION = 250


def settle(loan_ids: Iterable[int], *, on: date) -> int:
    """Settle these loans as of `on`, or as of the day the book has reached if that is later; says how many had changed.

    Writes allocations, what is paid and waived of instalments, accruals, arrears and the loan's status, in transactions of at most
    `LOANS_PER_TRANSACTION` loans unless the caller holds one open.
    """
    wanted = sorted(set(loan_ids))
    changed = 0
    for start in range(0, len(wanted), LOANS_PER_TRANSACTION):
        with transaction.atomic():
            chunk = wanted[start : start + LOANS_PER_TRANSACTION]
            hold_loans(chunk)
            changed += _settle(chunk, max(on, reached_day() or on))
    return changed


def settle_reached(loan_ids: Iterable[int]) -> int:
    """Settle these loans as of the day the book has reached; before its first night there is nothing to settle."""
    on = reached_day()
    return settle(loan_ids, on=on) if on else 0


def settle_new(money: Sequence[Money], products: Collection[int]) -> set[int]:
    """Settle the loans of new payments that the book has reached in sets, where that comes to the same as the replay of each.

    Returns the others, for whoever posts to settle one by one: in the middle of a night, when some loans have reached the day
    and others not, these are all of them. `products` are those of the loans.
    """
    on = reached_day()
    reached = [each for each in money if on and each.value_on <= on]
    if not on or not reached:
        return set()
    loans = {each.loan_id for each in reached}
    if last_closed_day() != on:
        return loans
    counted = {each.pk: conventions_of(each, "", 0) for each in Product.objects.filter(pk__in=products)}
    orders = {pk: (each.allocation, each.allocation_by) for pk, each in counted.items() if each.allocation_late is None}
    return loans - settle_in_sets(reached, orders, on=on) if orders else loans


class _Changes:
    """The rows to write for a chunk of loans."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.loans: set[int] = set()
        self.settled: list[tuple[int, int, int, int, int]] = []
        self.allocations: list[tuple[int, int, int | None, str, int, date]] = []
        self.accruals: list[tuple[int, date, date, int, date]] = []
        self.arrears: list[Arrears] = []
        self.statuses: list[tuple[str, date | None, int]] = []

    def compare(self, loan_id: int, state: Standing, written: Written) -> None:
        """Note every difference between what is written of a loan and its standing."""
        before = len(self.settled), len(self.allocations), len(self.arrears), len(self.statuses)
        self._compare_instalments(state, written)
        self._compare_allocations(loan_id, state, written)
        self._compare_arrears(loan_id, state, written)
        self._compare_status(loan_id, state, written)
        if before != (len(self.settled), len(self.allocations), len(self.arrears), len(self.statuses)):
            self.loans.add(loan_id)

    def _compare_instalments(self, state: Standing, written: Written) -> None:
        for row in state.instalments:
            pk, settled = written.instalments[row.n]
            if settled != settled_of(row):
                self.settled.append((*settled_of(row), pk))

    def _compare_allocations(self, loan_id: int, state: Standing, written: Written) -> None:
        left = written.allocations
        wanted = {(part.payment_id, part.n, str(part.component)): part.amount for part in state.allocations}
        for key in wanted | left:
            if difference := wanted.get(key, 0) - left.get(key, 0):
                payment_id, n, component = key
                self.allocations.append((payment_id, loan_id, n, component, difference, self.on))

    def _compare_arrears(self, loan_id: int, state: Standing, written: Written) -> None:
        values, row = arrears_values(state), written.arrears
        if read_on(row, self.on, values) == values:
            return
        self.arrears.append(Arrears(loan_id=loan_id, as_of=self.on, **values._asdict()))
        if difference := values.penalty_accrued - (row.values.penalty_accrued if row else 0):
            since = min(row.as_of if row else state.instalments[0].due_on, self.on)
            self.accruals.append((loan_id, since, self.on, difference, self.on))

    def _compare_status(self, loan_id: int, state: Standing, written: Written) -> None:
        if written.status == Loan.Status.WRITTEN_OFF:
            return
        status = Loan.Status.PAID if state.paid_off_on else Loan.Status.ACTIVE
        if (status, state.paid_off_on) != (written.status, written.paid_off_on):
            self.statuses.append((str(status), state.paid_off_on, loan_id))

    def write(self) -> None:
        insert_many(Allocation, ["payment", "loan", "n", "component", "amount", "booked_on"], self.allocations)
        update_many(Instalment, SETTLED_FIELDS, self.settled)
        insert_many(PenaltyAccrual, ["loan", "from_on", "to_on", "amount", "booked_on"], self.accruals)
        update_many(Loan, ["status", "paid_off_on"], self.statuses)
        Arrears.objects.bulk_create(
            self.arrears, update_conflicts=True, unique_fields=["loan"], update_fields=["as_of", *ARREARS_FIELDS]
        )


def _settle(loan_ids: list[int], on: date) -> int:
    facts, written = facts_of(loan_ids), written_of(loan_ids)
    changes = _Changes(on)
    for loan_id in loan_ids:
        changes.compare(loan_id, standing(facts[loan_id], on), written[loan_id])
    changes.write()
    return len(changes.loans)
