"""What the finder tries: re-amortise over so many instalments, with or without rest, interest-only periods, a lower rate, waivers."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from lending.money import PPM, divide
from lending.rights import Instrument as Asked
from lending.schedules import Method
from lending.waivable import Parts
from restructuring.finder.policy import Policy
from restructuring.instruments.arrears import Arrears, Treatment
from restructuring.instruments.deferral import Deferral
from restructuring.instruments.interest_only import InterestOnly
from restructuring.instruments.position import Position
from restructuring.instruments.postponing import Interest
from restructuring.instruments.reading import Instrument
from restructuring.instruments.reamortise import Reamortise
from restructuring.instruments.waiver import Waiver


class Recipe(NamedTuple):
    """All of a plan but the number of its instalments."""

    rest: int
    interest: Interest
    grace: int
    rate_ppm: int | Fraction
    arrears: Arrears
    forgiven: int

    def instruments(self, periods: int) -> list[Instrument]:
        """The instruments that make this plan, in order; instalments are level."""
        made: list[Instrument] = [Waiver(Parts(principal=self.forgiven))] if self.forgiven else []
        level = Method.EQUAL_INSTALLMENT
        if self.grace:
            made.append(InterestOnly(self.grace, periods - self.grace, self.rate_ppm, level, self.arrears))
        else:
            made.append(Reamortise(periods, self.rate_ppm, level, self.arrears))
        return [*made, Deferral(periods=self.rest, interest=self.interest)] if self.rest else made

    def waives(self, position: Position) -> Parts:
        behind = position.arrears
        return Parts(
            behind.penalty if self.arrears.penalty is Treatment.WAIVE else 0,
            behind.interest if self.arrears.interest is Treatment.WAIVE else 0,
            self.forgiven,
        )

    def asks(self, position: Position) -> frozenset[Asked]:
        """Of what the funder's contract says whether it may be done."""
        waived = self.waives(position)
        by_part = zip((Asked.WAIVE_PENALTY, Asked.WAIVE_INTEREST, Asked.WAIVE_PRINCIPAL), waived, strict=True)
        asked = {right for right, amount in by_part if amount}
        if self.rest:
            asked.add(Asked.DEFERRAL)
        return frozenset(asked)

    def mix(self, position: Position) -> tuple[bool, ...]:
        """Which instruments the plan is mixed of; two plans of one mix differ by degree only."""
        is_cheaper = self.rate_ppm < position.rate_ppm
        return (
            bool(self.rest),
            self.rest > 0 and self.interest is Interest.FROZEN,
            bool(self.grace),
            is_cheaper,
            any(self.waives(position)),
        )


def recipes(position: Position, policy: Policy) -> Iterator[Recipe]:
    """Every combination of the policy's steps that makes a difference for this loan."""
    behind = position.arrears
    arrears = policy.arrears if behind.interest or behind.penalty else policy.arrears[:1]
    rates = sorted({Fraction(position.rate_ppm) * share / PPM for share in policy.rates}, reverse=True)
    forgiven = sorted({divide(position.outstanding * share, PPM) for share in policy.forgiven})
    for rest, grace, rate, how, given_up in product(policy.rests, policy.interest_only, rates, arrears, forgiven):
        if grace and not rate:
            continue  # without interest a period of interest alone is a rest
        modes = policy.rest_interest if rest and rate else policy.rest_interest[:1]
        for interest in modes:
            yield Recipe(rest, interest, grace, rate, how, given_up)


def spans_of(position: Position, policy: Policy, recipe: Recipe) -> range:
    """How many instalments the plan may have: never fewer than are left, none that only pay interest."""
    return range(max(1, len(position.rows), recipe.grace + 1), policy.periods_most - recipe.rest + 1)
