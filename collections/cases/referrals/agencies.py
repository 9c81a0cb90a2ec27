"""Which terms an agency works under on a day, and why nothing may be placed with it (CN-AGENCY)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from audit.record import record
from cases.referrals.errors import ReferralError
from cases.referrals.models import Agency, AgencyEvaluation, AgencyTerms
from staff.models import User

EVALUATED_EVERY = timedelta(days=365)
BEFORE_CONTRACT_END = timedelta(days=60)
"""An agency is looked at once more within so many days before its contract ends."""


class Known(NamedTuple):
    """An agency with its terms of a day and its last evaluation; `why_not` is empty where cases may be placed with it."""

    agency: Agency
    terms: AgencyTerms | None
    evaluation: AgencyEvaluation | None
    evaluate_by: date | None
    why_not: str

    def __str__(self) -> str:
        return str(self.terms or self.agency)


def agencies_on(on: date, agencies: Iterable[Agency] | None = None) -> list[Known]:
    """Every agency, or these, as they stand on that day; three queries."""
    wanted = list(Agency.objects.order_by("code") if agencies is None else agencies)
    terms: dict[int, AgencyTerms] = {}
    for version in AgencyTerms.objects.filter(agency__in=wanted, valid_from__lte=on).order_by("valid_from"):
        terms[version.agency_id] = version
    looked_at: dict[int, AgencyEvaluation] = {}
    for each in (
        AgencyEvaluation.objects.filter(agency__in=wanted, on__lte=on).select_related("by").order_by("on", "pk")
    ):
        looked_at[each.agency_id] = each
    return [_known(each, terms.get(each.pk), looked_at.get(each.pk), on) for each in wanted]


def agency_on(agency: Agency, on: date) -> Known:
    return agencies_on(on, [agency])[0]


def _known(agency: Agency, terms: AgencyTerms | None, found: AgencyEvaluation | None, on: date) -> Known:
    due = evaluate_by(terms, found) if terms else None
    return Known(agency, terms, found, due, _why_not(terms, found, due, on))


def evaluate_by(terms: AgencyTerms, found: AgencyEvaluation | None) -> date:
    """The day by which it is evaluated: within a year, and once in the last days of its contract."""
    yearly = (found.on if found else terms.contract_from) + EVALUATED_EVERY
    before_end = terms.contract_to - BEFORE_CONTRACT_END
    if found and found.on >= before_end:
        return yearly
    return min(yearly, max(terms.contract_to, terms.contract_from))


def _why_not(terms: AgencyTerms | None, found: AgencyEvaluation | None, due: date | None, on: date) -> str:
    if terms is None:
        return _("It has no terms in force.")
    if not terms.listed_at:
        return _("It does not stand on the published white list.")
    if not terms.contract_from <= on <= terms.contract_to:
        return _("Its contract is not in force.")
    if found and found.grade == AgencyEvaluation.Grade.POOR:
        return _("Its last evaluation says that it is not to be used.")
    if due and due < on:
        return _("Its yearly evaluation is overdue.")
    return ""


@transaction.atomic
def evaluate(agency: Agency, *, grade: str, words: str, by: User, at: datetime, on: date) -> AgencyEvaluation:
    """Keep what the house found when it looked at the agency."""
    if not words.strip():
        raise ReferralError(_("Say what was found."), "words")
    made = AgencyEvaluation.objects.create(agency=agency, on=on, grade=grade, words=words, by=by, at=at)
    record("cases.agency_evaluated", by=by, at=at, subject=agency, agency=agency.code, grade=grade)
    return made
