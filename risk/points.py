"""The points of the expert scorecard: a table that a person can read, add up and argue with.

Each side begins at 60 of 100. A line gives its points when its fact holds; of the lines of one group only the first that
holds counts. Nothing here comes from sex, age, marriage, origin, a phone book or social media.
"""

from collections.abc import Callable
from typing import NamedTuple

from risk.facts import RiskFacts

ABILITY, WILLINGNESS = "ability", "willingness"
BASE = 60
HIGHEST, LOWEST = 100, 0
MONTHS_BEHIND_DAYS, FAR_BEHIND_DAYS = 30, 90
RECENT_DAYS = 30


class Line(NamedTuple):
    """`code` names the reason; `group` lets only the strongest of a kind count; `fact` is the number shown in words:
    one that stands until something happens, never one that each day makes another.
    """

    side: str
    group: str
    code: str
    points: int
    holds: Callable[[RiskFacts], bool]
    fact: Callable[[RiskFacts], int] = lambda facts: 0


LINES = [
    # Ability: can they pay?
    Line(ABILITY, "behind", "far_behind", -25, lambda f: f.days_past_due > FAR_BEHIND_DAYS, lambda f: FAR_BEHIND_DAYS),
    Line(ABILITY, "behind", "months_behind", -12, lambda f: f.days_past_due > MONTHS_BEHIND_DAYS, lambda f: MONTHS_BEHIND_DAYS),
    Line(ABILITY, "lenders", "many_lenders", -15, lambda f: f.funders_in_arrears > 2, lambda f: f.funders_in_arrears),
    Line(ABILITY, "lenders", "two_lenders", -8, lambda f: f.funders_in_arrears == 2, lambda f: f.funders_in_arrears),
    Line(ABILITY, "hardship", "hardship", -20, lambda f: f.hardship),
    Line(ABILITY, "hardship", "cash_gap", -8, lambda f: f.cash_gap),
    Line(ABILITY, "progress", "half_repaid", 15, lambda f: f.repaid_percent >= 50, lambda f: f.repaid_percent),
    Line(ABILITY, "progress", "quarter_repaid", 8, lambda f: f.repaid_percent >= 25, lambda f: f.repaid_percent),
    Line(ABILITY, "recent", "paid_lately", 12, lambda f: f.paid_last_30_days, lambda f: RECENT_DAYS),
    # Willingness: do they mean to?
    Line(WILLINGNESS, "punctual", "mostly_on_time", 20, lambda f: f.due > 2 and f.on_time_percent >= 80, lambda f: f.on_time_percent),
    Line(WILLINGNESS, "punctual", "often_late", -12, lambda f: f.due > 2 and f.on_time_percent < 40, lambda f: f.on_time_percent),
    Line(WILLINGNESS, "first", "first_never_paid", -15, lambda f: f.due > 0 and f.settled == 0),
    Line(WILLINGNESS, "promises", "promises_broken", -15, lambda f: f.promises_broken > f.promises_kept, lambda f: f.promises_broken),
    Line(WILLINGNESS, "promises", "promises_kept", 15, lambda f: f.promises_kept > 0, lambda f: f.promises_kept),
    Line(WILLINGNESS, "talks", "answers", 10, lambda f: f.right_party_contacts > 0, lambda f: f.right_party_contacts),
    Line(WILLINGNESS, "talks", "silent", -10, lambda f: f.unanswered >= 3, lambda f: f.unanswered),
    Line(WILLINGNESS, "part", "pays_in_part", 8, lambda f: f.part_paid),
    Line(WILLINGNESS, "says", "says_no", -25, lambda f: f.unwilling),
]  # fmt: skip
