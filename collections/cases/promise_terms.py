"""What may be promised, with the reason for each limit. House rules: who wants more asks for a plan, which somebody decides."""

from typing import Final

PROMISE_DAYS_MAX: Final = 14
"""One sum: about one pay day ahead. What lies further off is forgotten, or is a plan."""
PARTS_MAX: Final = 6
PARTS_DAYS_MAX: Final = 60
"""Several parts: two pay days. More is a new schedule, and belongs before somebody who may grant one."""
RENEWALS_MAX: Final = 2
RENEWALS_DAYS: Final = 60
"""So often within these days a promise may follow one that was not kept or was taken back: a third time the promise is not
what helps. A supervisor may take one more.
"""
