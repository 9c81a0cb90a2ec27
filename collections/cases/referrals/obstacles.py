"""What stands against a referral, asked when it is asked for and once more when it is decided."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from audit.clock import local_day
from cases.models import Case
from cases.referrals.agencies import agency_on
from cases.referrals.errors import ReferralError
from cases.referrals.kinds import AGENCY, KINDS, VISIT
from cases.referrals.models import Referral
from contacts.answers import Answer
from contacts.gate import Question, decide_many
from contacts.hold_effects import frozen
from contacts.models import Channel, Hold, Purpose
from contacts.words import sentence, zone_for

VISITORS = 2


def check(referral: Referral, *, at: datetime, on: date) -> None:
    """ReferralError, with its field, when it cannot be so."""
    if referral.case.state != Case.State.OPEN:
        raise ReferralError(_("The case has ended."))
    rule = KINDS[referral.kind]
    if referral.until_on < on:
        raise ReferralError(_("Its last day has passed."), "until_on")
    if referral.until_on > on + timedelta(days=rule.days_max):
        raise ReferralError(_("At most %(days)s days ahead.") % {"days": rule.days_max}, "until_on")
    if rule.yields and (held := hold_of(referral.case.borrower_id, on)):
        raise ReferralError(_("A hold stands: %(hold)s.") % {"hold": held.get_kind_display()})
    if extra := _EXTRA.get(referral.kind):
        extra(referral, at, on)


def hold_of(borrower_id: int, on: date) -> Hold | None:
    """A hold for which agencies leave the borrower in peace too."""
    return frozen("agency", [borrower_id], on).get(borrower_id)


def visit_answer(referral: Referral, at: datetime) -> Answer:
    """What the gate says to this visit at that instant; asking takes no slot."""
    return decide_many([question(referral, at)])[0]


def question(referral: Referral, at: datetime) -> Question:
    return Question(referral.case.borrower_id, Channel.VISIT, Purpose.DEMAND, at, people=VISITORS)


def _visit(referral: Referral, at: datetime, on: date) -> None:
    assert referral.visit_at is not None
    if referral.first_visitor_id == referral.second_visitor_id:
        raise ReferralError(_("Two different people make a visit."), "second_visitor")
    if referral.visit_at < at:
        raise ReferralError(_("The time of the visit has passed."), "visit_at")
    if local_day(referral.visit_at) > referral.until_on:
        raise ReferralError(_("The visit is planned after the last day."), "visit_at")
    answer = visit_answer(referral, referral.visit_at)
    if not answer.allowed:
        borrower = referral.case.borrower
        raise ReferralError(sentence(answer, Channel.VISIT, at, zone_for(borrower)), "visit_at")


def _agency(referral: Referral, at: datetime, on: date) -> None:
    assert referral.agency is not None
    known = agency_on(referral.agency, on)
    if known.why_not or known.terms is None:
        raise ReferralError(known.why_not, "agency")
    if referral.until_on > known.terms.contract_to:
        raise ReferralError(_("Its contract ends before that day."), "until_on")
    if referral.until_on > on + timedelta(days=known.terms.days_max):
        raise ReferralError(_("At most %(days)s days ahead.") % {"days": known.terms.days_max}, "until_on")
    same_day = Referral.objects.filter(case__borrower=referral.case.borrower_id, kind=AGENCY, ended_on__gte=on)
    if same_day.exists():
        raise ReferralError(_("It came back from an agency today: place it again from tomorrow on."))


_EXTRA: Final[Mapping[str, Callable[[Referral, datetime, date], None]]] = {VISIT: _visit, AGENCY: _agency}
