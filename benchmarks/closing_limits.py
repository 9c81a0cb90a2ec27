"""Hand-written limits of the nightly close, each ONE statement on copies of the tables, for the same night.

They know less than the close: no grace, no tolerance, no second product, no block of loans to restart from, nothing else
running. `narrow` rewrites every row of arrears, of which the book writes those that turn and reads the others as of the day;
`cases` rewrites every open case as well; `full` keeps days past due and penalty on every overdue instalment too, as most
loan systems do.
"""

from datetime import date

from benchmarks.measuring import one, sql
from lending.buckets import BUCKETS

INSTALMENT_COLUMNS = (
    "id, version_id, loan_id, is_current, n, due_on, principal, interest, paid_principal, paid_interest"
)
ARREARS_COLUMNS = (
    "loan_id, as_of, oldest_due_on, bucket, overdue_principal, overdue_interest, penalty_numerator, penalty_accrued, "
    "penalty_paid"
)
_READ = """
    SELECT loan_id, DATE '{on}' AS as_of, oldest_due_on, bucket, overdue_principal, overdue_interest, numerator,
        (numerator + 500000 * penalty_day_basis) / (1000000 * penalty_day_basis) AS accrued, penalty_paid
    FROM (SELECT *, penalty_numerator + penalty_growth * greatest(0, DATE '{on}' - as_of) AS numerator FROM {table}) written
"""
_STATE = """
    due AS MATERIALIZED (
        SELECT i.loan_id, l.borrower_id, p.penalty_rate_ppm AS rate, p.penalty_day_basis AS basis, min(i.due_on) AS oldest,
            sum(i.principal - i.paid_principal)::bigint AS principal, sum(i.interest - i.paid_interest)::bigint AS interest
        FROM {rows} i JOIN lending_loan l ON l.id = i.loan_id JOIN lending_product p ON p.id = l.product_id
        {when} GROUP BY 1, 2, 3, 4
    ),
    state AS MATERIALIZED (
        SELECT d.*, {bucket} AS bucket, coalesce(a.as_of, d.oldest) AS since, coalesce(a.penalty_paid, 0) AS paid,
            coalesce(a.penalty_accrued, 0) AS before, coalesce(a.penalty_numerator, 0) + d.principal * d.rate AS numerator,
            (coalesce(a.penalty_numerator, 0) + d.principal * d.rate + 500000 * d.basis) / (1000000 * d.basis) AS accrued
        FROM due d LEFT JOIN bench_arrears a USING (loan_id)
    ),
    accrual AS (
        INSERT INTO bench_accrual (loan_id, from_on, to_on, amount, booked_on)
        SELECT loan_id, since, {day}, accrued - before, {day} FROM state WHERE accrued <> before
    )
"""
_ARREARS = """
    INSERT INTO bench_arrears ({columns})
    SELECT loan_id, {day}, oldest, bucket, principal, interest, numerator, accrued, paid FROM state
    ON CONFLICT (loan_id) DO UPDATE SET as_of = excluded.as_of, oldest_due_on = excluded.oldest_due_on,
        bucket = excluded.bucket, overdue_principal = excluded.overdue_principal,
        overdue_interest = excluded.overdue_interest, penalty_numerator = excluded.penalty_numerator,
        penalty_accrued = excluded.penalty_accrued
"""
_CASES = """
    INSERT INTO bench_case (borrower_id, state, stage, bucket, opened_on, reason_behind, next_action, priority,
        priority_reasons, version, days_past_due, overdue, penalty)
    SELECT borrower_id, 'open', 'early', max(bucket), {day}, '', 'first_call', 0, '[]', 0, max({day} - oldest),
        sum(principal + interest), sum(accrued - paid) FROM state GROUP BY borrower_id
    ON CONFLICT (borrower_id) WHERE state = 'open' DO UPDATE SET bucket = excluded.bucket, overdue = excluded.overdue,
        days_past_due = excluded.days_past_due, penalty = excluded.penalty, version = bench_case.version + 1
"""
_TOUCHED = """
    touched AS (
        UPDATE bench_instalment i SET days_past_due = {day} - i.due_on, penalty = i.penalty + i.principal / 1000
        WHERE {overdue} RETURNING i.*
    ),
"""
_OVERDUE = 'i.is_current AND i."open" > 0 AND i.due_on < {day}'


def copy_tables(on: date, *, wide: bool) -> None:
    """Fresh copies with all indexes; the arrears say what the book's say of that day."""
    for name, source in (("arrears", "lending_arrears"), ("case", "cases_case"), ("accrual", "lending_penaltyaccrual")):
        sql(f"DROP TABLE IF EXISTS bench_{name}")
        sql(f"CREATE TABLE bench_{name} (LIKE {source} INCLUDING ALL)")
    sql(f"INSERT INTO bench_arrears ({ARREARS_COLUMNS}) {_READ.format(on=on, table='lending_arrears')}")
    sql("INSERT INTO bench_case SELECT * FROM cases_case")
    sql("SELECT setval(pg_get_serial_sequence('bench_case', 'id'), (SELECT coalesce(max(id), 1) FROM bench_case))")
    for column in ("days_past_due int", "overdue bigint", "penalty bigint"):
        sql(f"ALTER TABLE bench_case ADD COLUMN IF NOT EXISTS {column} NOT NULL DEFAULT 0")
    sql("DROP TABLE IF EXISTS bench_instalment")
    if wide:
        copy_instalments()
        for column in ("days_past_due int", "penalty bigint"):
            sql(f"ALTER TABLE bench_instalment ADD COLUMN {column} NOT NULL DEFAULT 0")
        sql("VACUUM ANALYZE bench_instalment")
    for name in ("arrears", "case"):
        sql(f"VACUUM ANALYZE bench_{name}")


def copy_instalments() -> None:
    """With all indexes, and the room that the table itself leaves beside its rows."""
    sql("CREATE TABLE bench_instalment (LIKE lending_instalment INCLUDING ALL) WITH (fillfactor = 80)")
    sql(f"INSERT INTO bench_instalment ({INSTALMENT_COLUMNS}) SELECT {INSTALMENT_COLUMNS} FROM lending_instalment")


def narrow(on: date) -> None:
    """Every row of arrears and its accrual."""
    sql("WITH" + _filled(_STATE, on) + _filled(_ARREARS, on))


def cases(on: date) -> None:
    """Every row of arrears, its accrual and every open case."""
    arrears = f", arrears AS ({_filled(_ARREARS, on)})"
    sql("WITH" + _filled(_STATE, on) + arrears + _filled(_CASES, on))


def full(on: date) -> None:
    """Every overdue instalment as well."""
    arrears = f", arrears AS ({_filled(_ARREARS, on)})"
    state = _filled(_STATE, on, rows="touched", when="")
    sql("WITH" + _filled(_TOUCHED, on) + state + arrears + _filled(_CASES, on))


def differences(on: date) -> int:
    """Rows of arrears of which the limit and the book say different things on that day."""
    written, ours = (_READ.format(on=on, table=table) for table in ("bench_arrears", "lending_arrears"))
    return sum(one(f"SELECT count(*) FROM ({a} EXCEPT {b}) x") for a, b in ((written, ours), (ours, written)))


def bucket_of(days: str) -> str:
    """The bucket of an expression of days past due."""
    bounded = " ".join(f"WHEN {days} <= {each.days_max} THEN '{each.code}'" for each in BUCKETS[:-1])
    return f"CASE {bounded} ELSE '{BUCKETS[-1].code}' END"


def _filled(text: str, on: date, rows: str = "lending_instalment", when: str = f"WHERE {_OVERDUE}") -> str:
    day = f"DATE '{on}'"
    return text.format(
        day=day,
        rows=rows,
        when=when.format(day=day),
        overdue=_OVERDUE.format(day=day),
        bucket=bucket_of(f"({day} - d.oldest)"),
        columns=ARREARS_COLUMNS,
    )
