"""What there is of a loan beside its schedule and its payments, in one statement that both databases speak.

Most loans have none of it, and to ask each table through the ORM takes longer than the answers.
"""

from typing import NamedTuple

from lending.models import Loan
from staff.statements import planned_cursor


class Traces(NamedTuple):
    """Whether anything was asked to be given up, any cost charged, any clock or penalty paused, any money asked back, or any creditor but the
    funder is, was or will be concerned.
    """

    waived: bool
    paused: bool
    refunded: bool
    shared: bool
    charged: bool


_TRACES = """
SELECT
    EXISTS (SELECT 1 FROM lending_waiverrequest WHERE loan_id = %(loan)s),
    EXISTS (SELECT 1 FROM lending_pause WHERE loan_id = %(loan)s),
    EXISTS (
        SELECT 1 FROM lending_refundrequest r JOIN lending_payment p ON p.id = r.payment_id WHERE p.loan_id = %(loan)s
    ),
    EXISTS (SELECT 1 FROM lending_loanshare WHERE loan_id = %(loan)s)
        OR EXISTS (SELECT 1 FROM lending_guarantorpayment WHERE loan_id = %(loan)s)
        OR EXISTS (SELECT 1 FROM lending_guarantee WHERE loan_id = %(loan)s OR funder_id = %(funder)s),
    EXISTS (SELECT 1 FROM lending_fee WHERE loan_id = %(loan)s)
"""


_OF_BORROWER = """
SELECT
    EXISTS (SELECT 1 FROM lending_waiverrequest WHERE loan_id IN (SELECT id FROM own)),
    EXISTS (SELECT 1 FROM lending_pause WHERE loan_id IN (SELECT id FROM own)),
    EXISTS (
        SELECT 1 FROM lending_refundrequest r JOIN lending_payment p ON p.id = r.payment_id
        WHERE p.loan_id IN (SELECT id FROM own)
    ),
    EXISTS (SELECT 1 FROM lending_loanshare WHERE loan_id IN (SELECT id FROM own))
        OR EXISTS (SELECT 1 FROM lending_guarantorpayment WHERE loan_id IN (SELECT id FROM own))
        OR EXISTS (
            SELECT 1 FROM lending_guarantee g JOIN own ON g.loan_id = own.id OR g.funder_id = own.funder_id
        ),
    EXISTS (SELECT 1 FROM lending_fee WHERE loan_id IN (SELECT id FROM own))
"""


def traces_of(loan: Loan) -> Traces:
    return _asked(_TRACES, {"loan": loan.pk, "funder": loan.funder_id})


def traces_of_borrower(borrower_id: int) -> Traces:
    """The same of all loans of a borrower together."""
    own = "WITH own AS (SELECT id, funder_id FROM lending_loan WHERE borrower_id = %(borrower)s)"
    return _asked(own + _OF_BORROWER, {"borrower": borrower_id})


def _asked(sql: str, keys: dict[str, int]) -> Traces:
    with planned_cursor() as cursor:
        cursor.execute(sql, keys)
        return Traces(*map(bool, cursor.fetchone()))
