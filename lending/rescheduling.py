"""A new schedule takes the place of the one in force; the old version stays with the loan.

Invariants: a version lists every row of the loan's life; rows already settled are repeated unchanged; the principal rows
sum to the loan's principal and what interest became principal since (`ScheduleVersion.capitalised`); versions follow each other in the order of the days they take effect, none in the future.
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit.record import record
from lending.booking import NewRow, write_rows
from lending.horizon import hold_loans, reached_day
from lending.models import Instalment, Loan, Payment, ScheduleVersion
from lending.money import AMOUNT_MAX
from lending.settling import settle
from lending.signals import schedule_changed
from staff.models import User


class ReschedulingError(ValueError):
    """A schedule that cannot take effect, in words for whoever proposes it."""


@transaction.atomic
def put_in_force(
    *,
    loan: Loan,
    rows: Sequence[NewRow],
    effective_on: date,
    reason: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    capitalised: int = 0,
) -> ScheduleVersion:
    """Make `rows` the loan's schedule from `effective_on`, the business date `on` or a day before it, and settle the loan.

    `capitalised` is the interest that becomes principal by it. ReschedulingError when an invariant of the module would not hold.
    """
    hold_loans([loan.pk])
    former = ScheduleVersion.objects.get(loan=loan, is_current=True)
    _check_day(loan, former, effective_on, on)
    _check_rows(loan, former, rows, capitalised)
    version = write_version(
        loan=loan,
        rows=rows,
        effective_on=effective_on,
        reason=reason,
        source=source,
        at=at,
        by=by,
        capitalised=capitalised,
    )
    if reached := reached_day():
        settle([loan.pk], on=reached)
    schedule_changed.send(ScheduleVersion, loan=loan, version=version, on=on, at=at)
    return version


def write_version(
    *,
    loan: Loan,
    rows: Sequence[NewRow],
    effective_on: date,
    reason: str,
    source: str,
    at: datetime,
    by: User | None,
    payment: Payment | None = None,
    keeps: str = "",
    fee: int = 0,
    capitalised: int = 0,
) -> ScheduleVersion:
    """Write the loan's next version, in force, beside its audit row; whoever calls settles the loan and tells of it."""
    number = ScheduleVersion.objects.filter(loan=loan).aggregate(last=Max("number"))["last"] + 1
    former = ScheduleVersion.objects.standing().filter(loan=loan).order_by("number").last()
    before = former.capitalised if former else 0
    take_out_of_force(loan)
    version = ScheduleVersion.objects.create(
        loan=loan,
        number=number,
        effective_on=effective_on,
        reason=reason,
        source=source,
        made_by=by,
        made_at=at,
        payment=payment,
        keeps=keeps,
        fee=fee,
        capitalised=before + capitalised,
    )
    write_rows([(version, rows)])
    record(
        "lending.schedule_put_in_force",
        by=by,
        at=at,
        subject=loan,
        loan=loan.number,
        version=version.number,
        effective_on=effective_on.isoformat(),
        reason=reason,
        source=source,
        instalments=len(rows),
        **({"capitalised": capitalised} if capitalised else {}),
    )
    return version


@transaction.atomic
def take_back(*, version: ScheduleVersion, on: date, at: datetime, by: User) -> ScheduleVersion:
    """Undo a schedule that was agreed before anything was paid under it: the one before it is in force again, which is returned.

    The loan stands as if the version had never been. ReschedulingError once there is money of its days, or another version.
    """
    loan = version.loan
    hold_loans([loan.pk])
    version = ScheduleVersion.objects.get(pk=version.pk)
    former = ScheduleVersion.objects.standing().filter(loan=loan, number__lt=version.number).order_by("number").last()
    if not version.is_current or version.payment_id or former is None:
        raise ReschedulingError(_("This schedule is not in force, or nothing stands before it: it cannot be undone."))
    if Payment.objects.filter(loan=loan, value_on__gte=version.effective_on, reverses=None, reversed_by=None).exists():
        raise ReschedulingError(_("Something was paid under this schedule already: it can no longer be undone."))
    take_out_of_force(loan)
    ScheduleVersion.objects.filter(pk=version.pk).update(is_withdrawn=True)
    ScheduleVersion.objects.filter(pk=former.pk).update(is_current=True)
    Instalment.objects.filter(version=former).update(is_current=True)
    record(
        "lending.schedule_taken_back",
        by=by,
        at=at,
        subject=loan,
        loan=loan.number,
        version=version.number,
        again=former.number,
    )
    if reached := reached_day():
        settle([loan.pk], on=reached)
    schedule_changed.send(ScheduleVersion, loan=loan, version=former, on=on, at=at)
    former.refresh_from_db()
    return former


def take_out_of_force(loan: Loan) -> None:
    """Leave the loan without a schedule in force, for whoever writes or restores one in the same transaction."""
    ScheduleVersion.objects.filter(loan=loan, is_current=True).update(is_current=False)
    Instalment.objects.filter(loan=loan, is_current=True).update(is_current=False)


def _check_day(loan: Loan, former: ScheduleVersion, effective_on: date, on: date) -> None:
    earliest = max(former.effective_on, loan.start_on)
    if not earliest <= effective_on <= on:
        days = {"first": earliest.isoformat(), "last": on.isoformat()}
        raise ReschedulingError(_("A new schedule takes effect between %(first)s and %(last)s.") % days)


def _check_rows(loan: Loan, former: ScheduleVersion, rows: Sequence[NewRow], capitalised: int) -> None:
    ordered = sorted(rows, key=lambda row: row.n)
    if not ordered or any(earlier.n == later.n for earlier, later in pairwise(ordered)):
        raise ReschedulingError(_("Every instalment needs a number of its own."))
    if any(earlier.due_on > later.due_on for earlier, later in pairwise(ordered)) or ordered[0].due_on <= loan.start_on:
        raise ReschedulingError(_("Instalments fall due in the order of their numbers, after the loan starts."))
    if any(not 0 <= part <= AMOUNT_MAX for row in ordered for part in (row.principal, row.interest)):
        raise ReschedulingError(_("Principal and interest of an instalment cannot be negative."))
    if sum(row.principal for row in ordered) != loan.principal + former.capitalised + capitalised:
        raise ReschedulingError(_("The principal of the instalments must sum to the principal lent and capitalised."))
    kept = {row.n: (row.due_on, row.principal, row.interest) for row in ordered}
    settled = Instalment.objects.filter(version=former, open=0).values_list("n", "due_on", "principal", "interest")
    for n, *content in settled:
        if kept.get(n) != tuple(content):
            raise ReschedulingError(_("Instalment %(n)s is settled and must stay as it is.") % {"n": n})
