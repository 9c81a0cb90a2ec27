"""One payment of a borrower over all that is owed to one funder: a payment on each loan it reaches, in one transaction.

The reference of each is the payment's own with a stroke and a number. The same reference with the same content is the same
payment; with other content it is a conflict. Money that waits for its value day is spread by what is known when it is posted.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending.claims import guarantors_of, takeovers_of
from lending.creditors import CreditorFacts, creditor
from lending.facts import standings_of
from lending.guarantees import covering, in_force
from lending.horizon import hold_loans
from lending.models import Borrower, Funder, Guarantee, Loan, Payment
from lending.payment_rules import REFERENCE_MAX, NewPayment, PaymentError, check_amount, conflict
from lending.posting import post_payment
from lending.spread import Debt, Spread, spread
from lending.standing import Standing
from staff.models import User

LOANS_MAX = 999
"""The most debts that one payment is spread over: what follows the stroke stays short."""
REFERENCE_TAIL = len(f"/{LOANS_MAX}")


def loans_owed(borrower: Borrower, funder: Funder, currency: str) -> list[Loan]:
    """What this borrower still owes that funder in that currency; for what a guarantor has paid, it is the guarantor."""
    owed = Loan.objects.filter(borrower=borrower, currency=currency).exclude(status=Loan.Status.PAID)
    loans = list(owed.select_related("product").order_by("number")[:LOANS_MAX])
    guarantors = guarantors_of([loan.pk for loan in loans])
    return [loan for loan in loans if guarantors.get(loan.pk, loan.funder_id) == funder.pk]


def debts_of(loans: Sequence[Loan], on: date) -> list[Debt]:
    """The debts of these loans at the end of `on`: what is due of each, penalty with it, and what is to come.

    Of a loan that a guarantor has paid part of, what is owed to the creditor of its oldest open instalment. What secures a debt is
    the guarantee that covers its loan, by the part of the principal that it answers for; to a guarantor itself it is no security.
    """
    states, takeovers, guarantees = standings_of(loans, on), takeovers_of(loan.pk for loan in loans), in_force(on)
    facts = {loan.pk: CreditorFacts(loan.funder_id, (), takeovers.get(loan.pk, ())) for loan in loans}
    return [
        debt
        for loan in loans
        if loan.start_on <= on
        for debt in _debts(loan, states[loan.pk], facts[loan.pk], covering(loan, guarantees))
    ]


def _debts(loan: Loan, state: Standing, facts: CreditorFacts, guarantee: Guarantee | None) -> list[Debt]:
    debts, rate = [], loan.annual_rate_ppm
    open_ones = [row for row in state.instalments if row.open]
    whose = creditor(facts, open_ones[0].n if open_ones else None, state.on)
    secured = guarantee.cap_ppm if guarantee and guarantee.guarantor_id != whose else 0
    theirs = [row for row in open_ones if creditor(facts, row.n, state.on) == whose]
    penalty = state.penalty + state.fee if creditor(facts, None, state.on) == whose else 0
    due = [row for row in theirs if row.due_on <= state.on]
    if owed := sum(row.open for row in due) + penalty:
        since = due[0].due_on if due else state.on
        debts.append(Debt(loan.number, str(whose), owed, True, since, rate + loan.penalty_rate_ppm, secured))
    ahead = [row for row in theirs if row.due_on > state.on]
    if ahead:
        debts.append(
            Debt(loan.number, str(whose), sum(row.open for row in ahead), False, ahead[0].due_on, rate, secured)
        )
    return debts


def preview_of(
    borrower: Borrower, funder: Funder, currency: str, *, value_on: date, amount: int, named: Sequence[str] = ()
) -> Spread:
    """Where the money would go; PaymentError when this borrower owes that funder nothing."""
    debts = debts_of(loans_owed(borrower, funder, currency), value_on)
    if not debts:
        raise PaymentError(_("This borrower owes this funder nothing in %(currency)s.") % {"currency": currency})
    if astray := set(named) - {debt.loan for debt in debts}:
        raise PaymentError(_("Loan %(loan)s is not among these debts.") % {"loan": ", ".join(sorted(astray))})
    return spread(amount, debts, named)


@transaction.atomic
def post_for_borrower(
    *,
    borrower: Borrower,
    funder: Funder,
    reference: str,
    value_on: date,
    amount: int,
    currency: str,
    channel: str,
    on: date,
    at: datetime,
    by: User | None,
    named: Sequence[str] = (),
    note: str = "",
) -> list[Payment]:
    """Post a borrower's payment to a funder over the debts; PaymentError, PaymentConflictError."""
    if len(reference) > REFERENCE_MAX - REFERENCE_TAIL:
        raise PaymentError(
            _("The reference is too long: at most %(most)s characters.") % {"most": REFERENCE_MAX - REFERENCE_TAIL}
        )
    check_amount(NewPayment("", reference, value_on, amount, currency))
    hold_loans(Loan.objects.filter(borrower=borrower).values_list("pk", flat=True))
    if known := _known(borrower, funder, reference, value_on, amount, currency):
        return known
    told = preview_of(borrower, funder, currency, value_on=value_on, amount=amount, named=named)
    loans = {loan.number: loan for loan in loans_owed(borrower, funder, currency)}
    shares = told.by_loan()
    record(
        "lending.payment_spread",
        by=by,
        at=at,
        subject=borrower,
        reference=reference,
        amount=amount,
        currency=currency,
        loans=len(shares),
    )
    return [
        post_payment(
            loan=loans[number],
            reference=f"{reference}/{place}",
            value_on=value_on,
            amount=share,
            currency=currency,
            channel=channel,
            on=on,
            at=at,
            by=by,
            note=note,
        )
        for place, (number, share) in enumerate(shares.items(), start=1)
    ]


def _known(
    borrower: Borrower, funder: Funder, reference: str, value_on: date, amount: int, currency: str
) -> list[Payment]:
    """The payments of that reference, none where it is new; PaymentConflictError when they say otherwise."""
    parts = Payment.objects.filter(reference__startswith=f"{reference}/").select_related("loan")
    names = {f"{reference}/{place}" for place in range(1, LOANS_MAX + 1)}
    known = [payment for payment in parts.order_by("pk") if payment.reference in names]
    if Payment.objects.filter(reference=reference).exists():
        raise conflict(reference)
    same = {(borrower.pk, value_on, currency)}
    said = {(each.loan.borrower_id, each.value_on, each.currency) for each in known}
    guarantors = takeovers_of(each.loan_id for each in known)
    for each in known:
        if funder.pk not in {each.loan.funder_id, *(one.guarantor_id for one in guarantors.get(each.loan_id, ()))}:
            raise conflict(reference)
    if known and (said != same or sum(each.amount for each in known) != amount):
        raise conflict(reference)
    return known
