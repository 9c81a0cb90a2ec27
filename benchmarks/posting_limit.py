"""The hand-written limit of posting: one file by COPY, then ONE statement that writes what the book writes, on copies.

It knows one order of allocation, one payment a loan in the file, and nothing of references seen before, of value days
ahead, of other currencies, of loans that are unknown or of money that is too much.
"""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from benchmarks import closing_limits
from benchmarks.closing_limits import bucket_of, copy_instalments, copy_tables
from benchmarks.measuring import one, sql
from lending.posting import NewPayment

_POST = """
WITH paid AS (
    INSERT INTO bench_payment (loan_id, reference, value_on, amount, currency, channel, posted_at)
    SELECT l.id, f.reference, f.value_on, f.amount, f.currency, 'import', now()
    FROM bench_file f JOIN lending_loan l ON l.number = f.loan_number RETURNING id, loan_id, amount
),
item AS (
    SELECT *, sum(owed) OVER (PARTITION BY loan_id ORDER BY rank) - owed AS low FROM (
        SELECT p.id AS payment_id, p.amount, loan_id, NULL::int AS n, 'penalty' AS component, 0 AS rank,
            penalty_accrued - penalty_paid AS owed
        FROM paid p JOIN bench_arrears USING (loan_id)
        UNION ALL
        SELECT p.id, p.amount, loan_id, i.n, part.component, 2 * i.n + part.rank, part.owed
        FROM paid p JOIN lending_instalment i USING (loan_id) CROSS JOIN LATERAL (VALUES
            ('interest', 0, i.interest - i.paid_interest), ('principal', 1, i.principal - i.paid_principal)
        ) part (component, rank, owed)
        WHERE i.is_current AND i."open" > 0
    ) owing WHERE owed > 0
),
part AS MATERIALIZED (SELECT *, least(owed, amount - low)::bigint AS share FROM item WHERE low < amount),
allocation AS (
    INSERT INTO bench_allocation (payment_id, loan_id, n, component, amount, booked_on)
    SELECT payment_id, loan_id, n, component, share, {day} FROM part
),
instalment AS (
    UPDATE bench_instalment i SET paid_interest = paid_interest + x.interest, paid_principal = paid_principal + x.principal
    FROM (
        SELECT loan_id, n, coalesce(sum(share) FILTER (WHERE component = 'interest'), 0) AS interest,
            coalesce(sum(share) FILTER (WHERE component = 'principal'), 0) AS principal
        FROM part WHERE n IS NOT NULL GROUP BY loan_id, n
    ) x WHERE i.loan_id = x.loan_id AND i.is_current AND i.n = x.n
),
late AS (
    SELECT i.loan_id, min(i.due_on) FILTER (WHERE i.interest + i.principal > i.paid_interest + i.paid_principal
            + coalesce(x.interest, 0) + coalesce(x.principal, 0)) AS oldest,
        sum(i.principal - i.paid_principal - coalesce(x.principal, 0)) AS principal,
        sum(i.interest - i.paid_interest - coalesce(x.interest, 0)) AS interest
    FROM paid JOIN lending_instalment i USING (loan_id) LEFT JOIN (
        SELECT loan_id, n, sum(share) FILTER (WHERE component = 'interest') AS interest,
            sum(share) FILTER (WHERE component = 'principal') AS principal
        FROM part WHERE n IS NOT NULL GROUP BY loan_id, n
    ) x ON x.loan_id = i.loan_id AND x.n = i.n
    WHERE i.is_current AND i."open" > 0 AND i.due_on < {day} GROUP BY i.loan_id
)
UPDATE bench_arrears a SET oldest_due_on = late.oldest, overdue_principal = late.principal,
    overdue_interest = late.interest, bucket = CASE WHEN late.oldest IS NULL THEN 'M0' ELSE {bucket} END,
    penalty_paid = a.penalty_paid + coalesce(penalty.share, 0)
FROM late LEFT JOIN part penalty ON penalty.loan_id = late.loan_id AND penalty.n IS NULL WHERE a.loan_id = late.loan_id
"""

_POINTERS = (
    ("payment", "loan_id", "lending_loan"),
    ("allocation", "payment_id", "bench_payment"),
)


def prepare(on: date) -> None:
    """Copies, with all indexes and the foreign keys that inserts must pass, of what is written, as it reads on that day."""
    copy_tables(on, wide=False)
    copy_instalments()
    for name in ("payment", "allocation"):
        sql(f"DROP TABLE IF EXISTS bench_{name} CASCADE")
        sql(f"CREATE TABLE bench_{name} (LIKE lending_{name} INCLUDING ALL)")
        sql(f"INSERT INTO bench_{name} SELECT * FROM lending_{name}")
        sql(f"SELECT setval(pg_get_serial_sequence('bench_{name}', 'id'), (SELECT max(id) FROM bench_{name}))")
    for name, column, target in _POINTERS:
        foreign = f"FOREIGN KEY ({column}) REFERENCES {target} DEFERRABLE INITIALLY DEFERRED"
        sql(f"ALTER TABLE bench_{name} ADD {foreign}")
    sql("DROP TABLE IF EXISTS bench_file")
    sql("CREATE TABLE bench_file (loan_number text, reference text, value_on date, amount bigint, currency text)")
    sql("VACUUM ANALYZE")


def post(rows: Iterable[NewPayment], on: date) -> None:
    with connection.cursor() as cursor:
        with cursor.copy("COPY bench_file FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ANALYZE bench_file")
        day = f"DATE '{on}'"
        cursor.execute(_POST.format(day=day, bucket=bucket_of(f"({day} - late.oldest)")))


def differences(on: date) -> int:
    """Rows of instalments, sums of allocations and, as read on that day, arrears in which the limit and the book disagree."""
    queries = {
        "instalment": "SELECT loan_id, n, paid_principal, paid_interest FROM {0}_instalment",
        "allocation": "SELECT loan_id, n, component, sum(amount) FROM {0}_allocation GROUP BY 1, 2, 3",
    }
    return closing_limits.differences(on) + sum(
        one(f"SELECT count(*) FROM ({query.format(a)} EXCEPT {query.format(b)}) x")
        for query in queries.values()
        for a, b in (("bench", "lending"), ("lending", "bench"))
    )
