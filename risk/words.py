"""Reasons of a score in words, for the person who reads them and the person they are about."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from risk.models import BorrowerRisk

WORDS = {
    "far_behind": gettext_noop("more than %(fact)s days past due"),
    "months_behind": gettext_noop("more than %(fact)s days past due"),
    "many_lenders": gettext_noop("behind with %(fact)s lenders at once"),
    "two_lenders": gettext_noop("behind with %(fact)s lenders at once"),
    "hardship": gettext_noop("tells of hardship: income or health"),
    "cash_gap": gettext_noop("short of cash for now"),
    "half_repaid": gettext_noop("%(fact)s%% of the principal is repaid"),
    "quarter_repaid": gettext_noop("%(fact)s%% of the principal is repaid"),
    "paid_lately": gettext_noop("paid something in the last %(fact)s days"),
    "mostly_on_time": gettext_noop("%(fact)s%% of instalments were on time"),
    "often_late": gettext_noop("only %(fact)s%% of instalments were on time"),
    "first_never_paid": gettext_noop("no instalment has been paid yet"),
    "promises_broken": gettext_noop("%(fact)s promises broken in a year"),
    "promises_kept": gettext_noop("%(fact)s promises kept in a year"),
    "answers": gettext_noop("talks to us: %(fact)s calls answered"),
    "silent": gettext_noop("%(fact)s calls in a row not answered"),
    "pays_in_part": gettext_noop("pays in part"),
    "says_no": gettext_noop("says they do not want to pay"),
}


class Said(NamedTuple):
    """One reason as a page shows it."""

    words: str
    side: str
    points: int


def reasons_of(risk: BorrowerRisk) -> list[Said]:
    """The reasons of a score, weightiest first."""
    said = [Said(_(WORDS[r["code"]]) % {"fact": r["fact"]}, r["side"], r["points"]) for r in risk.reasons]
    return sorted(said, key=lambda one: -abs(one.points))
