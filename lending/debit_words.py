"""Direct debits in words: what stands in the way, why one failed, and what to do next."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lending.debit_rules import Obstacle, stopped_by
from lending.models import Debit

Text = str | Promise

OBSTACLES: dict[str, Text] = {
    Obstacle.NO_MANDATE: _("There is no consent to debits from this account on this day."),
    Obstacle.STOPPED: _("Nothing may be debited now."),
    Obstacle.NO_ZONE: _("The borrower's time zone is not known, so nothing may be debited."),
    Obstacle.OUTSIDE_HOURS: _("Debits are sent between 08:00 and 20:00 where the borrower lives."),
    Obstacle.OPEN_DEBIT: _("A debit of this loan is still under way."),
    Obstacle.TODAY_ALREADY: _("This loan has had its debit for today; one a day is the most."),
    Obstacle.MONTH_IS_FULL: _("This loan has had all debits of the month that the consent allows."),
    Obstacle.NOTHING_DUE: _("Nothing is due today."),
    Obstacle.ABOVE_DUE: _("The amount is more than what is due today."),
}
FAILURES: dict[str, Text] = {
    "insufficient_funds": _("Not enough money in the account"),
    "account_closed": _("Account closed"),
    "mandate_revoked": _("Consent withdrawn at the bank"),
    "limit": _("Above the bank's limit"),
    "other": _("The bank gave no reason we know"),
    "by_hand": _("Settled by hand: no money came"),
}
NEXT_STEPS: dict[str, Text] = {
    "insufficient_funds": _("Ask when money comes in, and debit on that day or take a promise."),
    "account_closed": _("Ask for another account and record consent to it, or make a pay link."),
    "mandate_revoked": _("Talk first: the borrower does not want debits. Offer a pay link."),
    "limit": _("Debit a smaller amount tomorrow, or make a pay link."),
    "other": _("Ask the borrower what the bank said, or make a pay link."),
    "by_hand": _("Ask again, or make a pay link."),
    "ambiguous": _("The provider did not say whether it took the debit. A supervisor looks at the bank's statement."),
    "other_money": _("Money came that is not what was asked for; it waits in suspense."),
    "returned_open": _(
        "Part of this money was given back before the bank took it: a person has to settle the difference."
    ),
}
UNSENT: dict[str, Text] = {
    "by_hand": _("taken back"),
    "provider_unreachable": _("the provider could not be reached"),
    "rejected": _("the provider refused it"),
}


def obstacle_words(found: str, borrower_id: int, on: date) -> str:
    """Why a debit may not go; a stop says itself what it is."""
    told = stopped_by(borrower_id, on) if found == Obstacle.STOPPED else ""
    return told or str(OBSTACLES[found])


def reason_words(debit: Debit) -> str:
    """Why it ended as it did; empty where the state says it all."""
    if debit.state in {Debit.State.FAILED, Debit.State.RETURNED}:
        return str(FAILURES.get(debit.reason, debit.reason))
    if debit.state == Debit.State.CANCELLED:
        return str(UNSENT.get(debit.reason) or OBSTACLES.get(debit.reason, debit.reason))
    return ""


def next_step(debit: Debit) -> str:
    """What whoever works the case does now; empty while there is nothing to do."""
    if stands_though_returned(debit):
        return str(NEXT_STEPS["returned_open"])
    if debit.state in {Debit.State.FAILED, Debit.State.UNKNOWN, Debit.State.RETURNED}:
        return str(NEXT_STEPS.get(debit.reason, ""))
    return ""


def stands_though_returned(debit: Debit) -> bool:
    """Whether the bank took the money back, its payment could not be reversed, and nobody has settled that yet."""
    if debit.state != Debit.State.RETURNED or debit.ended_by_id:
        return False
    return not hasattr(debit.payment, "reversed_by")
