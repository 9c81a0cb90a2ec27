"""Payments of a chunk that settle their loans in sets, with the same result as the replay of each loan's history.

The payments of a loan may be taken so when nothing that they change has already been built upon: it is active, has only ever
had one schedule, no waiver and no cost, its product counts plainly (`closing.PLAIN`) and has one order of allocation, no other payment
has a later value day, they are all of one value day V, and its row of arrears,
written before, holds beyond the day the book has reached (or there is none, and nothing is overdue). Then

    what is due on V is asked for in the product's order, then what falls due later, row by row; the payments, in the order in
    which they were posted, cover that sequence from its beginning: each takes the part of each due that both their sums cover
    N(day) = N(as_of) + growth before x days up to V + growth after x days from V (see `lending.penalty`)

`posting_money` holds the payments, `posting_loan` the loans, `posting_share` what goes where, `posting_aged` what then differs in the arrears: temporary
tables, made once a connection. The caller holds the loans.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from string import Template
from typing import NamedTuple

from django.db import connection

from lending.allocation import AllocationBy, Component, Order
from lending.sql.closing import names_on
from lending.sql.vendor import day_literal, days_between, emptying, refresh_statistics, smaller
from lending.sql.writing import insert_rows

_TABLES = {
    "posting_money": "payment_id bigint, loan_id bigint, value_on date, amount bigint",
    "posting_loan": """
        loan_id bigint PRIMARY KEY, value_on date, as_of date, numerator bigint, penalty bigint, by_component boolean,
        penalty_rank integer, interest_rank integer, principal_rank integer
    """,
    "posting_share": "payment_id bigint, loan_id bigint, instalment_id bigint, n integer, component varchar(10), amount bigint",
    "posting_aged": """
        loan_id bigint PRIMARY KEY, as_of date, holds_until date, oldest_due_on date, bucket varchar(3),
        overdue_principal bigint, overdue_interest bigint, numerator bigint, growth bigint, accrued_before bigint,
        accrued bigint, paid bigint
    """,
}

_LIST = """
INSERT INTO posting_loan
SELECT loan_id, value_on, as_of, numerator, (numerator + $ppm * day_basis / 2) / ($ppm * day_basis) - settled, $ranks
FROM (
    SELECT l.id AS loan_id, l.product_id, m.value_on, a.as_of, p.penalty_day_basis AS day_basis,
        COALESCE(a.penalty_numerator + a.penalty_growth * $days_to_value, 0) AS numerator,
        COALESCE(a.penalty_paid + a.penalty_waived, 0) AS settled
    FROM (
        SELECT loan_id, MIN(value_on) AS value_on, MAX(value_on) AS last_on FROM posting_money GROUP BY loan_id
    ) m
    JOIN lending_loan l ON l.id = m.loan_id JOIN lending_product p ON p.id = l.product_id
    LEFT JOIN lending_arrears a ON a.loan_id = l.id
    WHERE m.value_on = m.last_on AND l.status = 'active' AND l.method <> 'daily' AND l.product_id IN ($products) AND $plain
        AND NOT EXISTS (SELECT 1 FROM lending_scheduleversion v WHERE v.loan_id = l.id AND NOT v.is_current)
        AND NOT EXISTS (SELECT 1 FROM lending_waiver w WHERE w.loan_id = l.id)
        AND NOT EXISTS (SELECT 1 FROM lending_fee f WHERE f.loan_id = l.id)
        AND NOT EXISTS (
            SELECT 1 FROM lending_payment q WHERE q.loan_id = l.id AND q.value_on > m.value_on AND q.value_on <= $day
        )
        AND CASE WHEN a.loan_id IS NOT NULL
            THEN a.as_of <= m.value_on AND (a.holds_until IS NULL OR a.holds_until > $day)
                AND a.penalty_day_basis = p.penalty_day_basis
            ELSE NOT EXISTS (
                SELECT 1 FROM lending_instalment i
                WHERE i.loan_id = l.id AND i.is_current AND i."open" > 0 AND $late > 0
            ) END
) plain
"""

_SHARE = """
INSERT INTO posting_share
SELECT payment_id, loan_id, instalment_id, n, component, $least_end - CASE WHEN low > paid_before THEN low ELSE paid_before END
FROM (
    SELECT loan_id, instalment_id, n, component, upto - owed AS low, upto
    FROM (
        SELECT *, CAST(SUM(owed) OVER (PARTITION BY loan_id ORDER BY is_ahead, class, n, rank) AS bigint) AS upto
        FROM (
            SELECT loan_id, NULL AS instalment_id, NULL AS n, 'penalty' AS component, penalty AS owed, 0 AS is_ahead,
                penalty_rank AS rank, CASE WHEN by_component THEN penalty_rank
                    WHEN penalty_rank < interest_rank AND penalty_rank < principal_rank THEN -1 ELSE 1 END AS class
            FROM posting_loan
            UNION ALL
            SELECT g.loan_id, i.id, i.n, part.component, CASE part.component WHEN 'interest' THEN $interest ELSE $principal END,
                CASE WHEN i.due_on > g.value_on THEN 1 ELSE 0 END, $part_rank,
                CASE WHEN g.by_component AND i.due_on <= g.value_on THEN $part_rank ELSE 0 END
            FROM posting_loan g JOIN lending_instalment i ON i.loan_id = g.loan_id AND i.is_current AND i."open" > 0
            CROSS JOIN (SELECT 'interest' AS component UNION ALL SELECT 'principal') part
        ) due WHERE owed > 0
    ) ranged
) asked
JOIN (
    SELECT payment_id, loan_id AS paying, paid_upto - amount AS paid_before, paid_upto
    FROM (
        SELECT *, CAST(SUM(amount) OVER (PARTITION BY loan_id ORDER BY payment_id) AS bigint) AS paid_upto
        FROM posting_money
    ) money
) given ON paying = loan_id AND low < paid_upto AND upto > paid_before
"""

_PENALTY = "(SELECT loan_id, SUM(amount) AS amount FROM posting_share WHERE component = 'penalty' GROUP BY loan_id)"

_ALLOCATE = """
INSERT INTO lending_allocation (payment_id, loan_id, n, component, amount, booked_on)
SELECT payment_id, loan_id, n, component, amount, $day FROM posting_share ORDER BY payment_id, n, component
"""

_PAY = """
UPDATE lending_instalment AS i
SET paid_principal = i.paid_principal + x.principal, paid_interest = i.paid_interest + x.interest
FROM (
    SELECT instalment_id, CAST(SUM(CASE WHEN component = 'principal' THEN amount ELSE 0 END) AS bigint) AS principal,
        CAST(SUM(CASE WHEN component = 'interest' THEN amount ELSE 0 END) AS bigint) AS interest
    FROM posting_share WHERE instalment_id IS NOT NULL GROUP BY instalment_id
) x WHERE i.id = x.instalment_id
"""

_AGE = """
INSERT INTO posting_aged
SELECT * FROM (
    SELECT loan_id, as_of, $holds_until AS holds_until, oldest_due_on, $bucket AS bucket, overdue_principal, overdue_interest,
        numerator, growth, accrued_before, (numerator + $ppm * day_basis / 2) / ($ppm * day_basis), paid
    FROM (
        SELECT *, at_value + growth * days_since AS numerator
        FROM (
            SELECT g.loan_id, g.as_of, g.numerator AS at_value, $days_since AS days_since, p.penalty_day_basis AS day_basis,
                a.penalty_accrued AS accrued_before, a.penalty_paid + COALESCE(MAX(s.amount), 0) AS paid,
$aged
            FROM posting_loan g JOIN lending_arrears a ON a.loan_id = g.loan_id LEFT JOIN $penalty s ON s.loan_id = g.loan_id
            JOIN lending_loan l ON l.id = g.loan_id JOIN lending_product p ON p.id = l.product_id
            LEFT JOIN lending_instalment i ON i.loan_id = g.loan_id AND i.is_current AND i."open" > 0
            WHERE g.as_of IS NOT NULL
            GROUP BY g.loan_id, l.id, p.id, a.loan_id
        ) summed
    ) grown
) aged
WHERE EXISTS (
    SELECT 1 FROM lending_arrears a WHERE a.loan_id = aged.loan_id AND (
        a.bucket <> aged.bucket OR a.overdue_principal <> aged.overdue_principal OR a.penalty_paid <> aged.paid
        OR a.overdue_interest <> aged.overdue_interest OR a.penalty_growth <> aged.growth
        OR COALESCE(a.oldest_due_on, $never) <> COALESCE(aged.oldest_due_on, $never)
        OR COALESCE(a.holds_until, $never) <> COALESCE(aged.holds_until, $never)
    )
)
"""

_ACCRUE = """
INSERT INTO lending_penaltyaccrual (loan_id, from_on, to_on, amount, booked_on)
SELECT loan_id, as_of, $day, accrued - accrued_before, $day FROM posting_aged WHERE accrued <> accrued_before
"""

_ROLL = """
UPDATE lending_arrears AS a
SET as_of = $day, holds_until = x.holds_until, oldest_due_on = x.oldest_due_on, bucket = x.bucket,
    overdue_principal = x.overdue_principal, overdue_interest = x.overdue_interest, penalty_numerator = x.numerator,
    penalty_growth = x.growth, penalty_accrued = x.accrued, penalty_paid = x.paid
FROM posting_aged x WHERE a.loan_id = x.loan_id
"""

_PAY_OFF = """
UPDATE lending_loan AS l SET status = 'paid', paid_off_on = g.value_on
FROM posting_loan g LEFT JOIN $penalty s ON s.loan_id = g.loan_id
WHERE l.id = g.loan_id AND g.penalty <= COALESCE(s.amount, 0)
    AND NOT EXISTS (SELECT 1 FROM lending_instalment i WHERE i.loan_id = g.loan_id AND i.is_current AND i."open" > 0)
"""


class Money(NamedTuple):
    """A new payment, with the key that it is written by."""

    payment_id: int
    loan_id: int
    value_on: date
    amount: int


def settle_in_sets(money: Sequence[Money], orders: Mapping[int, tuple[Order, AllocationBy]], *, on: date) -> set[int]:
    """Settle the loans of these new payments that can be taken so, as of the day reached; says which these were.

    `orders` gives the order of allocation by the primary key of each product that always has the same one.
    """
    names = _names(on, orders)
    with connection.cursor() as cursor:
        for table, columns in _TABLES.items():
            cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns})")
            cursor.execute(emptying(table))
        insert_rows("posting_money", Money._fields, money)
        refresh_statistics("posting_money")
        cursor.execute(Template(_LIST).substitute(names))
        if not cursor.rowcount:
            return set()
        refresh_statistics("posting_loan")
        for statement in (_SHARE, _ALLOCATE, _PAY, _AGE, _ACCRUE, _ROLL, _PAY_OFF):
            cursor.execute(Template(statement).substitute(names))
        cursor.execute("SELECT loan_id FROM posting_loan")
        return {row[0] for row in cursor.fetchall()}


def _names(on: date, orders: Mapping[int, tuple[Order, AllocationBy]]) -> dict[str, str]:
    names = names_on(on)
    ranks = {
        component: {product: str(order.index(component)) for product, (order, _by) in orders.items()}
        for component in (Component.PENALTY, Component.INTEREST, Component.PRINCIPAL)
    }
    by_component = {
        product: "TRUE" if by == AllocationBy.COMPONENT else "FALSE" for product, (_order, by) in orders.items()
    }
    return names | {
        "products": ", ".join(map(str, orders)),
        "ranks": ", ".join(map(_by_product, (by_component, *ranks.values()))),
        "part_rank": "CASE part.component WHEN 'interest' THEN g.interest_rank ELSE g.principal_rank END",
        "days_to_value": days_between("m.value_on", "a.as_of"),
        "days_since": days_between(names["day"], "g.value_on"),
        "least_end": smaller("upto", "paid_upto"),
        "penalty": _PENALTY,
        "never": day_literal(date.min),
    }


def _by_product(chosen: Mapping[int, str]) -> str:
    return f"CASE product_id {' '.join(f'WHEN {product} THEN {found}' for product, found in chosen.items())} END"
