"""Prepayments in the book: the schedule versions that follow from payments, and what becomes of them when one is taken back.

A payment that prepays makes a version of its own from its value day on. When it is reversed, or money of an earlier value day
comes in after it, the versions from that day on are withdrawn and worked out anew from the payments that stand: so the order of
posting does not matter, and a reversal gives the old schedule back. A schedule that was agreed since (a plan), and
the instalments that a guarantor has paid for since, stay; what came before is not worked out anew.

Every payment on a loan by the day (`Method.DAILY`) prepays with what it brings beyond the interest to its day.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lending.booking import step_of_loan
from lending.claims import takeovers_of
from lending.daycount import DayCount
from lending.facts import facts_of
from lending.horizon import hold_loans, reached_day
from lending.loan_facts import LoanFacts
from lending.models import Instalment, Loan, Payment, ScheduleVersion
from lending.money import Rounding, plain_amount
from lending.payment_rules import PaymentError
from lending.prepayment import Agreed, Keep, Prepaid, Refusal, RefusedError, prepay
from lending.rescheduling import take_out_of_force, write_version
from lending.schedules import Method
from lending.signals import schedule_changed
from staff.models import User

REASON = "prepayment"


class PrepaymentError(PaymentError):
    """Money that cannot prepay, in words for whoever enters it."""


def agreed_of(loan: Loan) -> Agreed:
    """What the coming rows of this loan follow from."""
    product = loan.product
    return Agreed(
        Method(loan.method),
        loan.annual_rate_ppm,
        DayCount(loan.day_count),
        step_of_loan(loan.frequency),
        Rounding(product.rounding),
        product.prepayment_fee_ppm,
    )


def preview(loan: Loan, *, on: date, amount: int, keep: Keep) -> Prepaid:
    """What the amount would do as a prepayment of value day `on`; PrepaymentError."""
    _check_day(loan, on)
    facts = facts_of([loan.pk])[loan.pk]
    if _is_claimed_ahead(loan, facts, on):
        raise PrepaymentError(_("A guarantor has paid for part of what is to come: record the money as a payment."))
    try:
        return prepay(_before(facts, on, None), agreed_of(loan), on=on, amount=amount, keep=keep)
    except RefusedError as refused:
        raise PrepaymentError(_words(loan, refused)) from None


def prepay_with(payment: Payment, keep: Keep, *, on: date, at: datetime, by: User | None) -> None:
    """Let a payment that was just written prepay; whoever posts it holds the loan and settles it. PrepaymentError."""
    preview(payment.loan, on=payment.value_on, amount=payment.amount, keep=keep)
    _work_out(payment.loan, payment, {payment.pk: keep}, on=on, at=at, by=by)


def follow(payments: Sequence[Payment], *, on: date, at: datetime, by: User | None) -> None:
    """What payments just written mean for schedules: those on loans by the day prepay, and earlier money moves later versions."""
    reached = reached_day()
    made = ScheduleVersion.objects.filter(loan__in={payment.loan_id for payment in payments}, payment__isnull=False)
    moved = set(made.values_list("loan", flat=True))
    for payment in payments:
        if (
            reached
            and payment.value_on <= reached
            and (payment.loan.method == Method.DAILY or payment.loan_id in moved)
        ):
            _work_out(payment.loan, payment, {}, on=on, at=at, by=by)


@transaction.atomic
def take_up(*, on: date, closed: date | None, at: datetime) -> None:
    """Let money that waited for this value day prepay loans by the day; again is fine."""
    waited = Payment.objects.filter(value_on__lte=on, loan__method=Method.DAILY, reverses=None, reversed_by=None)
    if closed:
        waited = waited.filter(value_on__gt=closed)
    found = list(waited.filter(versions=None).values_list("pk", flat=True))
    if not found:
        return
    payments = list(Payment.objects.filter(pk__in=found).select_related("loan__product").order_by("pk"))
    hold_loans(payment.loan_id for payment in payments)
    follow(payments, on=on, at=at, by=None)


def undo(payment: Payment, *, on: date, at: datetime, by: User | None) -> None:
    """A payment was reversed: what followed from it never was."""
    if ScheduleVersion.objects.filter(loan=payment.loan_id, payment__isnull=False).exists():
        _work_out(payment.loan, payment, {}, on=on, at=at, by=by)


def _work_out(loan: Loan, since: Payment, keeps: dict[int, Keep], *, on: date, at: datetime, by: User | None) -> None:
    """Work out anew every version that follows from `since` or from money after it, with the wishes of those who paid."""
    versions = list(ScheduleVersion.objects.standing().filter(loan=loan).order_by("number"))
    agreed_last = max(index for index, each in enumerate(versions) if each.payment_id is None)
    claims = takeovers_of([loan.pk]).get(loan.pk, ())
    if since.value_on < max([versions[agreed_last].effective_on, *(each.on for each in claims)]):
        return
    later = [each for each in versions[agreed_last + 1 :] if _is_from(each, since)]
    kept, former = versions[: len(versions) - len(later)], versions[-1]
    if later:
        withdrawn = ScheduleVersion.objects.filter(pk__in=[each.pk for each in later])
        withdrawn.update(is_withdrawn=True, is_current=False)
        Instalment.objects.filter(version__in=withdrawn).update(is_current=False)
    in_force, keeps = kept[-1], _wishes(loan) | keeps
    for payment in _prepaying(loan, since, keeps).exclude(pk__in=[each.payment_id for each in kept if each.payment_id]):
        in_force = _version_of(loan, payment, keeps.get(payment.pk, Keep.TERM), at=at, by=by) or in_force
    if not in_force.is_current or later:
        take_out_of_force(loan)
        ScheduleVersion.objects.filter(pk=in_force.pk).update(is_current=True)
        Instalment.objects.filter(version=in_force).update(is_current=True)
    if in_force != former:
        schedule_changed.send(ScheduleVersion, loan=loan, version=in_force, on=on, at=at)


def _is_claimed_ahead(loan: Loan, facts: LoanFacts, on: date) -> bool:
    """Whether a guarantor is owed an instalment that falls due after `on`."""
    claims = takeovers_of([loan.pk]).get(loan.pk, ())
    ahead = [row.n for row in facts.versions[-1].rows if row.due_on > on]
    return any(claim.first_n <= n <= claim.last_n for claim in claims for n in ahead)


def _is_from(version: ScheduleVersion, since: Payment) -> bool:
    return version.payment_id is not None and (version.effective_on, version.payment_id) >= (since.value_on, since.pk)


def _wishes(loan: Loan) -> dict[int, Keep]:
    """What each payment that ever prepaid this loan was to keep."""
    made = ScheduleVersion.objects.filter(loan=loan, payment__isnull=False).order_by("number")
    return {payment: Keep(keeps) for payment, keeps in made.values_list("payment", "keeps") if payment}


def _prepaying(loan: Loan, since: Payment, keeps: dict[int, Keep]) -> QuerySet[Payment]:
    """The payments from `since` on that stand and may make a version, in the order in which they count."""
    from_there = Q(value_on__gt=since.value_on) | Q(value_on=since.value_on, pk__gte=since.pk)
    standing = Payment.objects.filter(from_there, loan=loan, reverses=None, reversed_by=None)
    if loan.method == Method.DAILY:
        standing = standing.filter(value_on__lte=reached_day())
    else:
        standing = standing.filter(pk__in=keeps)
    return standing.order_by("value_on", "pk")


def _version_of(loan: Loan, payment: Payment, keep: Keep, *, at: datetime, by: User | None) -> ScheduleVersion | None:
    """The version that follows from a payment; None when the payment prepays nothing after all: then it settles as any other."""
    facts = _before(facts_of([loan.pk])[loan.pk], payment.value_on, payment)
    if _is_claimed_ahead(loan, facts, payment.value_on):
        return None
    try:
        made = prepay(facts, agreed_of(loan), on=payment.value_on, amount=payment.amount, keep=keep)
    except RefusedError:
        return None
    return write_version(
        loan=loan,
        rows=made.rows,
        effective_on=payment.value_on,
        reason=REASON,
        source=f"lending.payment:{payment.pk}",
        at=at,
        by=by,
        payment=payment,
        keeps=keep,
        fee=made.fee,
    )


def _before(facts: LoanFacts, on: date, payment: Payment | None) -> LoanFacts:
    """The facts as they stood before a payment; all of them where it is not in the book yet."""
    if payment is None:
        return facts
    earlier = [each for each in facts.payments if (each.value_on, each.id) < (on, payment.pk)]
    return facts._replace(payments=tuple(earlier))


def _check_day(loan: Loan, on: date) -> None:
    reached = reached_day()
    if reached is None or on > reached:
        raise PrepaymentError(_("Money of a later value day cannot prepay: enter it when that day has come."))
    agreed = ScheduleVersion.objects.standing().filter(loan=loan, payment=None).order_by("-number").first()
    if agreed and on < agreed.effective_on:
        said = _("The schedule agreed on %(day)s stands: a prepayment has a value day from then on.")
        raise PrepaymentError(said % {"day": agreed.effective_on.isoformat()})


def _words(loan: Loan, refused: RefusedError) -> str:
    match refused.reason:
        case Refusal.NOTHING_AHEAD:
            return _("Everything has fallen due by that day: there is nothing to prepay.")
        case Refusal.WAIVED_AHEAD:
            return _("Part of what is not due yet was waived: record the money as a payment.")
        case Refusal.TOO_LITTLE:
            least = f"{plain_amount(refused.least, loan.currency)} {loan.currency}"
            return _("What is due by that day and the interest to it take %(least)s: nothing would be prepaid.") % {
                "least": least
            }
