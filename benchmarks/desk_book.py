"""A book for the lists, loaded by set-based SQL: loans, what is behind with them, cases with plans, promises, holds, calls, names.

A third of the borrowers are behind and have an open case; nine of ten cases are in somebody's hands, 600 with each agent, so that a
book ten times as large has ten times the people. What no list reads (schedules, payments) is there only for the borrower whose
case page is visited. PostgreSQL only; the role is a superuser, for the foreign keys of rows that are right by construction are
not checked one by one.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from benchmarks.measuring import one, sql

if TYPE_CHECKING:
    pass

DAY = date(2026, 11, 20)
AT = datetime.combine(DAY, time(2), UTC)
CASES_EACH = 600
"""In the hands of one agent."""
AGENTS_A_TEAM = 20
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红兰斌鹏"
RARE = "欧"
"""The surname of very few."""
STORY = 1_000
"""Entries on the timeline of the case whose page is visited."""

_MIXED = "(hashint8({0} + {1})::bigint & 2147483647)"
"""A number that follows from a key by chance."""


def _mixed(key: str, salt: int) -> str:
    return _MIXED.format(key, salt * 1_000_003)


_LOAD = [
    f"""
    INSERT INTO lending_borrower (id, ref, name, identity, identity_digest, language, time_zone)
    SELECT i, 'B' || i, n.sealed, '', '', CASE WHEN {_mixed("i", 1)} % 8 = 0 THEN 'en' ELSE 'zh-hans' END, 'Asia/Shanghai'
    FROM generate_series(1, {{borrowers}}) i JOIN bench_name n ON n.n = 1 + i % {{names}}
    """,
    """
    CREATE TABLE bench_plain_name AS
    SELECT b.id AS borrower_id, n.plain AS name FROM lending_borrower b JOIN bench_name n ON n.n = 1 + b.id % {names}
    """,
    "ALTER TABLE bench_plain_name ADD PRIMARY KEY (borrower_id)",
    """
    INSERT INTO lending_namedigest (borrower_id, digest)
    SELECT b.id, d.digest FROM lending_borrower b JOIN bench_digest d ON d.n = 1 + b.id % {names}
    """,
    f"""
    INSERT INTO lending_loan (id, number, borrower_id, funder_id, product_id, currency, principal, annual_rate_ppm, periods,
        method, frequency, day_count, start_on, first_due_on, status)
    SELECT i, 'L' || lpad(i::text, 8, '0'), 1 + (i - 1) * 9 / 10, {{funder}} + {_mixed("i", 2)} % 4,
        {{product}} + {_mixed("i", 3)} % 6, 'CNY', 500000 + 7700 * (i % 360), 240000, 12, 'equal_installment', 'monthly',
        'month/12', '2026-01-10', '2026-02-10', 'active'
    FROM generate_series(1, {{loans}}) i
    """,
    f"""
    CREATE TEMPORARY TABLE bench_behind AS
    SELECT b.id AS borrower_id, min(l.id) AS loan_id,
        (CASE WHEN luck < 300 THEN 1 + luck % 30 WHEN luck < 480 THEN 31 + luck % 30 WHEN luck < 600 THEN 61 + luck % 30
            WHEN luck < 700 THEN 91 + luck % 30 WHEN luck < 780 THEN 121 + luck % 30 WHEN luck < 850 THEN 151 + luck % 30
            ELSE 181 + luck % 180 END)::int AS days,
        10000 + {_mixed("b.id", 6)} % 990000 AS overdue, {_mixed("b.id", 7)} % 1000 AS plan
    FROM (SELECT id, {_mixed("id", 5)} % 1000 AS luck FROM lending_borrower WHERE {_mixed("id", 4)} % 3 = 0) b
    JOIN lending_loan l ON l.borrower_id = b.id GROUP BY b.id, luck
    """,
    """
    INSERT INTO lending_arrears (loan_id, as_of, oldest_due_on, bucket, overdue_principal, overdue_interest,
        penalty_numerator, penalty_growth, penalty_accrued, penalty_paid)
    SELECT loan_id, '{day}', date '{day}' - days, 'M' || least(7, 1 + (days - 1) / 30), overdue * 4 / 5, overdue - overdue * 4 / 5,
        overdue * 360000 / 360 * days, overdue * 1000, 0, 0
    FROM bench_behind
    """,
    f"""
    CREATE TEMPORARY TABLE bench_case AS
    SELECT row_number() OVER (ORDER BY borrower_id) AS id, borrower_id, days, overdue,
        'M' || least(7, 1 + (days - 1) / 30) AS bucket,
        CASE WHEN days <= 30 THEN 'early' WHEN days <= 90 THEN 'middle' ELSE 'late' END AS stage, p.action, p.points
            + CASE WHEN days <= 30 THEN 100 WHEN days <= 60 THEN 160 WHEN days <= 90 THEN 200 WHEN days <= 120 THEN 140
                WHEN days <= 150 THEN 100 WHEN days <= 180 THEN 60 ELSE 40 END
            + least(100, sqrt(overdue / 100)::int) + (10 * ({_mixed("borrower_id", 8)} % 6))::int AS priority, p.code,
        CASE WHEN p.waits THEN timestamptz '{{at}}' + interval '1 minute' * (({_mixed("borrower_id", 9)} % 20000) - p.since) END AS next_at
    FROM bench_behind JOIN (VALUES
        (0, 20, 'on_hold', -10000, 'on_hold', TRUE, -1440), (20, 110, 'await_promise', 0, 'promise_ahead', TRUE, -1440),
        (110, 125, 'remind_promise', 10000, 'promise_today', FALSE, 0), (125, 140, 'chase_promise', 9500, 'promise_late', FALSE, 0),
        (140, 160, 'callback', 9000, 'callback', TRUE, 600), (160, 200, 'call_broken', 8500, 'promise_broken', FALSE, 0),
        (200, 400, 'call_again', 3000, 'no_answer', TRUE, 10000), (400, 520, 'first_call', 3500, 'never_called', FALSE, 0),
        (520, 540, 'find_number', 500, 'no_number', FALSE, 0), (540, 1000, 'call', 1000, 'in_arrears', FALSE, 0)
    ) p (least, most, action, points, code, waits, since) ON plan >= p.least AND plan < p.most
    """,
    f"""
    INSERT INTO cases_case (id, borrower_id, state, stage, bucket, owner_id, opened_on, next_action, next_at, reason_behind,
        priority, priority_reasons, behind_since, overdue, currency, promised_on, as_of, version)
    SELECT id, borrower_id, 'open', stage, bucket,
        CASE WHEN {_mixed("id", 10)} % 10 > 0 THEN {{agent}} + {_mixed("id", 11)} % {{agents}} END, date '{{day}}' - least(days, 200) + 1,
        action, next_at, '', priority, jsonb_build_array(
            jsonb_build_object('code', code, 'points', priority, 'facts', jsonb_build_object('amount', overdue, 'currency', 'CNY',
                'due_on', date '{{day}}' + 3, 'on', date '{{day}}' - 3, 'at', next_at, 'kind', 'dispute', 'to_on', '')),
            jsonb_build_object('code', 'bucket', 'points', 100, 'facts', jsonb_build_object('bucket', bucket))),
        date '{{day}}' - days, overdue, 'CNY',
        CASE action WHEN 'await_promise' THEN date '{{day}}' + 3 WHEN 'remind_promise' THEN date '{{day}}'
            WHEN 'chase_promise' THEN date '{{day}}' - 1 END, '{{day}}', 0
    FROM bench_case
    """,
    """
    INSERT INTO cases_assignment (case_id, agent_id, from_at, reason, batch)
    SELECT id, owner_id, '{at}', '', '' FROM cases_case WHERE owner_id IS NOT NULL
    """,
    """
    INSERT INTO cases_promise (case_id, amount, currency, due_on, made_on, made_at, taken_by_id, tolerance_percent, grace_days,
        state, paid)
    SELECT id, overdue, 'CNY', promised_on, '{day}', '{at}', coalesce(owner_id, {agent}), 95, 3, 'open', 0
    FROM cases_case WHERE promised_on IS NOT NULL
    """,
    """
    INSERT INTO contacts_hold (borrower_id, kind, reason, from_on, placed_by_id, placed_at)
    SELECT borrower_id, 'dispute', '', '{day}', {agent}, '{at}' FROM cases_case WHERE next_action = 'on_hold'
    """,
    """
    INSERT INTO cases_caseevent (case_id, event, at, "on", facts)
    SELECT id, 'opened', '{at}', opened_on, jsonb_build_object('bucket', bucket) FROM cases_case
    """,
    f"""
    INSERT INTO contacts_contact (borrower_id, channel, direction, purpose, state, at, outcome, connected, flagged, call_id,
        recording, note)
    SELECT borrower_id, 'call', 'out', 'demand', 'made', timestamptz '{{at}}' - interval '1 day' * (n * 3 + {_mixed("borrower_id", 12)} % 9),
        'no_answer', FALSE, '', '', '', ''
    FROM cases_case, generate_series(1, 2) n WHERE next_action <> 'first_call'
    """,
]  # fmt: skip
_NUMBERED = {"lending": ("borrower", "loan"), "cases": ("case",)}


def load(loans: int) -> None:
    """Fill an empty database: a book closed up to `DAY`, its cases as of that day, and the people who work them."""
    with transaction.atomic():
        _load(loans)
    sql("VACUUM ANALYZE")


def _load(loans: int) -> None:
    names = _people(loans) | _catalogue() | {"loans": loans, "borrowers": 1 + (loans - 1) * 9 // 10}
    names |= {
        "day": DAY.isoformat(),
        "at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "names": _copy_names(),
    }
    sql("SET session_replication_role = replica")
    for statement in _LOAD:
        sql(statement.format(**names))
    for app, tables in _NUMBERED.items():
        for table in (f"{app}_{name}" for name in tables):
            sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    _tell_a_story()
    sql("SET session_replication_role = DEFAULT")
    sql("DROP TABLE bench_behind, bench_case, bench_name, bench_digest")
    _close()


def _people(loans: int) -> dict[str, Any]:
    from staff.models import Role, Team, User

    count = max(2, loans * 27 // 100 // CASES_EACH)
    teams = Team.objects.bulk_create(Team(name=f"Team {n}") for n in range(1 + count // AGENTS_A_TEAM))
    User.objects.bulk_create(
        User(username=f"a{n}", role=Role.AGENT, team=teams[n // AGENTS_A_TEAM], capacity=2 * CASES_EACH) for n in range(count)
    )  # fmt: skip
    User.objects.create(username="chief", role=Role.SUPERVISOR, team=teams[0])
    User.objects.create(username="manager", role=Role.MANAGER)
    pulling = Team.objects.create(name="Pulling", pulls=True)
    User.objects.create(username="puller", role=Role.AGENT, team=pulling, capacity=1_000_000)
    first = User.objects.get(username="a0").pk
    assert User.objects.get(username=f"a{count - 1}").pk == first + count - 1
    return {"agent": first, "agents": count}


def _catalogue() -> dict[str, Any]:
    from lending.models import Funder, Product

    funders = Funder.objects.bulk_create(Funder(code=f"f{n}", name=f"Bank {n}", signature="Bank") for n in range(4))
    products = Product.objects.bulk_create(
        Product(code=f"p{n}", name=f"Loan {n}", penalty_rate_ppm=360_000) for n in range(6)
    )
    return {"funder": funders[0].pk, "product": products[0].pk}


def _copy_names() -> int:
    """Each name sealed once, with the digests by which it and its parts are found, and as plain text for the peer; how many."""
    from lending.personal import PersonName
    from staff.sealing import encrypt

    names = [surname + given + again for surname in SURNAMES for given in GIVEN for again in ("", GIVEN[len(surname)])]
    names.append(RARE + GIVEN[0])
    sql("CREATE TEMPORARY TABLE bench_name (n int, sealed text, plain text)")
    sql("CREATE TEMPORARY TABLE bench_digest (n int, digest text)")
    copy("bench_name", ((n, encrypt(name), name) for n, name in enumerate(names, 1)))
    copy(
        "bench_digest",
        ((n, digest) for n, name in enumerate(names, 1) for digest in sorted(PersonName(name).part_digests())),
    )
    return len(names)


def copy(table: str, rows: Iterator[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def case_with_a_story() -> int:
    """The case whose timeline has `STORY` entries."""
    return one("SELECT min(id) FROM cases_case WHERE owner_id IS NOT NULL")


def _tell_a_story() -> None:
    """A year of notes, calls and moves on one case, and a schedule for the loans of its borrower."""
    from cases.models import Case

    case = Case.objects.get(pk=case_with_a_story())
    each = {
        "case": case.pk,
        "borrower": case.borrower_id,
        "by": case.owner_id,
        "at": AT.isoformat(),
        "third": STORY // 4,
    }
    for statement in _STORY:
        sql(statement.format(**each))


_STORY = [
    """
    INSERT INTO cases_casenote (case_id, text, at, by_id)
    SELECT {case}, 'Called back, works night shifts.', timestamptz '{at}' - interval '8 hours' * n, {by} FROM generate_series(1, {third}) n
    """,
    """
    INSERT INTO cases_caseevent (case_id, event, at, "on", by_id, facts)
    SELECT {case}, CASE n % 2 WHEN 0 THEN 'promise_recorded' ELSE 'regraded' END, timestamptz '{at}' - interval '8 hours' * n, date '{at}', {by},
        '{{"amount": 10000, "currency": "CNY", "due_on": "2026-11-01", "from": "M1", "to": "M2"}}' FROM generate_series(1, 2 * {third}) n
    """,
    """
    INSERT INTO contacts_contact (borrower_id, channel, direction, purpose, state, at, by_id, outcome, connected, flagged, call_id,
        recording, note)
    SELECT {borrower}, 'call', 'out', 'demand', 'made', timestamptz '{at}' - interval '8 hours' * n, {by}, 'no_answer', FALSE, '', '', '', ''
    FROM generate_series(1, {third}) n
    """,
    """
    INSERT INTO lending_scheduleversion (loan_id, number, effective_on, is_current, reason, source, made_at)
    SELECT id, 1, start_on, TRUE, 'original', '', '{at}' FROM lending_loan WHERE borrower_id = {borrower}
    """,
    """
    INSERT INTO lending_instalment (version_id, loan_id, is_current, n, due_on, principal, interest, paid_principal, paid_interest)
    SELECT v.id, v.loan_id, TRUE, n, (l.first_due_on + interval '1 month' * (n - 1))::date, l.principal / 12, l.principal / 60,
        CASE WHEN n < 6 THEN l.principal / 12 ELSE 0 END, CASE WHEN n < 6 THEN l.principal / 60 ELSE 0 END
    FROM lending_scheduleversion v JOIN lending_loan l ON l.id = v.loan_id, generate_series(1, 12) n
    """,
]  # fmt: skip


def _close() -> None:
    from lending.models import ClosedDay

    ClosedDay.objects.create(day=DAY, closed_at=AT)
