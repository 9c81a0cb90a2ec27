"""The pay-off quote: what settles a loan on a day, by its parts, how long that stays true and what each day more costs.

Invariant: the parts less what is held sum to the amount, which is the pay-off of the loan's standing on that day.
"""

from datetime import date, timedelta
from typing import NamedTuple

from lending.loan_facts import LoanFacts
from lending.standing import Standing, standing

VALID_DAYS_MAX = 30


class Quote(NamedTuple):
    """In minor units, for money of value day `on`; `valid_until` is the last day on which the same amount settles the loan.

    `held` is money paid before that settles nothing yet and is taken off; `a_day_later` is the amount one day after
    `valid_until`. Whatever is paid or agreed in between makes a new quote.
    """

    on: date
    principal: int
    interest_due: int
    interest_running: int
    penalty: int
    fee: int
    held: int
    amount: int
    valid_until: date
    a_day_later: int


def running_interest(state: Standing) -> int:
    """Interest of the running period within the pay-off: what the other parts leave of it."""
    others = state.outstanding_principal + state.overdue_interest + state.penalty + state.fee - state.unapplied
    return max(0, state.payoff - others)


def quote(facts: LoanFacts, on: date) -> Quote:
    """The quote for `on`, a day past or future."""
    state = standing(facts, on)
    last, following = on, standing(facts, on + timedelta(days=1))
    while following.payoff == state.payoff and (following.on - on).days <= VALID_DAYS_MAX:
        last = following.on
        following = standing(facts, last + timedelta(days=1))
    return Quote(
        on=on,
        principal=state.outstanding_principal,
        interest_due=state.overdue_interest,
        interest_running=running_interest(state),
        penalty=state.penalty,
        fee=state.fee,
        held=state.unapplied,
        amount=state.payoff,
        valid_until=last,
        a_day_later=following.payoff,
    )
