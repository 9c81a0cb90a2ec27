"""Five-class of a loan by its days past due, for reference: the floor that the 2023 rules set, never a final judgement.

Source: DOMAIN B, measures on risk classification of financial assets of commercial banks, in force 2023-07-01: past due is
at least special mention (关注); more than 90 days substandard (次级); more than 270 doubtful (可疑); more than 360 loss (损失).
"""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class FiveClass(models.TextChoices):
    """In order, best first."""

    NORMAL = "normal", _("Normal")
    SPECIAL_MENTION = "special_mention", _("Special mention")
    SUBSTANDARD = "substandard", _("Substandard")
    DOUBTFUL = "doubtful", _("Doubtful")
    LOSS = "loss", _("Loss")


FLOORS = [
    (360, FiveClass.LOSS),
    (270, FiveClass.DOUBTFUL),
    (90, FiveClass.SUBSTANDARD),
    (0, FiveClass.SPECIAL_MENTION),
]
"""More days past due than the first: at least the second."""


def five_class(days_past_due: int) -> FiveClass:
    """The class that so many days past due call for at least."""
    return next((floor for days, floor in FLOORS if days_past_due > days), FiveClass.NORMAL)


def worst(classes: Iterable[FiveClass]) -> FiveClass:
    """A borrower stands where the worst of their loans stands."""
    order = list(FiveClass)
    return max(classes, key=order.index, default=FiveClass.NORMAL)
