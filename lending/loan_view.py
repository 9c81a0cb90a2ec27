"""A loan as one screen shows it on one day: where it stands, its schedules old and new, its payments and its penalty."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lending import caps
from lending.creditor_view import NOTHING, OwedTo, owed_to
from lending.facts import InstalmentFact, LoanFacts, VersionFact
from lending.loan_reading import LoanRead, PaymentRow, VersionRow, read
from lending.models import Fee, Loan, Pause, RefundRequest
from lending.payoff import running_interest
from lending.penalty_steps import PenaltyStep, penalty_steps
from lending.standing import AllocationFact, InstalmentState, Standing, standing
from lending.waiver_view import GivenUp, given_up_of
from lending.words import cap_words, version_words

NEWEST_MAX = 5
UNCHANGED: frozenset[str] = frozenset()


class ScheduleRow(NamedTuple):
    """A row of a schedule; `badge` and `words` say how it stands, empty for a schedule that is not in force."""

    n: int
    due_on: date
    principal: int
    interest: int
    paid: int
    waived: int
    open: int
    badge: str
    words: str
    changed: frozenset[str]

    @property
    def total(self) -> int:
        return self.principal + self.interest


class Schedule(NamedTuple):
    """A version of the schedule with its rows."""

    version: VersionRow
    words: str
    is_in_force: bool
    rows: list[ScheduleRow]
    principal: int
    interest: int

    @property
    def total(self) -> int:
        return self.principal + self.interest


class PaymentLine(NamedTuple):
    """A payment of value day up to the day asked for, with what it settled on that day; `held` settled nothing yet."""

    payment: PaymentRow
    parts: list[AllocationFact]
    held: int
    refunded: int
    waiting: RefundRequest | None

    @property
    def is_reversed(self) -> bool:
        return self.payment.is_reversed


class CapLine(NamedTuple):
    """A cap on cost that the loan is above: what it says, whom it binds, where it stands."""

    exceeded: caps.Exceeded
    words: str
    binds: str


@dataclass(frozen=True)
class LoanView:
    """Everything that the loan page shows as of `on`, amounts in minor units of the loan's currency.

    What opens on demand is worked out when it is asked for, most of it from what was read already.
    """

    loan: Loan
    on: date
    read: LoanRead
    standing: Standing
    payments: list[PaymentLine]

    @property
    def overdue(self) -> int:
        state = self.standing
        return state.overdue_principal + state.overdue_interest + state.penalty + state.fee

    @property
    def running_interest(self) -> int:
        return running_interest(self.standing)

    @property
    def pauses(self) -> list[Pause]:
        return self.read.pauses

    @property
    def payments_later(self) -> int:
        return len(self.read.payments) - len(self.payments)

    @property
    def newest(self) -> list[PaymentLine]:
        """The payments that are shown at once, newest first."""
        return self.payments[: -NEWEST_MAX - 1 : -1]

    @cached_property
    def in_force(self) -> Schedule:
        return self._schedule(self._current)

    @cached_property
    def before(self) -> Schedule | None:
        """The version that the one in force replaced."""
        return self._schedule(self._current - 1) if self._current else None

    @cached_property
    def others(self) -> list[Schedule]:
        shown = {self._current, self._current - 1}
        return [self._schedule(index) for index in range(len(self.read.versions)) if index not in shown]

    @property
    def others_count(self) -> int:
        return len(self.read.versions) - 1

    @cached_property
    def penalty(self) -> list[PenaltyStep]:
        return penalty_steps(self.read.facts, self.on)

    @cached_property
    def given_up(self) -> GivenUp | None:
        return given_up_of(self.loan, self.standing) if self.read.traces.waived else None

    @cached_property
    def fees(self) -> list[Fee]:
        if not self.read.traces.charged:
            return []
        return list(Fee.objects.filter(loan=self.loan, on__lte=self.on).order_by("on", "pk"))

    @cached_property
    def owed_to(self) -> OwedTo:
        return owed_to(self.loan, self.on) if self.read.traces.shared else NOTHING

    @cached_property
    def caps(self) -> list[CapLine]:
        return _caps(self.loan, self.read.facts)

    @cached_property
    def _current(self) -> int:
        """The version in force on the day, or the first."""
        versions = self.read.versions
        return max((index for index, each in enumerate(versions) if each.effective_on <= self.on), default=0)

    def _schedule(self, index: int) -> Schedule:
        facts = self.read.facts.versions
        former = facts[index - 1] if index else None
        is_in_force = index == self._current
        rows = self.standing.instalments if is_in_force else facts[index].rows
        return schedule_of(self.read.versions[index], rows, former, self.on, is_in_force=is_in_force)


def view_of(loan: Loan, on: date) -> LoanView:
    """The loan at the end of `on`, in a constant number of queries."""
    found = read(loan)
    state = standing(found.facts, on)
    return LoanView(loan, on, found, state, _payments(found, state))


def _caps(loan: Loan, facts: LoanFacts) -> list[CapLine]:
    """As first agreed: what was put off or lowered since is no new credit."""
    exceeded = caps.warnings(
        start_on=loan.start_on,
        rate_ppm=loan.annual_rate_ppm,
        penalty_rate_ppm=max(
            facts.conventions.penalty_rate_ppm, *(each.penalty_rate_ppm for each in facts.sureties), 0
        ),
        lender=loan.funder.lender_kind,
        cost_ppm=caps.cost_of(loan.principal, loan.start_on, facts.versions[0].rows),
    )
    return [CapLine(each, *cap_words(each.cap)) for each in exceeded]


def schedule_of(
    version: VersionRow,
    rows: Sequence[InstalmentState | InstalmentFact],
    former: VersionFact | None,
    on: date,
    *,
    is_in_force: bool,
) -> Schedule:
    """A version with what it changed of the former; that in force has the state of each row, others what they said."""
    earlier = {row.n: row for row in former.rows} if former else {}
    listed = [_schedule_row(row, on, _changed(row, earlier.get(row.n)) if former else UNCHANGED) for row in rows]
    sums = sum(row.principal for row in listed), sum(row.interest for row in listed)
    return Schedule(version, version_words(version.reason), is_in_force, listed, *sums)


def _changed(row: InstalmentState | InstalmentFact, former: InstalmentFact | None) -> frozenset[str]:
    names = ("due_on", "principal", "interest")
    return frozenset(name for name in names if former is None or getattr(former, name) != getattr(row, name))


def _schedule_row(row: InstalmentState | InstalmentFact, on: date, changed: frozenset[str]) -> ScheduleRow:
    if isinstance(row, InstalmentState):
        paid, waived = row.paid_principal + row.paid_interest, row.waived_principal + row.waived_interest
        amounts = row.principal, row.interest, paid, waived, row.open
        return ScheduleRow(row.n, row.due_on, *amounts, *_state(row, on), changed)
    return ScheduleRow(row.n, row.due_on, row.principal, row.interest, 0, 0, 0, "", "", changed)


def _state(row: InstalmentState, on: date) -> tuple[str, str]:
    """The badge and the word for a row of the schedule in force."""
    has_paid = bool(row.paid_principal + row.paid_interest)
    if not row.open:
        has_waived = bool(row.waived_principal + row.waived_interest)
        return "good", _("paid") if not has_waived else _("part waived") if has_paid else _("waived")
    if row.due_by < on:
        words = _("part paid") if has_paid else _("past due")
        if days := row.days_past_due:
            told = ngettext("%(words)s, %(days)s day", "%(words)s, %(days)s days", days)
            words = told % {"words": words, "days": days}
        return "warn", words
    if row.due_on == on:
        return "wait", _("due today")
    if row.due_on < on:
        return "wait", _("due by %(day)s") % {"day": row.due_by.isoformat()}
    return "neutral", _("part paid") if has_paid else _("to come")


def _payments(found: LoanRead, state: Standing) -> list[PaymentLine]:
    waits: dict[int, RefundRequest] = {}
    if found.traces.refunded:
        waiting = RefundRequest.objects.waiting().filter(payment__in=[payment.pk for payment in found.payments])
        waits = {request.payment_id: request for request in waiting.select_related("maker")}
    back: dict[int, int] = defaultdict(int)
    for refund in found.facts.refunds:
        back[refund.payment_id] += refund.amount if refund.on <= state.on else 0
    parts: dict[int, list[AllocationFact]] = defaultdict(list)
    for each in state.allocations:
        parts[each.payment_id].append(each)
    lines = []
    for payment in found.payments:
        if payment.value_on > state.on:
            continue
        settled, refunded = parts[payment.pk], back[payment.pk]
        held = 0 if payment.is_reversed else payment.amount - refunded - sum(part.amount for part in settled)
        lines.append(PaymentLine(payment, settled, held, refunded, waits.get(payment.pk)))
    return lines
