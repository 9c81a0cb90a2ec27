"""What an agency is told of the cases placed with it: the least that it needs, and nothing by which a person is known (PIPL 6 and 21).

The tail of the loan's number, what is overdue, by which ways it may make contact, until when. It calls through the house, which knows the number.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from audit.record import record
from cases.referrals.models import Agency, Referral, ReferralLoan, ReferralQuerySet
from lending.models import Arrears
from lending.money import plain_amount
from lending.sql.reading import among
from lending.workbooks import Number
from staff.models import User

TAIL = 4
ROWS_MAX = 100_000
CHUNK = 500
HEAD = (
    "placement", "loan_tail", "currency", "overdue_principal", "overdue_interest", "penalty", "overdue", "bucket_when_placed",
    "may_contact_by", "from", "until", "as_of",
)  # fmt: skip


class Placed(NamedTuple):
    """One loan as its agency reads it; amounts in minor units as of `as_of`."""

    placement: int
    loan_tail: str
    currency: str
    overdue_principal: int
    overdue_interest: int
    penalty: int
    bucket: str
    channels: list[str]
    from_on: date
    until_on: date
    as_of: date

    @property
    def overdue(self) -> int:
        return self.overdue_principal + self.overdue_interest + self.penalty


def placements(agency: Agency, batch: str = "") -> ReferralQuerySet:
    """What is in the agency's hands, or of it what was placed in one step."""
    found = Referral.objects.placed().filter(agency=agency)
    return found.filter(batch=batch) if batch else found


def count_of(agency: Agency, batch: str, most: int) -> int:
    """How many loans the file has, counted up to one more than `most`."""
    loans = ReferralLoan.objects.filter(referral__in=placements(agency, batch))
    return len(loans.order_by().values_list("pk")[: most + 1])


def rows_of(found: ReferralQuerySet, on: date) -> Iterator[Placed]:
    """The loans of these placements in order; two queries a chunk."""
    rows = ReferralLoan.objects.filter(referral__in=found).select_related("referral__terms", "loan").order_by("pk")
    last = 0
    while part := list(rows.filter(pk__gt=last)[:CHUNK]):
        arrears = {each.loan_id: each for each in Arrears.objects.filter(among("loan", [row.loan_id for row in part]))}
        for row in part:
            yield _placed(row, arrears.get(row.loan_id), on)
        last = part[-1].pk


def _placed(row: ReferralLoan, arrears: Arrears | None, on: date) -> Placed:
    referral = row.referral
    assert referral.terms is not None
    return Placed(
        placement=referral.pk,
        loan_tail=row.loan.number[-TAIL:],
        currency=row.loan.currency,
        overdue_principal=arrears.overdue_principal if arrears else 0,
        overdue_interest=arrears.overdue_interest if arrears else 0,
        penalty=arrears.penalty_on(on) if arrears else 0,
        bucket=row.bucket,
        channels=list(referral.terms.channels),
        from_on=referral.from_on,
        until_on=referral.until_on,
        as_of=on,
    )


def cells(row: Placed) -> list[str]:
    amounts = (row.overdue_principal, row.overdue_interest, row.penalty, row.overdue)
    return [
        *(f"R{row.placement}", row.loan_tail, row.currency),
        *(Number(plain_amount(amount, row.currency)) for amount in amounts),
        *(row.bucket, " ".join(row.channels), row.from_on.isoformat(), row.until_on.isoformat(), row.as_of.isoformat()),
    ]


@transaction.atomic
def hand_over(agency: Agency, batch: str, *, by: User, at: datetime) -> ReferralQuerySet:
    """What the agency is given, with the record of it: who took it, how many placements."""
    found = placements(agency, batch)
    record(
        "cases.placements_exported", by=by, at=at, subject=agency, agency=agency.code, batch=batch, cases=found.count()
    )
    return found
