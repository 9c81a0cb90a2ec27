"""A book of borrowers with one loan each of which one in four is a day late, and the ways in which a day is planned."""

from datetime import UTC, date, datetime, timedelta

DAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai: within the hours, and when the step is due."""
LATE_SHARE = 4
CHUNK = 5_000


def load(loans: int) -> None:
    """Numbers are encrypted one by one, so only those who are late have one; all else is written in bulk."""
    from benchmarks.measuring import sql
    from lending.models import Borrower, ClosedDay, ContactPoint, Funder, Instalment, Product, ScheduleVersion
    from lending.personal import PhoneNumber

    ClosedDay.objects.create(day=DAY, closed_at=AT)
    funder = Funder.objects.create(
        code="bench", name="Bench Bank", name_zh="基准银行", signature="Bench", signature_zh="基准银行"
    )
    product = Product.objects.create(code="bench", name="Bench loan")
    late, later = DAY - timedelta(days=1), DAY + timedelta(days=14)
    due_on = f"CASE WHEN i % {LATE_SHARE} = 0 THEN date '{late}' ELSE date '{later}' END"
    sql("SET session_replication_role = replica")
    for statement in (
        f"""INSERT INTO lending_borrower (id, ref, name, identity, identity_digest, language, time_zone)
        SELECT i, 'B' || i, '', '', '', CASE WHEN i % 8 = 0 THEN 'en' ELSE 'zh-hans' END, 'Asia/Shanghai'
        FROM generate_series(1, {loans}) i""",
        f"""INSERT INTO lending_loan (id, number, borrower_id, funder_id, product_id, currency, principal, annual_rate_ppm,
            periods, method, frequency, day_count, start_on, first_due_on, status)
        SELECT i, 'L' || i, i, {funder.pk}, {product.pk}, 'CNY', 95000, 0, 1, 'bullet', 'monthly', 'month/12',
            '2026-01-01', {due_on}, 'active' FROM generate_series(1, {loans}) i""",
    ):
        sql(statement)
    sql("SET session_replication_role = DEFAULT")
    days = {True: late, False: later}
    for first in range(1, loans + 1, CHUNK):
        keys = range(first, min(first + CHUNK, loans + 1))
        ScheduleVersion.objects.bulk_create(
            ScheduleVersion(pk=pk, loan_id=pk, number=1, effective_on=date(2026, 1, 1), made_at=AT) for pk in keys
        )
        Instalment.objects.bulk_create(
            Instalment(
                version_id=pk, loan_id=pk, n=1, due_on=days[pk % LATE_SHARE == 0], principal=95_000, interest=5_000
            )
            for pk in keys
        )
    numbers = [(pk, PhoneNumber(f"199{pk:08}")) for pk in range(LATE_SHARE, loans + 1, LATE_SHARE)]
    ContactPoint.objects.bulk_create(
        (ContactPoint(borrower_id=pk, value=value, digest=value.digest(), added_at=AT) for pk, value in numbers),
        batch_size=5_000,
    )
    assert Borrower.objects.count() == loans
    sql("VACUUM ANALYZE")


def plan_by_the_limit() -> int:
    """One INSERT … SELECT: caps, opt-outs, quiet hours and text, without ciphers, verdicts, lines or a record."""
    from benchmarks.measuring import sql

    sql(
        "CREATE TEMPORARY TABLE bench_plan (LIKE dunning_reminder INCLUDING DEFAULTS INCLUDING CONSTRAINTS, words text)"
    )
    sql("CREATE UNIQUE INDEX ON bench_plan (borrower_id, funder_id, policy, local_day)")
    return sql(
        f"""INSERT INTO bench_plan (id, borrower_id, funder_id, policy, policy_version, step, channel, local_day, purpose,
            template, language, message_id, state, due_at, token, provider_id, reason, run, planned_at, words)
        SELECT nextval(pg_get_serial_sequence('dunning_reminder', 'id')), b.id, f.id, 'standard', 1, 'late-1', 'sms',
            '{DAY}', 'demand', 'late-1', b.language, md5(b.id || ':' || f.id || ':standard:{DAY}'), 'due',
            (date '{DAY}' + time '10:00') AT TIME ZONE b.time_zone, 0, '', '', '', '{AT.isoformat()}',
            format('[%s] Hello, this is %s. %s %s for your loan ending %s was due on %s and has not reached us.',
                f.signature, f.name, l.currency, to_char(sum(i.principal + i.interest) / 100.0, 'FM999,990.00'),
                right(l.number, 4), min(i.due_on))
        FROM lending_instalment i JOIN lending_loan l ON l.id = i.loan_id JOIN lending_borrower b ON b.id = l.borrower_id
            JOIN lending_funder f ON f.id = l.funder_id
        WHERE i.is_current AND i.open > 0 AND i.due_on = date '{DAY}' - 1 AND l.status = 'active'
            AND NOT EXISTS (SELECT FROM contacts_optout o WHERE o.borrower_id = b.id AND o.channel = 'sms' AND o.to_at IS NULL)
            AND NOT EXISTS (SELECT FROM contacts_hold h WHERE h.borrower_id = b.id AND h.lifted_at IS NULL)
            AND (SELECT count(*) FROM contacts_contact c WHERE c.borrower_id = b.id AND c.channel = 'sms'
                AND c.at > timestamptz '{AT.isoformat()}' - interval '7 days') < 7
            AND ((date '{DAY}' + time '10:00') AT TIME ZONE b.time_zone AT TIME ZONE b.time_zone)::time
                BETWEEN '08:00' AND '20:00'
        GROUP BY b.id, f.id, l.id ON CONFLICT DO NOTHING"""
    )


def plan_by_the_orm(most: int) -> int:
    """A loop: each borrower's loan, its open row, a rendered template, get_or_create."""
    from django.template import Context, Template

    from dunning.models import Reminder
    from lending.models import Instalment

    words = Template(
        "[{{ f.signature }}] Hello, this is {{ f.name }}. {{ amount }} of {{ loan.number }} was due {{ due }}."
    )
    rows = Instalment.objects.filter(is_current=True, open__gt=0, due_on=DAY - timedelta(days=1)).order_by("pk")[:most]
    made = 0
    for row in rows:
        loan = row.loan
        text = words.render(Context({"f": loan.funder, "amount": row.open, "loan": loan, "due": row.due_on}))
        _reminder, is_new = Reminder.objects.get_or_create(
            borrower=loan.borrower, funder=loan.funder, policy="orm", local_day=DAY,
            defaults={
                "step": "late-1", "channel": "sms", "purpose": "demand", "template": "late-1", "message_id": f"orm-{row.pk}",
                "language": loan.borrower.language, "due_at": AT, "planned_at": AT, "reason": text[:120],
            },
        )  # fmt: skip
        made += is_new
    return made
