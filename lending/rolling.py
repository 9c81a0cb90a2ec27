"""A block of loans rolled to the day being closed, in a transaction of its own: by the night or by whoever helps it."""

from datetime import date

from django.db import transaction

from audit.failpoints import failpoint
from lending.horizon import BLOCK_LOANS
from lending.sql import closing
from lending.sql.vendor import lock_blocks


def block_of(loan_id: int) -> int:
    return loan_id // BLOCK_LOANS


@transaction.atomic
def roll_block(on: date, block: int) -> int:
    """Roll what this connection has listed of a block; says how many loans were written."""
    lock_blocks([block], exclusive=True)
    rolled = closing.roll(on, first=block * BLOCK_LOANS, after=(block + 1) * BLOCK_LOANS)
    failpoint("lending.block_rolled")
    return rolled
