"""What may stay unpaid of an instalment without arrears: an amount, or a part of the instalment where that is more."""

from typing import Final

from django.db.models import F, Q

from lending.money import PPM


def tolerated(asked: int, amount: int, ppm: int) -> int:
    """Of an instalment that asks for so much; the part is rounded down."""
    return max(amount, asked * ppm // PPM) if ppm else amount


_PRODUCT: Final = "loan__product__tolerance"
BEYOND_TOLERANCE: Final = Q(open__gt=F(f"{_PRODUCT}_amount")) & Q(
    open__gt=(F("principal") + F("interest")) * F(f"{_PRODUCT}_ppm") / PPM
)
"""The same as a condition on rows of `Instalment`."""
