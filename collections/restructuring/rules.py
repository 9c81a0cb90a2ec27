"""Which rules a plan passes, and which roles may therefore decide it. Limits are dated data (`PlanLimit`).

Every check says its rule in words with its source. A plan that breaks a rule of the house, or lies beyond the limits of
every role, cannot be asked for at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lending.money import format_amount
from restructuring.checks import Check
from restructuring.models import Means, PlanLimit, PlanRequest
from restructuring.moving import Instrument
from restructuring.payload import AnyProposal
from restructuring.reshaping import Reshaped
from restructuring.restructuring_rules import Circumstances, circumstances_of, restructuring_checks


class Review(NamedTuple):
    """All checks of one plan."""

    checks: tuple[Check, ...]

    @property
    def roles(self) -> list[str]:
        """The roles within whose limits it lies."""
        return [check.role for check in self.checks if check.role and check.passes]

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
        return next((check for check in self.limits if check.role == role), None)


def review(
    proposal: AnyProposal,
    limits: Iterable[PlanLimit],
    *,
    earlier: int,
    on: date,
    circumstances: Circumstances | None = None,
) -> Review:
    """Check a plan as of `on`; `earlier` counts plans of this kind that took effect on the loan before.

    The rules of a restructuring are checked where `circumstances` are given.
    """
    own = sorted((each for each in limits if each.instrument == proposal.instrument), key=lambda each: each.days_max)
    bounds = [_limit_check(limit, proposal, earlier) for limit in own]
    special = []
    if isinstance(proposal, Reshaped) and circumstances:
        special = restructuring_checks(proposal, circumstances, on)
    return Review((*_house_checks(proposal, on), *special, *bounds))


def review_one(proposal: AnyProposal, loan_id: int, *, on: date, means: Means | None = None) -> Review:
    """As `review`, with what the database says of this loan."""
    circumstances = circumstances_of(loan_id, means, on) if isinstance(proposal, Reshaped) else None
    earlier = earlier_plans([loan_id]).get((loan_id, proposal.instrument), 0)
    return review(proposal, limits_on(on), earlier=earlier, on=on, circumstances=circumstances)


def limits_on(on: date) -> list[PlanLimit]:
    """The limits in force on that day; of two for the same role and instrument the later one."""
    in_force = PlanLimit.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    newest = {(limit.role, limit.instrument): limit for limit in in_force.order_by("valid_from")}
    return list(newest.values())


def earlier_plans(loan_ids: Sequence[int]) -> Mapping[tuple[int, str], int]:
    """How many plans of each kind took effect on these loans."""
    took_effect = PlanRequest.objects.filter(loan__in=loan_ids, state=PlanRequest.State.IN_EFFECT)
    counted = took_effect.values_list("loan", "instrument").annotate(count=Count("pk")).order_by()
    return {(loan, instrument): count for loan, instrument, count in counted}


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


def _limit_check(limit: PlanLimit, proposal: AnyProposal, earlier: int) -> Check:
    over = []
    if proposal.days_in_all > limit.days_max:
        over.append(_("%(days)s days in all") % {"days": proposal.days_in_all})
    if proposal.outstanding > limit.amount_max:
        amount = format_amount(proposal.outstanding, proposal.currency)
        over.append(_("%(amount)s of principal outstanding") % {"amount": f"{proposal.currency} {amount}"})
    if earlier >= limit.per_loan_max:
        over.append(_("number %(number)s on this loan") % {"number": earlier + 1})
    text = limit.text_zh if (get_language() or "").startswith("zh") else limit.text
    return Check(not over, text, _(limit.source), _(", ").join(over), limit.role)


def _no_limit() -> Check:
    return Check(False, _("Nobody has a limit for this kind of plan, so nobody may decide it."), _("House rule"))
