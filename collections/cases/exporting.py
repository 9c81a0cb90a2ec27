"""The case list as a file: what is filtered, in its order, names masked."""

from collections.abc import Iterator
from datetime import date

from cases.lines import Line
from cases.listing import CHUNK_ROWS, Asked, page_of
from lending.money import plain_amount
from lending.workbooks import Number
from staff.models import User

HEAD = [
    *("case", "borrower_ref", "borrower_name", "language", "stage", "bucket", "days_past_due", "behind_since", "currency"),
    *("overdue", "penalty", "next_action", "next_at", "priority", "owner", "promised_on", "reason_behind"),
    *("last_contact_at", "opened_on", "as_of"),
]  # fmt: skip


def rows(asked: Asked, user: User, on: date) -> Iterator[list[str]]:
    """The cells of each case, in chunks by the key of the order."""
    cursor: str | None = ""
    while cursor is not None:
        page = page_of(asked, user, on, after=cursor, size=CHUNK_ROWS)
        for line in page.lines:
            yield _cells(line, on)
        cursor = page.next


def _cells(line: Line, on: date) -> list[str]:
    amounts = [
        Number(plain_amount(amount, line.currency)) if line.currency else ""
        for amount in (line.overdue, line.penalty or 0)
    ]
    return [
        *(Number(line.pk), line.borrower_ref, str(line.borrower_name), line.language, line.stage, line.bucket),
        *(Number(line.days_past_due(on)), _text(line.behind_since), line.currency, *amounts, line.next_action),
        *(_text(line.next_at), Number(line.priority), line.owner_username or "", _text(line.promised_on)),
        *(line.reason_behind, _text(line.last_contact_at), line.opened_on.isoformat(), on.isoformat()),
    ]


def _text(day: date | None) -> str:
    """An instant is a day too: both as ISO writes them."""
    return day.isoformat() if day else ""
