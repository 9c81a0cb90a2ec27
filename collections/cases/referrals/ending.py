"""How a referral ends and the case comes back to the desk: reported by a person, or by itself.

By itself it ends when what it is about is no longer past due, when a plan takes effect or a hold is placed (an agency then stops at once), and
when its time is up. What only waits for a decision lapses with the same causes.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from cases.models import Attachment
from cases.referrals.errors import ReferralError, ReferralStaleError
from cases.referrals.kinds import AGENCY, KINDS, VISIT
from cases.referrals.models import Referral, ReferralLoan, ReferralStep
from cases.referrals.visits import close_visit
from cases.referrals.writing import tell, write
from contacts.hold_effects import frozen
from contacts.holds import lift_hold
from contacts.models import Contact, Hold
from lending.models import Arrears, Loan
from lending.sql.reading import among
from staff.matrix import may
from staff.models import User

State, Result = Referral.State, Referral.Result


def results_of(referral: Referral) -> list[str]:
    """What a person may report of it; to call it back is always among them."""
    return [*KINDS[referral.kind].results, Result.RECALLED]


def may_end(referral: Referral, person: User) -> bool:
    """Whoever decides calls any back; an agency's work ends by no other hand, a visit is reported by who made it."""
    if may(person.role, "cases.refer_decide"):
        return True
    if referral.kind == VISIT:
        return person.pk in {referral.first_visitor_id, referral.second_visitor_id}
    return referral.kind != AGENCY and may(person.role, "cases.refer")


@transaction.atomic
def end(
    referral: Referral,
    *,
    result: str,
    words: str,
    by: User,
    at: datetime,
    on: date,
    document: str = "",
    attachment: Attachment | None = None,
    cost: int = 0,
    currency: str = "",
    happened_at: datetime | None = None,
    seen: int | None = None,
) -> None:
    """Say what came of it; ReferralError, ReferralStaleError."""
    rule = KINDS[referral.kind]
    if not may_end(referral, by):
        raise ReferralError(_("This is not yours to end."))
    if result not in results_of(referral):
        raise ReferralError(_("This cannot come of it."), "result")
    if rule.needs_document and result not in {Result.RECALLED, Result.NOTHING} and not (document.strip() or attachment):
        raise ReferralError(_("Name the recording or the paper that shows it."), "document")
    contact = None
    if referral.kind == VISIT:
        contact = close_visit(referral, result=result, words=words, happened_at=happened_at, by=by, at=at)
    _finish(
        referral, result, by=by, at=at, on=on, words=words, document=document, attachment=attachment, cost=cost, currency=currency,
        contact=contact, seen=seen,
    )  # fmt: skip


def _finish(
    referral: Referral,
    result: str,
    *,
    by: User | None,
    at: datetime,
    on: date,
    words: str = "",
    document: str = "",
    attachment: Attachment | None = None,
    cost: int = 0,
    currency: str = "",
    contact: Contact | None = None,
    seen: int | None = None,
) -> None:
    write(referral, State.RUNNING, seen, state=State.ENDED, result=result, result_words=words, ended_on=on)
    tell(
        referral, "ended", by=by, at=at, on=on, words=words, document=document, attachment=attachment, cost=cost, currency=currency,
        contact=contact, facts={"result": result},
    )  # fmt: skip
    if referral.kind == AGENCY:
        for hold in Hold.objects.filter(borrower=referral.case.borrower_id, kind=Hold.Kind.PLACED, lifted_at=None):
            lift_hold(hold, by=by, at=at)


def come_back(borrower_ids: Collection[int], *, at: datetime, on: date) -> int:
    """Something happened to what these borrowers owe, or they are to be left in peace: end what thereby ends. How many did.

    One query where nothing is referred.
    """
    found = Referral.objects.unfinished().filter(among("case__borrower", borrower_ids))
    waiting = list(found.select_related("case__borrower").order_by("pk"))
    if not waiting:
        return 0
    behind, lost = _loans_behind(waiting)
    held = frozen("agency", {each.case.borrower_id for each in waiting}, on)
    ended = 0
    for referral in waiting:
        rule = KINDS[referral.kind]
        if rule.settles and referral.pk not in behind:
            ended += _end_by_itself(referral, Result.WRITTEN_OFF if referral.pk in lost else Result.PAID, at=at, on=on)
        elif rule.yields and referral.case.borrower_id in held:
            ended += _end_by_itself(referral, Result.HOLD, at=at, on=on)
    return ended


def _loans_behind(referrals: Iterable[Referral]) -> tuple[set[int], set[int]]:
    """Of which referrals a loan is still past due, and of which one was written off."""
    theirs = ReferralLoan.objects.filter(referral__in=[each.pk for each in referrals])
    behind = theirs.filter(loan__in=Arrears.objects.past_due().values("loan"))
    lost = theirs.filter(loan__status=Loan.Status.WRITTEN_OFF)
    return set(behind.values_list("referral", flat=True)), set(lost.values_list("referral", flat=True))


def take_plan(loan: Loan, *, at: datetime, on: date) -> int:
    """A new schedule is in force: nobody collects against it elsewhere."""
    theirs = Referral.objects.unfinished().filter(loans__loan=loan).select_related("case__borrower").order_by("pk")
    return sum(_end_by_itself(each, Result.PLAN, at=at, on=on) for each in theirs if KINDS[each.kind].yields)


def expire(*, at: datetime, on: date) -> int:
    """End what had its last day before `on`; a visit that is under way waits for its report."""
    out = ReferralStep.objects.filter(referral=OuterRef("pk"), contact__state=Contact.State.RESERVED)
    late = Referral.objects.unfinished().filter(~Exists(out), until_on__lt=on).select_related("case__borrower")
    expiring = [each for each in late.order_by("pk") if each.state == State.WAITING or KINDS[each.kind].expires]
    return sum(_end_by_itself(each, Result.EXPIRED, at=at, on=on) for each in expiring)


@transaction.atomic
def _end_by_itself(referral: Referral, result: str, *, at: datetime, on: date) -> bool:
    """End what runs, let lapse what waits; False when a person was quicker."""
    try:
        with transaction.atomic():
            if referral.state == State.RUNNING:
                _finish(referral, result, by=None, at=at, on=on)
            else:
                write(referral, State.WAITING, None, state=State.WITHDRAWN)
                tell(referral, "lapsed", by=None, at=at, on=on, facts={"result": result})
    except ReferralStaleError:
        return False
    return True
