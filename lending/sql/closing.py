"""The close of a day in sets: every loan with an instalment open and due, rolled from its last day to this one.

For a loan that nothing happened to since `as_of`, with the open rows of its version in force (see `lending.penalty`):

    N(day) = N(as_of) + rate x sum of open principal x days since the later of `as_of` and the end of the row's grace
    P(day) = (N(day) + d / 2) / d in whole numbers, d = 1,000,000 x day basis, which is even: half-up

`closing_row` lists the rows to look at, once a night; `closing` the loans that change, block by block: temporary tables,
made once a connection. A row that was settled since it was listed drops out, because each block reads the instalments again.
The joins to the arrears repeat the block's range, which changes no result: without it PostgreSQL reads all arrears for each.
"""

from collections.abc import Iterable
from datetime import date
from string import Template

from django.db import connection

from lending.buckets import BUCKETS
from lending.money import PPM
from lending.sql.vendor import day_literal, days_between, emptying, refresh_statistics

_TABLES = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS closing_row (loan_id bigint, id bigint)",
    "CREATE INDEX IF NOT EXISTS closing_row_by_loan ON closing_row (loan_id)",
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS closing (
        loan_id bigint PRIMARY KEY, from_on date, oldest_due_on date, bucket varchar(3), overdue_principal bigint,
        overdue_interest bigint, numerator bigint, accrued bigint, accrued_before bigint, paid bigint
    )
    """,
)

_LIST = """
INSERT INTO closing_row
SELECT loan_id, id FROM lending_instalment WHERE is_current AND "open" > 0 AND due_on <= $day
"""

_JUDGE = """
INSERT INTO closing
SELECT loan_id, from_on, oldest_due_on, $bucket, overdue_principal, overdue_interest, numerator,
    (numerator + $ppm * penalty_day_basis / 2) / ($ppm * penalty_day_basis), accrued_before, paid
FROM (
    SELECT due.*, COALESCE(a.as_of, due.first_due_on) AS from_on, a.loan_id IS NULL AS is_new, a.bucket AS old_bucket,
        a.oldest_due_on AS old_due_on, a.overdue_principal AS old_principal, a.overdue_interest AS old_interest,
        a.penalty_numerator AS old_numerator, COALESCE(a.penalty_accrued, 0) AS accrued_before,
        COALESCE(a.penalty_numerator, 0) + due.growth * due.penalty_rate_ppm AS numerator,
        COALESCE(a.penalty_paid, 0) AS paid,
        $since_oldest + CASE WHEN due.day_zero THEN 0 ELSE 1 END AS days_past_due
    FROM (
        SELECT i.loan_id, p.penalty_rate_ppm, p.penalty_day_basis, p.day_zero, MIN(i.due_on) AS first_due_on,
            MIN(CASE WHEN $overdue AND i."open" > p.tolerance_amount THEN i.due_on END) AS oldest_due_on,
            CAST(SUM(CASE WHEN $overdue THEN i.principal - i.paid_principal - i.waived_principal ELSE 0 END) AS bigint) AS overdue_principal,
            CAST(SUM(CASE WHEN $overdue THEN i.interest - i.paid_interest - i.waived_interest ELSE 0 END) AS bigint) AS overdue_interest,
            CAST(SUM((i.principal - i.paid_principal - i.waived_principal) * $charged_days) AS bigint) AS growth
        FROM closing_row c
        JOIN lending_instalment i ON i.id = c.id AND i.is_current AND i."open" > 0
        JOIN lending_loan l ON l.id = i.loan_id
        JOIN lending_product p ON p.id = l.product_id
        LEFT JOIN lending_arrears earlier ON earlier.loan_id = i.loan_id
            AND earlier.loan_id >= $first AND earlier.loan_id < $after
        WHERE c.loan_id >= $first AND c.loan_id < $after
        GROUP BY i.loan_id, p.penalty_rate_ppm, p.penalty_day_basis, p.day_zero
    ) due
    LEFT JOIN lending_arrears a ON a.loan_id = due.loan_id AND a.loan_id >= $first AND a.loan_id < $after
) judged
WHERE CASE WHEN is_new THEN overdue_principal + overdue_interest + numerator > 0
    ELSE numerator <> old_numerator OR overdue_principal <> old_principal OR overdue_interest <> old_interest
        OR $bucket <> old_bucket OR (oldest_due_on IS NULL) <> (old_due_on IS NULL)
        OR COALESCE(oldest_due_on <> old_due_on, FALSE) END
"""

_ACCRUE = """
INSERT INTO lending_penaltyaccrual (loan_id, from_on, to_on, amount, booked_on)
SELECT loan_id, from_on, $day, accrued - accrued_before, $day FROM closing
WHERE loan_id >= $first AND loan_id < $after AND accrued <> accrued_before
"""

_ROLL = """
INSERT INTO lending_arrears (loan_id, as_of, oldest_due_on, bucket, overdue_principal, overdue_interest,
    penalty_numerator, penalty_accrued, penalty_paid)
SELECT loan_id, $day, oldest_due_on, bucket, overdue_principal, overdue_interest, numerator, accrued, paid FROM closing
WHERE loan_id >= $first AND loan_id < $after
ON CONFLICT (loan_id) DO UPDATE SET as_of = excluded.as_of, oldest_due_on = excluded.oldest_due_on,
    bucket = excluded.bucket, overdue_principal = excluded.overdue_principal,
    overdue_interest = excluded.overdue_interest, penalty_numerator = excluded.penalty_numerator,
    penalty_accrued = excluded.penalty_accrued
"""


def prepare(on: date) -> None:
    """List the instalments open and due for this connection, so that no block searches the whole book for its own."""
    with connection.cursor() as cursor:
        for statement in _TABLES:
            cursor.execute(statement)
        for table in ("closing_row", "closing"):
            cursor.execute(emptying(table))
        cursor.execute(Template(_LIST).substitute(day=day_literal(on)))
    refresh_statistics("closing_row")


def leave_out(loan_ids: Iterable[int]) -> None:
    """Take loans off the list."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM closing_row WHERE loan_id = %s", [(loan_id,) for loan_id in loan_ids])


def listed_loans() -> list[int]:
    """The loans on the list, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT loan_id FROM closing_row ORDER BY loan_id")
        return [row[0] for row in cursor.fetchall()]


def roll(on: date, *, first: int, after: int) -> int:
    """Roll the listed loans with primary keys from `first` up to, not including, `after`; says how many changed."""
    names = _names(on, first, after)
    with connection.cursor() as cursor:
        cursor.execute(Template(_JUDGE).substitute(names))
        cursor.execute(Template(_ACCRUE).substitute(names))
        cursor.execute(Template(_ROLL).substitute(names))
        return int(cursor.rowcount)


def _names(on: date, first: int, after: int) -> dict[str, str | int]:
    day = day_literal(on)
    past_grace = f"{days_between(day, 'i.due_on')} - p.grace_days"
    since_close = days_between(day, "earlier.as_of")
    return {
        "day": day,
        "first": first,
        "after": after,
        "ppm": f"CAST({PPM} AS bigint)",
        "overdue": f"(i.due_on < {day} OR NOT p.day_zero)",
        "since_oldest": days_between(day, "due.oldest_due_on"),
        "charged_days": (
            f"CASE WHEN {past_grace} <= 0 THEN 0 "
            f"WHEN earlier.as_of IS NULL OR {past_grace} < {since_close} THEN {past_grace} ELSE {since_close} END"
        ),
        "bucket": _bucket("days_past_due"),
    }


def _bucket(days: str) -> str:
    """`lending.buckets.bucket` of an expression that is NULL when nothing is past due."""
    bounded = " ".join(f"WHEN {days} <= {each.days_max} THEN '{each.code}'" for each in BUCKETS[:-1])
    return f"CASE WHEN {days} IS NULL THEN '{BUCKETS[0].code}' {bounded} ELSE '{BUCKETS[-1].code}' END"
