"""A loan as one screen shows it on one day: where it stands, its schedules old and new, its payments and its penalty."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lending import caps
from lending.facts import InstalmentFact, LoanFacts, facts_of_loan
from lending.models import Loan, Pause, Payment, RefundRequest, ScheduleVersion
from lending.payoff import running_interest
from lending.penalty_steps import PenaltyStep, penalty_steps
from lending.standing import InstalmentState, Standing, standing
from lending.waiver_view import GivenUp, given_up_of
from lending.words import cap_words, part_words, version_words


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

    version: ScheduleVersion
    words: str
    is_in_force: bool
    rows: list[ScheduleRow]
    principal: int
    interest: int

    @property
    def total(self) -> int:
        return self.principal + self.interest


class Part(NamedTuple):
    """What a payment settled, in words, and how much of it."""

    words: str
    amount: int


class PaymentLine(NamedTuple):
    """A payment of value day up to the day asked for, with what it settled on that day; `held` settled nothing yet."""

    payment: Payment
    is_reversed: bool
    parts: list[Part]
    held: int
    refunded: int
    waiting: RefundRequest | None


class CapLine(NamedTuple):
    """A cap on cost that the loan is above: what it says, whom it binds, where it stands."""

    exceeded: caps.Exceeded
    words: str
    binds: str


class LoanView(NamedTuple):
    """Everything that the loan page shows as of `on`; amounts in minor units of the loan's currency."""

    on: date
    standing: Standing
    running_interest: int
    in_force: Schedule
    before: Schedule | None
    others: list[Schedule]
    payments: list[PaymentLine]
    payments_later: int
    penalty: list[PenaltyStep]
    given_up: GivenUp
    pauses: list[Pause]
    caps: list[CapLine]

    @property
    def overdue(self) -> int:
        state = self.standing
        return state.overdue_principal + state.overdue_interest + state.penalty


def view_of(loan: Loan, on: date) -> LoanView:
    """The loan at the end of `on`, in a constant number of queries."""
    versions = list(ScheduleVersion.objects.standing().filter(loan=loan).select_related("made_by").order_by("number"))
    payments = list(Payment.objects.filter(loan=loan).select_related("reversed_by").order_by("value_on", "pk"))
    facts = facts_of_loan(loan, versions, payments)
    state = standing(facts, on)
    schedules = _schedules(versions, facts, state)
    current = next(index for index, schedule in enumerate(schedules) if schedule.is_in_force)
    return LoanView(
        on=on,
        standing=state,
        running_interest=running_interest(state),
        in_force=schedules[current],
        before=schedules[current - 1] if current else None,
        others=[each for index, each in enumerate(schedules) if index not in {current, current - 1}],
        payments=_payments([payment for payment in payments if payment.value_on <= on], state, facts),
        payments_later=sum(payment.value_on > on for payment in payments),
        penalty=penalty_steps(facts, on) if state.penalty_accrued else [],
        given_up=given_up_of(loan, state),
        pauses=list(Pause.objects.filter(loan=loan).select_related("end", "made_by").order_by("from_on", "pk")),
        caps=_caps(loan, facts),
    )


def _caps(loan: Loan, facts: LoanFacts) -> list[CapLine]:
    """As first agreed: what was put off or lowered since is no new credit."""
    exceeded = caps.warnings(
        start_on=loan.start_on,
        rate_ppm=loan.annual_rate_ppm,
        penalty_rate_ppm=facts.conventions.penalty_rate_ppm,
        cost_ppm=caps.cost_of(loan.principal, loan.start_on, facts.versions[0].rows),
    )
    return [CapLine(each, *cap_words(each.cap)) for each in exceeded]


def _schedules(versions: Sequence[ScheduleVersion], facts: LoanFacts, state: Standing) -> list[Schedule]:
    """The versions from the first on; that in force has the state of each row, others what they said."""
    in_force = max((index for index, each in enumerate(versions) if each.effective_on <= state.on), default=0)
    schedules: list[Schedule] = []
    for index, (version, fact) in enumerate(zip(versions, facts.versions, strict=True)):
        earlier = {row.n: row for row in facts.versions[index - 1].rows} if index else {}
        rows = []
        for row in state.instalments if index == in_force else fact.rows:
            former = earlier.get(row.n)
            names = ("due_on", "principal", "interest")
            changed = frozenset(
                name for name in names if index and (former is None or getattr(former, name) != getattr(row, name))
            )
            rows.append(_schedule_row(row, state.on, changed))
        sums = sum(row.principal for row in rows), sum(row.interest for row in rows)
        schedules.append(Schedule(version, version_words(version), index == in_force, rows, *sums))
    return schedules


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
    if row.due_on < on:
        words = _("part paid") if has_paid else _("past due")
        if days := row.days_past_due:
            told = ngettext("%(words)s, %(days)s day", "%(words)s, %(days)s days", days)
            words = told % {"words": words, "days": days}
        return "warn", words
    if row.due_on == on:
        return "wait", _("due today")
    return "neutral", _("part paid") if has_paid else _("to come")


def _payments(payments: Sequence[Payment], state: Standing, facts: LoanFacts) -> list[PaymentLine]:
    waiting = RefundRequest.objects.waiting().filter(payment__in=[payment.pk for payment in payments])
    waits = {request.payment_id: request for request in waiting.select_related("maker")}
    back: dict[int, int] = defaultdict(int)
    for refund in facts.refunds:
        back[refund.payment_id] += refund.amount if refund.on <= state.on else 0
    allocated: dict[int, dict[tuple[int | None, str], int]] = defaultdict(dict)
    for each in state.allocations:
        allocated[each.payment_id][each.n, str(each.component)] = each.amount
    lines = []
    for payment in payments:
        parts = [Part(part_words(n, component), amount) for (n, component), amount in allocated[payment.pk].items()]
        is_reversed = payment.reverses_id is not None or hasattr(payment, "reversed_by")
        held = 0 if is_reversed else payment.amount - back[payment.pk] - sum(part.amount for part in parts)
        lines.append(PaymentLine(payment, is_reversed, parts, held, back[payment.pk], waits.get(payment.pk)))
    return lines
