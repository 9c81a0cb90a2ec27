"""Complaints in words: their clock, their steps and what they freeze."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.complaints.kinds import KINDS, SOON_DAYS
from cases.complaints.models import Complaint, ComplaintStep
from staff.templatetags.ui import day_words


def days_left_words(complaint: Complaint, on: date) -> str:
    left = (complaint.due_on - on).days
    if left < 0:
        return ngettext("%(days)s day late", "%(days)s days late", -left) % {"days": -left}
    if left == 0:
        return _("due today")
    return ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}


def clock_kind(complaint: Complaint, on: date) -> str:
    """The badge's kind: red is for what breaks a rule."""
    left = (complaint.due_on - on).days
    if left < 0:
        return "bad"
    return "wait" if left <= SOON_DAYS else "neutral"


def effect_words(kind: str) -> str:
    """What a complaint of this kind does until it is answered."""
    rule = KINDS[kind]
    if rule.freezes:
        return _("Calls, visits, reminders, agency work and reports to the credit bureau rest until it is answered.")
    if rule.marks_credit_report:
        return _("The credit bureau is told that the record is disputed. Nothing is withheld and nothing else rests.")
    return _("Nothing rests: the case is worked as before.")


def step_words(step: ComplaintStep) -> str:
    return event_words(step.event, step.facts)


def event_words(event: str, facts: dict[str, Any]) -> str:
    match event:
        case "taken":
            return _("Complaint taken down: %(kind)s. To be answered by %(day)s.") % {
                "kind": Complaint.Kind(facts["kind"]).label,
                "day": _day(facts["due_on"]),
            }
        case "given":
            return _("%(person)s looks into the complaint") % {"person": facts["handler"]}
        case "put_off":
            return _("Answer to the complaint put off until %(day)s") % {"day": _day(facts["due_on"])}
        case "noted":
            return _("Note on the complaint")
        case "answered":
            return _("Complaint answered: %(outcome)s") % {"outcome": Complaint.Outcome(facts["outcome"]).label}
        case _:
            return _("Complaint taken back by the borrower")


def _day(text: str) -> str:
    return day_words(date.fromisoformat(text))
