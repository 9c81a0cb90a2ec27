"""Which rules a plan passes, and which roles may therefore decide it, by the approval matrix in force (`restructuring.matrix`).

Every check says its rule in words with its source. A plan that breaks a rule of the house, or lies beyond the limits of
every role, cannot be asked for at all. What was decided before counts with it (`restructuring.counting`).
"""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from lending.models import Loan
from lending.money import format_amount
from restructuring.checks import Check
from restructuring.counting import Asked, Before, asked_by, asked_of, before_one
from restructuring.matrix import LEVELS, Limit, Matrix, matrix_on
from restructuring.models import Means, PlanRequest
from restructuring.moving import Instrument
from restructuring.payload import AnyProposal, given_up_by, proposal_of
from restructuring.reshaping import Reshaped
from restructuring.restructuring_rules import Circumstances, circumstances_of, restructuring_checks
from staff.models import Role, User


class Review(NamedTuple):
    """All checks of one plan."""

    checks: tuple[Check, ...]

    @property
    def roles(self) -> list[str]:
        """The roles within whose limits it lies, the lower level first."""
        return [role for role in LEVELS if any(check.role == role and check.passes for check in self.checks)]

    @property
    def house_rules(self) -> list[Check]:
        return [check for check in self.checks if not check.role]

    @property
    def limits(self) -> list[Check]:
        return [check for check in self.checks if check.role]

    @property
    def refusals(self) -> list[Check]:
        """Why it cannot be asked for; empty when it can."""
        broken = [check for check in self.house_rules if not check.passes]
        return broken or ([] if self.roles else self.limits[-1:] or [_no_limit()])

    def limit_of(self, role: str) -> Check | None:
        """The widest limit of that role."""
        return next((check for check in reversed(self.limits) if check.role == role), None)

    def within(self, role: str, *, is_escalated: bool = False) -> list[Limit]:
        """The limits of that role that it keeps, the fewest approvers first; what waited too long is not for the lowest level any more."""
        roles = self.roles
        if is_escalated and len(roles) > 1:
            roles = roles[1:]
        if role not in roles:
            return []
        return [check.limit for check in self.limits if check.role == role and check.passes and check.limit]

    @property
    def first(self) -> Check | None:
        """The lowest level that may decide it, with the fewest approvers."""
        return next((check for check in self.limits if check.passes), None)


def review(
    proposal: AnyProposal, matrix: Matrix, *, before: Before, on: date, circumstances: Circumstances | None = None
) -> Review:
    """Check a plan as of `on` with what counts with it. The rules of a restructuring are checked where `circumstances` are given."""
    bounds = [_limit_check(limit, proposal, before) for limit in matrix.of(str(proposal.instrument))]
    special = []
    if isinstance(proposal, Reshaped) and circumstances:
        special = restructuring_checks(proposal, circumstances, on)
    return Review((*_house_checks(proposal, on), *special, *bounds))


def review_one(proposal: AnyProposal, asked: Asked, *, on: date, means: Means | None = None) -> Review:
    """As `review`, with what the database says of this loan."""
    circumstances = circumstances_of(asked.loan, means, on) if isinstance(proposal, Reshaped) else None
    return review(proposal, matrix_on(on), before=before_one(asked, on), on=on, circumstances=circumstances)


def review_new(proposal: AnyProposal, loan: Loan, *, by: User, on: date, means: Means | None = None) -> Review:
    """A plan that somebody is about to ask for."""
    return review_one(proposal, asked_by(loan, by, proposal.instrument), on=on, means=means)


def review_of(plan: PlanRequest, on: date, *, proposal: AnyProposal | None = None, decided: int = 0) -> Review:
    """A plan that was asked for, as it was shown unless another proposal of it is given."""
    return review_one(proposal or proposal_of(plan), asked_of(plan, decided), on=on, means=plan.means)


def _house_checks(proposal: AnyProposal, on: date) -> list[Check]:
    house = _("House rule")
    checks = [
        Check(
            proposal.first_moved.due_new > on,
            _("Every due date that moves lies ahead."),
            house,
            _("the first falls due on %(day)s") % {"day": proposal.first_moved.due_new.isoformat()},
        )
    ]
    if proposal.instrument == Instrument.EXTENSION:
        numbers = {"days": proposal.days_in_all, "term": proposal.original_days}
        checks.append(
            Check(
                proposal.days_in_all <= proposal.original_days,
                _("Extensions in all are no longer than the loan's original term."),
                _("House rule, after art. 12 of the General Rules of Lending (PBOC, 1996)"),
                _("%(days)s days in all; the term was %(term)s days") % numbers,
            )
        )
    return checks


def limit_words(limit: Limit, currency: str) -> str:
    """What that limit lets that role decide."""
    facts = {
        "role": str(Role(limit.role).label),
        "days": limit.days_max,
        "count": limit.per_loan_max,
        "amount": format_amount(limit.amount_max, currency),
        "given": format_amount(limit.given_up_max, currency),
    }
    if limit.approvers == 1:
        words = _(
            "%(role)s: up to %(days)s days later in all, number %(count)s on a loan, %(amount)s of principal, %(given)s given up."
        )
    else:
        words = _(
            "%(role)s with a second approver: up to %(days)s days later in all, number %(count)s on a loan, %(amount)s of principal, %(given)s given up."
        )
    return words % facts


def _limit_check(limit: Limit, proposal: AnyProposal, before: Before) -> Check:
    over = []
    currency = proposal.currency
    if proposal.days_in_all > limit.days_max:
        over.append(_("%(days)s days in all") % {"days": proposal.days_in_all})
    if (principal := proposal.outstanding + before.principal) > limit.amount_max:
        amount = f"{currency} {format_amount(principal, currency)}"
        over.append(
            (
                _("%(amount)s of principal outstanding, other loans counted")
                if before.principal
                else _("%(amount)s of principal outstanding")
            )
            % {"amount": amount}
        )
    if (given := given_up_by(proposal) + before.given_up) > limit.given_up_max:
        amount = f"{currency} {format_amount(given, currency)}"
        over.append(
            (_("%(amount)s given up, earlier plans counted") if before.given_up else _("%(amount)s given up"))
            % {"amount": amount}
        )
    if before.earlier >= limit.per_loan_max:
        over.append(_("number %(number)s on this loan") % {"number": before.earlier + 1})
    source = _("Approval limits")
    return Check(not over, limit_words(limit, currency), source, _(", ").join(over), limit.role, limit)


def _no_limit() -> Check:
    return Check(False, _("Nobody has a limit for this kind of plan, so nobody may decide it."), _("House rule"))
