"""Asking for a referral, for one case or for many at once, and taking back what waits."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cases.facts import LoanNow, loans_now
from cases.models import Case
from cases.referrals.errors import ReferralError
from cases.referrals.kinds import AGENCY
from cases.referrals.models import Agency, Referral, ReferralLoan
from cases.referrals.obstacles import check
from cases.referrals.writing import tell, write
from staff.models import User

State = Referral.State
BATCH_MAX = 500


@transaction.atomic
def ask(
    *,
    case: Case,
    kind: str,
    words: str,
    until_on: date,
    by: User,
    at: datetime,
    on: date,
    loans: Collection[str] = (),
    agency: Agency | None = None,
    first_visitor: User | None = None,
    second_visitor: User | None = None,
    visit_at: datetime | None = None,
    batch: str = "",
) -> Referral:
    """Ask for it: of these loans by number, or of all that are past due. Somebody else decides. ReferralError."""
    referral = Referral(
        case=case, kind=Referral.Kind(kind), words=words, from_on=on, until_on=until_on, batch=batch, agency=agency,
        first_visitor=first_visitor, second_visitor=second_visitor, visit_at=visit_at, maker=by, made_at=at,
    )  # fmt: skip
    check(referral, at=at, on=on)
    scope = _scope(case, loans, on)
    try:
        with transaction.atomic():
            referral.save(force_insert=True)
    except IntegrityError:
        raise ReferralError(_("One of this kind waits or runs already.")) from None
    ReferralLoan.objects.bulk_create(
        ReferralLoan(
            referral=referral, loan=row.loan, bucket=row.standing.bucket, overdue=row.overdue, payoff=row.standing.payoff
        )
        for row in scope
    )  # fmt: skip
    told = {"agency": agency.code} if agency else {}
    tell(referral, "asked", by=by, at=at, on=on, words=words, facts={"until_on": until_on.isoformat(), **told})
    return referral


def _scope(case: Case, numbers: Collection[str], on: date) -> list[LoanNow]:
    """The loans past due, or those of them that are named."""
    behind = [row for row in loans_now(case.borrower_id, on) if row.standing.days_past_due > 0]
    known = {row.loan.number for row in behind}
    if not set(numbers) <= known:
        raise ReferralError(_("Only loans of this borrower that are past due can be named."), "loans")
    chosen = [row for row in behind if not numbers or row.loan.number in numbers]
    if not chosen:
        raise ReferralError(_("Nothing of this borrower is past due."))
    return chosen


@transaction.atomic
def ask_batch(
    cases: Sequence[Case], *, agency: Agency, words: str, until_on: date, by: User, at: datetime, on: date
) -> tuple[str, list[Referral], list[tuple[Case, str]]]:
    """Ask to place these cases in one step: the batch, what was asked for, and the cases left out with the reason."""
    assert len(cases) <= BATCH_MAX
    batch = hashlib.sha256(f"{agency.pk} {by.pk} {at.isoformat()}".encode()).hexdigest()[:8]
    made, left = list[Referral](), list[tuple[Case, str]]()
    for case in cases:
        try:
            with transaction.atomic():
                asked = ask(
                    case=case, kind=AGENCY, words=words, until_on=until_on, agency=agency, batch=batch, by=by, at=at, on=on
                )  # fmt: skip
        except ReferralError as error:
            left.append((case, str(error)))
        else:
            made.append(asked)
    return batch, made, left


@transaction.atomic
def withdraw(referral: Referral, *, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    """Take back what waits; whoever asked may."""
    if by.pk != referral.maker_id:
        raise ReferralError(_("Only whoever asked takes it back."))
    write(referral, State.WAITING, seen, state=State.WITHDRAWN)
    tell(referral, "withdrawn", by=by, at=at, on=on)
