"""Places where a process can be made to die, to prove that nothing is lost or doubled there.

`FAILPOINT=name:nth` kills the process at its nth pass of that place, as abruptly as kill -9: no handler, no rollback by us,
no flush. Unset, a pass costs one comparison. Refused in production by the settings.
"""

import itertools
import os

POINTS: dict[str, str] = {
    "audit.recorded": "an entry is written, its transaction not yet committed",
    "lending.import.before_commit": "a chunk of an import is written, its transaction not yet committed",
    "lending.loans_settled": "a chunk of loans with payments is closed and committed",
    "lending.block_rolled": "a block of loans is rolled to the day being closed, its transaction not yet committed",
    "lending.debit.before_call": "a debit is claimed, the payment provider not yet called",
    "lending.debit.after_call": "the payment provider was called, its answer not yet on record",
    "nightly.step.done": "a floor has closed the day and is on record, the next has not begun",
    "dunning.plan.before_commit": "reminders are planned, their transaction not yet committed",
    "dunning.claim.after_commit": "rows are claimed, nothing sent",
    "dunning.send.before_call": "the attempt is on record, the gateway not yet called",
    "dunning.send.after_call": "the gateway was called, its answer not yet on record",
    "dunning.finish.before_commit": "the answer is written, its transaction not yet committed",
}
"""Every place by name, and what has and has not happened there. Data, so that the ground may name what stands above."""

EXIT_STATUS = 137
"""What a shell reports of a process killed by signal 9."""

_WANTED, _, _NTH = os.environ.get("FAILPOINT", "").partition(":")
_PASSES = itertools.count(1)


def failpoint(name: str) -> None:
    """Die here if the environment asks for it."""
    if name == _WANTED and next(_PASSES) == int(_NTH or 1):
        os._exit(EXIT_STATUS)


def fault_of(wanted: str) -> str | None:
    """What is wrong with a value of FAILPOINT, or None."""
    name, _, nth = wanted.partition(":")
    if name not in POINTS:
        return f"there is no failpoint '{name}'; manage.py failpoints lists them"
    if nth and not (nth.isascii() and nth.isdigit() and int(nth) > 0):
        return f"'{nth}' is not a number of passes, 1 or more"
    return None
