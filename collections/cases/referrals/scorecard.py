"""How an agency did in a period: what it was given, what came in, what it earned, how it behaved.

An agency is not judged by money alone (CN-AGENCY): complaints and refused contacts stand beside it.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from cases.complaints.models import Complaint
from cases.referrals.commission import Earned, Sum, earned, sums, window_of
from cases.referrals.models import Agency, Referral, ReferralLoan, ReferralQuerySet, ReferralStep
from contacts.models import Contact


class Score(NamedTuple):
    """`complaints` are those received about placed cases while they were placed; `refused` contacts broke a rule."""

    sums: list[Sum]
    lines: list[Earned]
    placed: int
    running: int
    contacts: int
    refused: int
    complaints: int

    @property
    def per_thousand(self) -> float | None:
        return round(1000 * self.complaints / self.contacts, 1) if self.contacts else None


def placements_between(agency: Agency, first: date, last: date) -> ReferralQuerySet:
    """Placements that ran on a day of the period."""
    found = Referral.objects.filter(agency=agency, state__in=[Referral.State.RUNNING, Referral.State.ENDED])
    return found.filter(Q(ended_on=None) | Q(ended_on__gte=first), from_on__lte=last, until_on__gte=first)


def score(agency: Agency, first: date, last: date, on: date) -> Score:
    """The score of the days from `first` to `last`, both included, as known on `on`; five queries."""
    placements = placements_between(agency, first, last)
    rows = ReferralLoan.objects.filter(referral__in=placements).select_related(
        "referral__terms", "referral__case", "loan"
    )
    known = list(rows.order_by("referral", "loan__number"))
    lines = earned(known, min(last, on), since=first)
    made = _contacts(agency, first, last)
    referrals = {row.referral_id: row.referral for row in known}
    return Score(
        sums=sums(lines),
        lines=lines,
        placed=len(referrals),
        running=sum(each.state == Referral.State.RUNNING for each in referrals.values()),
        contacts=made["all"],
        refused=made["refused"],
        complaints=_complaints(known, first, min(last, on)),
    )


def _contacts(agency: Agency, first: date, last: date) -> dict[str, int]:
    zone = timezone.get_default_timezone()
    since, until = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    steps = ReferralStep.objects.filter(referral__agency=agency, contact__at__gte=since, contact__at__lt=until)
    ours = steps.filter(contact__direction=Contact.Direction.OUT)
    return ours.aggregate(all=Count("pk"), refused=Count("pk", filter=~Q(contact__flagged="")))


def _complaints(rows: list[ReferralLoan], first: date, last: date) -> int:
    """Complaints of placed borrowers, each once, received on a day of their placement in the period."""
    windows = {
        (row.referral.case.borrower_id, window_of(row, last).within(first, last)) for row in rows
    }  # fmt: skip
    received = Complaint.objects.filter(
        borrower__in={borrower for borrower, _ in windows}, received_on__range=(first, last)
    )
    return len(
        {
            pk
            for pk, borrower, day in received.values_list("pk", "borrower", "received_on")
            for theirs, window in windows
            if theirs == borrower and window.first <= day <= window.last
        }
    )
