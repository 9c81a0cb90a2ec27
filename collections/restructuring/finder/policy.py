"""What the house lets the finder try, as data: steps for every instrument, bounds, and what may be given up on whose word."""

from typing import NamedTuple

from lending.money import PPM
from lending.waivable import Parts
from restructuring.instruments.arrears import Arrears, Treatment
from restructuring.instruments.postponing import Interest


class Policy(NamedTuple):
    """Shares are parts per million. `rates` are shares of the rate that stay, `forgiven` shares of principal that are waived.

    An instalment is at most `surplus_share` of the surplus, and the first at least `first_least` (minor units). `waivable` is what
    whoever asks may give up, by component, and `loss_most` the present value that a plan may lose (None: any); more needs somebody above.
    """

    periods_most: int = 60
    rests: tuple[int, ...] = (0, 1, 2, 3)
    rest_interest: tuple[Interest, ...] = (Interest.CAPITALISED, Interest.FROZEN)
    interest_only: tuple[int, ...] = (0, 3, 6)
    rates: tuple[int, ...] = (PPM, 750_000, 500_000, 0)
    arrears: tuple[Arrears, ...] = (
        Arrears(Treatment.FIRST, Treatment.FIRST),
        Arrears(Treatment.SPREAD, Treatment.SPREAD),
        Arrears(Treatment.CAPITALISE, Treatment.SPREAD),
        Arrears(Treatment.SPREAD, Treatment.WAIVE),
        Arrears(Treatment.WAIVE, Treatment.WAIVE),
    )
    forgiven: tuple[int, ...] = (0,)
    surplus_share: int = 700_000
    first_least: int = 1
    waivable: Parts = Parts()
    loss_most: int | None = None

    def affordable(self, surplus: int) -> int:
        """The largest instalment that somebody with this surplus a period should be asked for."""
        return max(0, surplus) * self.surplus_share // PPM
