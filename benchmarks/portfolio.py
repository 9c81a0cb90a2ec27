"""A synthetic book, loaded by set-based SQL: loans of 12 monthly instalments at every age, about 30 % of them in arrears.

The rows of a schedule are what `lending.schedules.build` makes of its terms. Who pays does so four days ahead of the
due day, in full, so that no money waits for a measured night; who is in arrears has missed the last one to nine. PostgreSQL only; the role is a superuser, for the foreign keys
of rows that are right by construction are not checked one by one.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from benchmarks.measuring import sql
from lending.models import ClosedDay, Funder, Product
from lending.schedules import Terms, build

DAY = date(2026, 11, 20)
"""The first night that is measured."""
CLOSED = DAY - timedelta(days=2)
NIGHTS = [DAY + timedelta(days=n) for n in range(3)]
LAST = NIGHTS[-1]
AT = datetime.combine(DAY, time(2), UTC)
PERIODS = 12
AGES = 360
"""Loans began on each of so many days before the night."""
RATE_PPM = 240_000

_LOAD = [
    """
    INSERT INTO lending_borrower (id, ref, name, identity, identity_digest, language, time_zone)
    SELECT i, 'B' || i, '', '', '', 'zh-hans', 'Asia/Shanghai' FROM generate_series(1, {borrowers}) i
    """,
    """
    INSERT INTO lending_loan (id, number, borrower_id, funder_id, product_id, currency, principal, annual_rate_ppm, periods,
        method, frequency, day_count, start_on, first_due_on, status)
    SELECT i, 'L' || lpad(i::text, 8, '0'), 1 + (i - 1) * 9 / 10, {funder}, {product}, 'CNY', t.principal, {rate}, {periods},
        'equal_installment', 'monthly', 'month/12', t.start_on, t.first_due_on, 'active'
    FROM generate_series(1, {loans}) i JOIN bench_terms t ON t.age = 1 + i % {ages}
    """,
    """
    INSERT INTO lending_scheduleversion (id, loan_id, number, effective_on, is_current, reason, source, made_at)
    SELECT id, id, 1, start_on, TRUE, 'original', '', '{at}' FROM lending_loan
    """,
    """
    CREATE TEMPORARY TABLE bench_paid AS
    SELECT l.id AS loan_id, t.age, greatest(0, t.due - CASE
        WHEN luck < 130 THEN 1 WHEN luck < 210 THEN 2 WHEN luck < 260 THEN 3 WHEN luck < 300 THEN 5
        WHEN luck < 330 THEN 9 ELSE 0 END) AS paid
    FROM (SELECT id, (hashint8(id)::bigint & 2147483647) % 1000 AS luck FROM lending_loan) l
    JOIN bench_terms t ON t.age = 1 + l.id % {ages}
    """,
    """
    INSERT INTO lending_instalment (version_id, loan_id, is_current, n, due_on, principal, interest, paid_principal,
        paid_interest)
    SELECT p.loan_id, p.loan_id, TRUE, r.n, r.due_on, r.principal, r.interest,
        CASE WHEN r.n <= p.paid THEN r.principal ELSE 0 END, CASE WHEN r.n <= p.paid THEN r.interest ELSE 0 END
    FROM bench_paid p JOIN bench_row r USING (age) ORDER BY p.loan_id, r.n
    """,
    """
    INSERT INTO lending_payment (id, loan_id, reference, value_on, amount, currency, channel, posted_at)
    SELECT row_number() OVER (ORDER BY loan_id, n), loan_id, 'L' || loan_id || '-' || n, due_on - 4, principal + interest,
        'CNY', 'import', '{at}'
    FROM bench_paid JOIN bench_row USING (age) WHERE n <= paid
    """,
    """
    INSERT INTO lending_allocation (payment_id, loan_id, n, component, amount, booked_on)
    SELECT row_number() OVER (ORDER BY loan_id, n), loan_id, n, 'interest', interest, due_on - 4
    FROM bench_paid JOIN bench_row USING (age) WHERE n <= paid
    """,
    """
    INSERT INTO lending_allocation (payment_id, loan_id, n, component, amount, booked_on)
    SELECT row_number() OVER (ORDER BY loan_id, n), loan_id, n, 'principal', principal, due_on - 4
    FROM bench_paid JOIN bench_row USING (age) WHERE n <= paid
    """,
    """
    INSERT INTO lending_arrears (loan_id, as_of, holds_until, bucket, overdue_principal, overdue_interest,
        penalty_numerator, penalty_accrued, penalty_paid)
    SELECT loan_id, min(due_on), min(due_on), 'M0', 0, 0, 0, 0, 0 FROM lending_instalment
    WHERE is_current AND "open" > 0 AND due_on < '{closed}' GROUP BY loan_id
    """,
]
_NUMBERED = ("borrower", "loan", "scheduleversion", "payment")


def load(loans: int) -> None:
    """Fill an empty database; afterwards the book is closed up to `CLOSED`, and whoever is in arrears awaits the next close."""
    funder = Funder.objects.create(code="bench", name="Bench Bank", signature="Bench")
    product = Product.objects.create(code="bench", name="Bench loan", penalty_rate_ppm=360_000, penalty_day_basis=360)
    names = {
        "loans": loans, "borrowers": 1 + (loans - 1) * 9 // 10, "funder": funder.pk, "product": product.pk,
        "rate": RATE_PPM, "periods": PERIODS, "ages": AGES, "at": AT.isoformat(), "closed": CLOSED,
    }  # fmt: skip
    sql("SET session_replication_role = replica")
    _copy_terms()
    for statement in _LOAD:
        sql(statement.format(**names))
    for table in _NUMBERED:
        sql(f"SELECT setval(pg_get_serial_sequence('lending_{table}', 'id'), (SELECT max(id) FROM lending_{table}))")
    sql("SET session_replication_role = DEFAULT")
    sql("DROP TABLE bench_terms, bench_row, bench_paid")
    ClosedDay.objects.create(day=CLOSED, closed_at=AT)
    sql("VACUUM ANALYZE")


def _copy_terms() -> None:
    """The schedule of each age, once."""
    sql("CREATE TEMPORARY TABLE bench_terms (age int, start_on date, first_due_on date, principal bigint, due int)")
    sql("CREATE TEMPORARY TABLE bench_row (age int, n int, due_on date, principal bigint, interest bigint)")
    schedules = [(age, terms, build(terms)) for age, terms in _terms()]
    _copy(
        "bench_terms",
        [
            (age, terms.start_on, rows[0].due_on, terms.principal, sum(row.due_on < LAST for row in rows))
            for age, terms, rows in schedules
        ],
    )
    _copy(
        "bench_row",
        [(age, row.n, row.due_on, row.principal, row.interest) for age, _, rows in schedules for row in rows],
    )


def _terms() -> Iterator[tuple[int, Terms]]:
    for age in range(1, AGES + 1):
        start_on = DAY - timedelta(days=age)
        yield age, Terms(principal=500_000 + 7_700 * age, annual_rate_ppm=RATE_PPM, periods=PERIODS, start_on=start_on)


def _copy(table: str, rows: list[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
