"""The finder at the desk: what fits this borrower's loan, within the house's rules and the creditors' rights."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from lending import consents
from lending.facts import facts_of
from lending.models import Loan
from lending.money import PPM
from lending.rights import Instrument as Asked
from restructuring.asking import PlanRefusedError, reshape_now
from restructuring.counting import Before, asked_by, before_one
from restructuring.finder.policy import Policy
from restructuring.finder.search import Found, Plan, find
from restructuring.instruments.arrears import Arrears, Treatment
from restructuring.instruments.postponing import Interest
from restructuring.instruments.refusal import RefusedError
from restructuring.matrix import Matrix, matrix_on
from restructuring.models import Means, PlanRequest, PlanRule
from restructuring.refusal_words import why_refused
from restructuring.reshaping import Reshaped, opened_position
from restructuring.restructuring_rules import affordable, circumstances_of
from restructuring.rules import Review, review
from staff.models import User

Code = PlanRule.Code
KIND = PlanRequest.Instrument.RESTRUCTURE
ARREARS = (Treatment.FIRST, Treatment.SPREAD, Treatment.CAPITALISE)
"""What the desk does with interest past due; penalty stays owed beside the plan, and is waived by itself."""


class Shape(NamedTuple):
    """A restructuring as the form has it."""

    periods: int
    rest: int = 0
    interest: str = Interest.CAPITALISED
    grace: int = 0
    rate: str = ""
    arrears: str = Treatment.CAPITALISE

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The instruments that make it."""
        step: dict[str, Any] = {"kind": "reamortise", "periods": self.periods}
        if self.grace:
            step = {"kind": "interest_only", "periods": self.grace, "then": self.periods - self.grace}
        step |= {"method": "equal_installment", "arrears": {"interest": str(self.arrears)}}
        if self.rate:
            step["annual_rate"] = self.rate
        if not self.rest:
            return [step]
        return [step, {"kind": "deferral", "periods": self.rest, "interest": str(self.interest)}]


class Offer(NamedTuple):
    """A plan that was found: its form, its figures, its rules, and whether the creditor must consent."""

    shape: Shape
    proposal: Reshaped
    review: Review
    needs_consent: bool


class Answer(NamedTuple):
    offers: tuple[Offer, ...]
    found: Found


def offers_for(loan: Loan, means: Means, on: date, *, by: User) -> Answer:
    """Up to three plans with their figures, none of which gives up more than somebody here may decide; PlanRefusedError."""
    known = circumstances_of(loan.pk, means, on)
    share = known.rules[Code.SURPLUS_SHARE].value if Code.SURPLUS_SHARE in known.rules else PPM
    months = known.rules[Code.MONTHS_MOST].value if Code.MONTHS_MOST in known.rules else 60
    first = known.rules[Code.FIRST_PAYMENT].value if Code.FIRST_PAYMENT in known.rules else 1
    policy = Policy(
        periods_most=max(1, min(60, int(months * known.per_month))),
        arrears=tuple(Arrears(how) for how in ARREARS),
        surplus_share=PPM,
        first_least=first,
    )
    try:
        position = opened_position(loan, facts_of([loan.pk])[loan.pk], on)
    except RefusedError as refused:
        raise PlanRefusedError(why_refused(refused)) from refused
    matrix, before = matrix_on(on), before_one(asked_by(loan, by, KIND), on)
    policy = policy._replace(loss_most=given_up_most(matrix, before, position.outstanding))
    needs = consents.needs_of(loan, [Asked.RESTRUCTURE], on=on)
    if refusal := consents.refusal(needs):
        raise PlanRefusedError(refusal)
    found = find(position, policy, {}, affordable(means.surplus, share, known.per_month))
    offers = []
    for plan in found.plans:
        shape = _shape(loan, plan)
        proposal = reshape_now(loan, steps=shape.steps, on=on)
        checks = review(proposal, matrix, before=before, on=on, circumstances=known)
        offers.append(Offer(shape, proposal, checks, bool(needs)))
    return Answer(tuple(offers), found)


def given_up_most(matrix: Matrix, before: Before, outstanding: int) -> int:
    """The most interest that a plan of this loan may give up on anybody's word."""
    reach = [
        limit.given_up_max - before.given_up
        for limit in matrix.of(KIND)
        if outstanding + before.principal <= limit.amount_max and before.earlier < limit.per_loan_max
    ]
    return max(reach, default=0)


def _shape(loan: Loan, plan: Plan) -> Shape:
    recipe = plan.recipe
    is_cheaper = Fraction(recipe.rate_ppm) < loan.annual_rate_ppm
    return Shape(
        periods=plan.periods,
        rest=recipe.rest,
        interest=recipe.interest.value,
        grace=recipe.grace,
        rate=_percent(recipe.rate_ppm) if is_cheaper else "",
        arrears=recipe.arrears.interest.value,
    )


def _percent(rate_ppm: int | Fraction) -> str:
    """A rate as the form writes it: 18, 4.5."""
    exact = Fraction(rate_ppm) / 10_000
    return f"{Decimal(exact.numerator) / Decimal(exact.denominator):f}"
