"""The close of a day in sets: every loan whose day has come, rolled from the day its row was written to this one.

For a loan that nothing happened to since `as_of`, with the open rows of its version in force (see `lending.penalty`):

    N(day) = N(as_of) + rate x sum of the open base x days since the later of `as_of` and the end of the row's grace
    P(day) = (N(day) + d / 2) / d in whole numbers, d = 1,000,000 x day basis, which is even: half-up

The new row holds until the day that `lending.turning` would say. `closing_loan` lists the loans, once a night; `closing` what
becomes of them, block by block: temporary tables, made once a connection. A loan that was settled since it was listed drops
out. The join to the arrears repeats the block's range, which changes no result: without it PostgreSQL reads all of them.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from string import Template

from django.db import connection

from lending.buckets import BUCKETS
from lending.models import Product
from lending.money import PPM
from lending.schedules.workdays import CLOSED_DAYS_MAX
from lending.sql.vendor import day_literal, days_after, days_between, emptying, refresh_statistics

PLAIN = """(
    (p.grace_days = 0 OR p.grace_excuses) AND p.tolerance_days = 0 AND p.counts_from = 'oldest' AND p.calendar = ''
    AND p.penalty_base <> 'compound' AND NOT EXISTS (SELECT 1 FROM lending_pause h WHERE h.loan_id = l.id)
    AND NOT EXISTS (
        SELECT 1 FROM lending_guarantorpayment g JOIN lending_guarantee w ON w.id = g.guarantee_id
        WHERE g.loan_id = l.id AND w.penalty_rate_ppm IS NOT NULL
    )
)"""
"""The loans `l` that the set may roll, by their product `p`; all others go through the pure standing."""

_TABLES = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS closing_loan (loan_id bigint PRIMARY KEY, is_plain boolean)",
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS closing (
        loan_id bigint PRIMARY KEY, from_on date, holds_until date, oldest_due_on date, bucket varchar(3),
        overdue_principal bigint, overdue_interest bigint, numerator bigint, growth bigint, day_basis integer,
        accrued_before bigint, accrued bigint
    )
    """,
)

_LIST = """
INSERT INTO closing_loan
SELECT l.id, $plain
FROM (
    SELECT loan_id FROM lending_arrears WHERE holds_until <= $day
    UNION
    SELECT i.loan_id
    FROM lending_instalment i JOIN lending_loan l ON l.id = i.loan_id JOIN lending_product p ON p.id = l.product_id
    WHERE $fell_due AND i.due_on >= $since
$excused) turning
JOIN lending_loan l ON l.id = turning.loan_id JOIN lending_product p ON p.id = l.product_id
"""

_EXCUSED = """    UNION
    SELECT i.loan_id
    FROM lending_product p JOIN lending_loan l ON l.product_id = p.id JOIN lending_instalment i ON i.loan_id = l.id
    WHERE $fell_due AND i.due_on >= $slipped_since AND p.calendar <> ''
"""
"""Loans whose closed days may be over: what fell due on one becomes overdue on a later day."""

_FELL_DUE = """i.is_current AND i."open" > 0 AND i.due_on <= $day AND $late > 0
        AND NOT EXISTS (SELECT 1 FROM lending_arrears a WHERE a.loan_id = i.loan_id)"""

_AGED = """        MIN(CASE WHEN $late > 0 AND $is_big THEN i.due_on END) AS oldest_due_on,
        MAX(CASE WHEN $late > 0 AND $is_big THEN $late ELSE 0 END) AS days_past_due,
        CAST(SUM(CASE WHEN $late > 0 THEN $principal ELSE 0 END) AS bigint) AS overdue_principal,
        CAST(SUM(CASE WHEN $late > 0 THEN $interest ELSE 0 END) AS bigint) AS overdue_interest,
        $rate * CAST(SUM(CASE WHEN $past_grace > 0 THEN $base ELSE 0 END) AS bigint) AS growth,
        MIN(CASE WHEN $late <= 0 THEN 1 - $late WHEN $past_grace <= 0 THEN 1 - $past_grace END) AS days_to_turn"""
"""What a day makes of the open instalments `i` of a loan with the product `p`; see `names_on`."""

_JUDGE = """
INSERT INTO closing
SELECT loan_id, from_on, $holds_until, oldest_due_on, $bucket, overdue_principal, overdue_interest, numerator, growth,
    day_basis, accrued_before, (numerator + $ppm * day_basis / 2) / ($ppm * day_basis)
FROM (
    SELECT l.id AS loan_id, COALESCE(a.as_of, MIN(i.due_on)) AS from_on, a.loan_id IS NOT NULL AS is_known,
        COALESCE(a.penalty_numerator, 0) + $rate
            * CAST(SUM(CASE WHEN $past_grace > 0 THEN $base * $charged_days ELSE 0 END) AS bigint) AS numerator,
        p.penalty_day_basis AS day_basis, COALESCE(a.penalty_accrued, 0) AS accrued_before,
$aged
    FROM closing_loan c JOIN lending_loan l ON l.id = c.loan_id JOIN lending_product p ON p.id = l.product_id
    LEFT JOIN lending_arrears a ON a.loan_id = l.id AND a.loan_id >= $first AND a.loan_id < $after
    LEFT JOIN lending_instalment i ON i.loan_id = l.id AND i.is_current AND i."open" > 0
    WHERE c.loan_id >= $first AND c.loan_id < $after AND c.is_plain AND (a.loan_id IS NULL OR a.holds_until <= $day)
    GROUP BY l.id, p.id, a.loan_id
) judged
WHERE is_known OR overdue_principal + overdue_interest > 0
"""

_ACCRUE = """
INSERT INTO lending_penaltyaccrual (loan_id, from_on, to_on, amount, booked_on)
SELECT loan_id, from_on, $day, accrued - accrued_before, $day FROM closing
WHERE loan_id >= $first AND loan_id < $after AND accrued <> accrued_before
"""

_ROLL = """
INSERT INTO lending_arrears (loan_id, as_of, holds_until, oldest_due_on, bucket, overdue_principal, overdue_interest,
    penalty_numerator, penalty_growth, penalty_day_basis, penalty_accrued, penalty_paid)
SELECT loan_id, $day, holds_until, oldest_due_on, bucket, overdue_principal, overdue_interest, numerator, growth, day_basis,
    accrued, 0 FROM closing
WHERE loan_id >= $first AND loan_id < $after
ON CONFLICT (loan_id) DO UPDATE SET as_of = excluded.as_of, holds_until = excluded.holds_until,
    oldest_due_on = excluded.oldest_due_on, bucket = excluded.bucket, overdue_principal = excluded.overdue_principal,
    overdue_interest = excluded.overdue_interest, penalty_numerator = excluded.penalty_numerator,
    penalty_growth = excluded.penalty_growth, penalty_day_basis = excluded.penalty_day_basis,
    penalty_accrued = excluded.penalty_accrued
"""

_ROLLED = """
SELECT COUNT(*) FROM closing_loan c JOIN lending_arrears a ON a.loan_id = c.loan_id WHERE c.is_plain AND a.as_of = $day
"""


def prepare(on: date, *, closed: date | None) -> None:
    """List for this connection the loans whose day has come since the last day closed, whenever that was."""
    names = names_on(on) | {"since": day_literal(closed or date.min), "excused": ""}
    names["fell_due"] = Template(_FELL_DUE).substitute(names)
    if Product.objects.exclude(calendar="").exists():
        slipped_since = closed - timedelta(days=CLOSED_DAYS_MAX) if closed else date.min
        names["excused"] = Template(_EXCUSED).substitute(names | {"slipped_since": day_literal(slipped_since)})
    with connection.cursor() as cursor:
        for statement in _TABLES:
            cursor.execute(statement)
        for table in ("closing_loan", "closing"):
            cursor.execute(emptying(table))
        cursor.execute(Template(_LIST).substitute(names))
    refresh_statistics("closing_loan")


def leave_out(loan_ids: Iterable[int]) -> None:
    """Take loans off the list."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM closing_loan WHERE loan_id = %s", [(loan_id,) for loan_id in loan_ids])


def rolled_loans(on: date) -> int:
    """How many loans on the list have come to this day, whoever rolled them."""
    with connection.cursor() as cursor:
        cursor.execute(Template(_ROLLED).substitute(day=day_literal(on)))
        return int(cursor.fetchone()[0])


def listed_loans(*, plain: bool) -> list[int]:
    """The loans on the list that the set may roll, or those that it may not, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT loan_id FROM closing_loan WHERE is_plain = %s ORDER BY loan_id", [plain])
        return [row[0] for row in cursor.fetchall()]


def roll(on: date, *, first: int, after: int) -> int:
    """Roll the listed loans with primary keys from `first` up to, not including, `after`; says how many were written."""
    names = names_on(on) | {"first": str(first), "after": str(after)}
    with connection.cursor() as cursor:
        cursor.execute(Template(_JUDGE).substitute(names))
        cursor.execute(Template(_ACCRUE).substitute(names))
        cursor.execute(Template(_ROLL).substitute(names))
        return int(cursor.rowcount)


def names_on(on: date) -> dict[str, str]:
    """Expressions over an instalment `i`, its product `p` and the arrears `a` of its loan `l` as of the day."""
    day = day_literal(on)
    since_due = days_between(day, "i.due_on")
    past_grace = f"({since_due} - p.grace_days)"
    since_close = days_between(day, "COALESCE(a.as_of, l.start_on)")
    principal = "(i.principal - i.paid_principal - i.waived_principal)"
    names = {
        "day": day,
        "plain": PLAIN,
        "ppm": f"CAST({PPM} AS bigint)",
        "rate": f"COALESCE((l.annual_rate_ppm * ({PPM} + p.penalty_markup_ppm) + {PPM // 2}) / {PPM}, p.penalty_rate_ppm)",
        "base": f"""(CASE WHEN p.penalty_base = 'instalment' THEN i."open" ELSE {principal} END)""",
        "principal": principal,
        "interest": "(i.interest - i.paid_interest - i.waived_interest)",
        "late": f"({since_due} + CASE WHEN p.day_zero THEN 0 ELSE 1 END)",
        "is_big": f"""i."open" > p.tolerance_amount
            AND (p.tolerance_ppm = 0 OR i."open" > (i.principal + i.interest) * p.tolerance_ppm / {PPM})""",
        "past_grace": past_grace,
        "charged_days": f"CASE WHEN {past_grace} < {since_close} THEN {past_grace} ELSE {since_close} END",
        "bucket": _by_bucket("days_past_due", [(each.days_max, f"'{each.code}'") for each in BUCKETS]),
        "holds_until": days_after(day, _earlier(_days_to_next("days_past_due"), "days_to_turn")),
    }
    return names | {"aged": Template(_AGED).substitute(names)}


def _days_to_next(days: str) -> str:
    """`lending.buckets.days_to_next` of an expression."""
    steps = [(each.days_max, f"{each.days_max} + 1 - {days}" if each.days_max else "NULL") for each in BUCKETS]
    return _by_bucket(days, steps)


def _by_bucket(days: str, chosen: list[tuple[int | None, str]]) -> str:
    """The expression chosen for the bucket that holds so many days."""
    bounded = " ".join(f"WHEN {days} <= {days_max} THEN {found}" for days_max, found in chosen[:-1])
    return f"CASE {bounded} ELSE {chosen[-1][1]} END"


def _earlier(one: str, other: str) -> str:
    """The smaller of two expressions, or that which is not NULL."""
    return f"COALESCE(CASE WHEN {one} < {other} THEN {one} END, {other}, {one})"
