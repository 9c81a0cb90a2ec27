"""What there is of a loan beside its schedule and its payments, in one statement that both databases speak.

Most loans have none of it, and to ask each table through the ORM takes longer than the answers.
"""

from typing import NamedTuple

from django.db import connection

from lending.models import Loan


class Traces(NamedTuple):
    """Whether anything was asked to be given up, any clock or penalty paused, any money asked back, or any creditor but the
    funder is, was or will be concerned.
    """

    waived: bool
    paused: bool
    refunded: bool
    shared: bool


_TRACES = """
SELECT
    EXISTS (SELECT 1 FROM lending_waiverrequest WHERE loan_id = %(loan)s),
    EXISTS (SELECT 1 FROM lending_pause WHERE loan_id = %(loan)s),
    EXISTS (
        SELECT 1 FROM lending_refundrequest r JOIN lending_payment p ON p.id = r.payment_id WHERE p.loan_id = %(loan)s
    ),
    EXISTS (SELECT 1 FROM lending_loanshare WHERE loan_id = %(loan)s)
        OR EXISTS (SELECT 1 FROM lending_guarantorpayment WHERE loan_id = %(loan)s)
        OR EXISTS (SELECT 1 FROM lending_guarantee WHERE loan_id = %(loan)s OR funder_id = %(funder)s)
"""


def traces_of(loan: Loan) -> Traces:
    with connection.cursor() as cursor:
        cursor.execute(_TRACES, {"loan": loan.pk, "funder": loan.funder_id})
        return Traces(*map(bool, cursor.fetchone()))
