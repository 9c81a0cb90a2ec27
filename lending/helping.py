"""Workers help to close: the night rolls the blocks from the first on, each helper its share of them from the last one back.

What one has rolled the other finds rolled, so a lost, late or doubled task changes nothing.
"""

import logging
import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from celery import shared_task

from lending.days import last_closed_day
from lending.horizon import reached_day
from lending.rolling import block_of, roll_block
from lending.sql import closing
from lending.sql.vendor import has_many_writers

log = logging.getLogger(__name__)

HANDS_MAX = 8
BLOCKS_PER_HAND = 4
"""A book of fewer blocks is closed before a worker has listed it."""
TURN_SECONDS = 20
BELL_EXPIRES_SECONDS = 30


def ask_for_help(on: date, *, blocks: int, parked: Sequence[int]) -> None:
    """Ask workers to help; when no broker hears it, or one connection writes at a time, the night does all by itself."""
    hands = min(HANDS_MAX, blocks // BLOCKS_PER_HAND) if has_many_writers() else 0
    for hand in range(hands):
        given = {"day": on.isoformat(), "hand": hand, "hands": hands, "parked": list(parked)}
        try:
            help_to_close.apply_async(kwargs=given, expires=BELL_EXPIRES_SECONDS)
        except help_to_close.OperationalError:
            log.info("no broker: the night closes alone")
            return


@shared_task(name="lending.help_to_close", ignore_result=True)
def help_to_close(*, day: str, hand: int, hands: int, parked: list[int], **_: Any) -> int:
    """For one turn, roll this hand's share of the blocks from the last one back; says how many loans were written.

    Stops at a block in which nothing is left, for there the night came by; one that fails is the night's to take apart. A day
    that is not being closed has nothing to roll.
    """
    until = time.monotonic() + TURN_SECONDS
    on, closed, rolled = date.fromisoformat(day), last_closed_day(), 0
    if reached_day() != on or on == closed:
        return 0
    closing.prepare(on, closed=closed)
    closing.leave_out(parked)
    listed = {block_of(loan_id) for loan_id in closing.listed_loans(plain=True)}
    for block in sorted((block for block in listed if block % hands == hand), reverse=True):
        if time.monotonic() > until or not (written := roll_block(on, block)):
            break
        rolled += written
    return rolled
