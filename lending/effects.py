"""What a payment would do to a loan, or what taking one back would, before anything moves: the pure standing asked twice.

Invariant: the parts of an effect and what is held of it sum to the payment.
"""

from datetime import date
from typing import NamedTuple

from lending.loan_facts import LoanFacts, PaymentFact
from lending.standing import AllocationFact, Standing, standing

NOT_POSTED = -1
"""The id of a payment that has no row yet."""


class Effect(NamedTuple):
    """The standing before and after at the end of `on`; `parts` is what the payment settles, `held` what settles nothing."""

    on: date
    before: Standing
    after: Standing
    parts: tuple[AllocationFact, ...]
    held: int

    @property
    def overdue_before(self) -> int:
        return overdue(self.before)

    @property
    def overdue_after(self) -> int:
        return overdue(self.after)


def overdue(state: Standing) -> int:
    """Everything past due, penalty and costs with it."""
    return state.overdue_principal + state.overdue_interest + state.penalty + state.fee


def effect_of_payment(facts: LoanFacts, *, value_on: date, amount: int, on: date) -> Effect:
    """What a new payment would do by the end of `on`, or of its value day where that is later."""
    day = max(value_on, on)
    latest = 1 + max((payment.sequence for payment in facts.payments), default=0)
    posted = facts._replace(payments=(*facts.payments, PaymentFact(NOT_POSTED, value_on, amount, latest)))
    before, after = standing(facts, day), standing(posted, day)
    parts = tuple(part for part in after.allocations if part.payment_id == NOT_POSTED)
    return Effect(day, before, after, parts, amount - sum(part.amount for part in parts))


def effect_of_reversal(facts: LoanFacts, payment_id: int, *, on: date) -> Effect:
    """What taking back a payment would do by the end of `on`, or of its value day where that is later."""
    (undone,) = (payment for payment in facts.payments if payment.id == payment_id)
    day = max(undone.value_on, on)
    kept = facts._replace(payments=tuple(payment for payment in facts.payments if payment.id != payment_id))
    before, after = standing(facts, day), standing(kept, day)
    parts = tuple(part for part in before.allocations if part.payment_id == payment_id)
    return Effect(day, before, after, parts, undone.amount - sum(part.amount for part in parts))
