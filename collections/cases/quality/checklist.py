"""What a reviewer listens for, as data, and what comes of it as a score.

Each item is met, missed or did not arise. The score is the share of the weights that were met, in whole percent, rounded half up; an item
that is fatal and missed makes it 0. House rule after the conduct rules of `contacts.rule_sets` (who is calling, nobody else is told, no threat).
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

MET, MISSED, NOT_ARISEN = "met", "missed", "none"
ANSWERS: Final = ((MET, _("Met")), (MISSED, _("Missed")), (NOT_ARISEN, _("Did not arise")))


class Item(NamedTuple):
    code: str
    words: Any
    weight: int
    is_fatal: bool = False


CHECKLIST: Final = (
    Item("identified", _("Said who is calling, and for which lender"), 2),
    Item("right_party", _("Made sure to speak to the borrower before a word of the debt"), 2, is_fatal=True),
    Item("nobody_told", _("Told nobody else of the debt"), 2, is_fatal=True),
    Item("no_threat", _("No threat, pressure, insult or untruth"), 2, is_fatal=True),
    Item("figures", _("Named amounts and days as they are"), 2),
    Item("listened", _("Asked why, and listened"), 2),
    Item("options", _("Offered what would help: a plan, a later day, the hardship route"), 2),
    Item("next_step", _("Both know the next step and its day"), 1),
    Item("record", _("Outcome and note say what happened"), 1),
)


def score_of(answers: Mapping[str, str]) -> int | None:
    """The score in percent; None when nothing arose. KeyError for an item without an answer."""
    given = [(item, answers[item.code]) for item in CHECKLIST]
    if any(item.is_fatal and answer == MISSED for item, answer in given):
        return 0
    met = sum(item.weight for item, answer in given if answer == MET)
    asked = sum(item.weight for item, answer in given if answer != NOT_ARISEN)
    return (200 * met + asked) // (2 * asked) if asked else None
