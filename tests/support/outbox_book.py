"""A small book with something to remind of, written straight into the tables: one instalment a loan, one loan a person."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from lending.models import Borrower, ClosedDay, ContactPoint, Funder, Instalment, Loan, Product, ScheduleVersion
from lending.personal import PersonName, PhoneNumber

DAY = date(2026, 3, 10)
MORNING = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
"""Ten o'clock in Shanghai on that day."""
AMOUNT = 100_000


def close(day: date = DAY) -> None:
    ClosedDay.objects.get_or_create(day=day, defaults={"closed_at": MORNING})


def funder(code: str = "northbank") -> Funder:
    made, _is_new = Funder.objects.get_or_create(
        code=code,
        defaults={
            "name": "North Bank",
            "name_zh": "北方银行",
            "signature": "North Bank",
            "signature_zh": "北方银行",
            "service_phone": "400 000 0000",
        },
    )
    return made


def product() -> Product:
    made, _is_new = Product.objects.get_or_create(code="plain", defaults={"name": "Plain loan"})
    return made


def people(number: int, *, first: int = 0, language: str = "zh-hans", zone: str = "Asia/Shanghai") -> list[Borrower]:
    """Borrowers with a mobile number each."""
    borrowers = Borrower.objects.bulk_create(
        Borrower(ref=f"B{n:05}", name=PersonName("王小明"), language=language, time_zone=zone)
        for n in range(first, first + number)
    )
    points = []
    for n, borrower in enumerate(borrowers, first):
        value = PhoneNumber(f"199000{n:05}")
        points.append(ContactPoint(borrower=borrower, value=value, digest=value.digest(), added_at=MORNING))
    ContactPoint.objects.bulk_create(points)
    return borrowers


def lend(borrowers: Sequence[Borrower], due_on: date, *, mark: str = "L", by: Funder | None = None) -> list[Loan]:
    """A loan for each, with one instalment of 1,000.00 due on that day."""
    creditor, kind = by or funder(), product()
    loans = Loan.objects.bulk_create(
        Loan(
            number=f"{mark}{borrower.pk:06}",
            borrower=borrower,
            funder=creditor,
            product=kind,
            currency="CNY",
            principal=AMOUNT - 5_000,
            annual_rate_ppm=240_000,
            periods=1,
            method="bullet",
            frequency="monthly",
            day_count="month/12",
            start_on=due_on - timedelta(days=30),
            first_due_on=due_on,
        )
        for borrower in borrowers
    )
    versions = ScheduleVersion.objects.bulk_create(
        ScheduleVersion(loan=loan, number=1, effective_on=loan.start_on, made_at=MORNING) for loan in loans
    )
    Instalment.objects.bulk_create(
        Instalment(version=version, loan=loan, n=1, due_on=due_on, principal=loan.principal, interest=5_000)
        for loan, version in zip(loans, versions, strict=True)
    )
    return loans


def one_due(days_late: int = 1, **options: str) -> tuple[Borrower, Loan]:
    """A borrower with one loan that fell due so many days before DAY (negative: falls due after it)."""
    borrower = people(1, first=Borrower.objects.count(), **options)[0]
    return borrower, lend([borrower], DAY - timedelta(days=days_late))[0]


def settle(loan: Loan) -> None:
    """Pay it all, as posting would have left it."""
    for row in Instalment.objects.filter(loan=loan):
        Instalment.objects.filter(pk=row.pk).update(paid_principal=row.principal, paid_interest=row.interest)
