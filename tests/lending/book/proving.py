"""`lending.verify` for a book that is looked at after every step: what it asks of the whole book in one statement, put into words
once a process, and the walk over the loans on facts that are read already.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from django.db import connection
from django.test.utils import CaptureQueriesContext

from lending.faults import Fault
from lending.loan_facts import LoanFacts
from lending.verify import IN_SETS, verify
from lending.verify_loans import loan_faults


def faults(facts: Mapping[int, LoanFacts], days: Sequence[date]) -> list[Fault]:
    """What `verify` finds in a book of these loans that stands as of one of these days; the guards of tables aside."""
    if is_at_fault():
        return verify() or [Fault("the book", "is at fault, and nothing says where")]
    return list(loan_faults(facts, days))


def is_at_fault() -> bool:
    """Whether any statement of `IN_SETS` returns a row; PostgreSQL plans them once, and anew after whatever lets go of plans."""
    asked = _question()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = 'whole_book'")
            if not cursor.fetchone():
                cursor.execute(f"PREPARE whole_book AS {asked}")
            asked = "EXECUTE whole_book"
        cursor.execute(asked)
        return bool(cursor.fetchone()[0])


@cache
def _question() -> str:
    """All of them at once, as the ORM words them."""
    with CaptureQueriesContext(connection) as asked:
        for check in IN_SETS:
            list(check())
    return "SELECT " + " OR ".join(f"EXISTS ({query['sql']})" for query in asked.captured_queries)
