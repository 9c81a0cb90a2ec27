"""How the audit entries of this floor read: moves in the words of the timeline."""

from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from audit.models import Entry
from audit.presenters import register
from cases.complaints.words import event_words as complaint_words
from cases.referrals.words import EVENTS as REFERRAL_EVENTS
from cases.referrals.words import event_words as referral_words
from cases.words import EVENTS, event_in_words


def _people(facts: dict[str, Any]) -> str:
    counts = facts.get("to") or {}
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items())) or _("the pool")


def _move(event: str, entry: Entry, facts: dict[str, Any]) -> str:
    return event_in_words(event, facts)


def _complaint(event: str, entry: Entry, facts: dict[str, Any]) -> str:
    return complaint_words(event, facts)


def _referral(event: str, entry: Entry, facts: dict[str, Any]) -> str:
    return referral_words(event, facts)


for _event in EVENTS:
    register(f"cases.{_event}", partial(_move, _event))
register(
    "cases.dealt",
    lambda entry, facts: (
        _("Gave out %(cases)s cases to %(people)s") % {"cases": facts.get("cases", 0), "people": _people(facts)}
    ),
)
register("cases.dealt_back", lambda entry, facts: _("Took %(cases)s cases back to where they were") % facts)
register("cases.put_back", lambda entry, facts: _("Put %(cases)s cases of %(username)s back into the pool") % facts)
register("cases.rule_set", lambda entry, facts: _("Set the assignment rule %(name)s") % facts)
register("cases.rule_dropped", lambda entry, facts: _("Dropped the assignment rule %(name)s") % facts)
register("cases.target_set", lambda entry, facts: _("Set a target for %(name)s") % facts)
register(
    "cases.borrowers_merged",
    lambda entry, facts: _("Merged the record %(goes)s into %(stays)s") % facts,
)
register("cases.note_added", lambda entry, facts: _("Added a note"))
register("cases.attached", lambda entry, facts: _("Attached a file"))
register("cases.attachment_opened", lambda entry, facts: _("Opened a file of the case"))
register("cases.day_run", lambda entry, facts: _("Brought the cases to %(day)s") % {"day": facts.get("day", "")})
register(
    "cases.caller_looked_up",
    lambda entry, facts: _("Looked up a caller by number: in hand with %(owner)s") % {"owner": facts.get("owner", "")},
)
for _event in ("taken", "given", "put_off", "noted", "answered", "withdrawn"):
    register(f"cases.complaint_{_event}", partial(_complaint, _event))
for _event in REFERRAL_EVENTS:
    register(f"cases.referral_{_event}", partial(_referral, _event))
register(
    "cases.agency_evaluated",
    lambda entry, facts: _("Evaluated the agency %(agency)s") % {"agency": facts.get("agency")},
)
register(
    "cases.placements_exported",
    lambda entry, facts: _("Exported %(cases)s placements for the agency %(agency)s") % facts,
)
register("cases.representative_noted", lambda entry, facts: _("Noted who speaks for the borrower"))
register("cases.mandate_verified", lambda entry, facts: _("Verified the mandate of who speaks for the borrower"))
register("cases.review_picked", lambda entry, facts: _("Picked a contact for review"))
register(
    "cases.review_written",
    lambda entry, facts: _("Reviewed a contact of %(agent)s") % {"agent": facts.get("agent", "")},
)
register("cases.review_answered", lambda entry, facts: _("Answered a review"))
register("cases.exported", lambda entry, facts: _("Exported a list of %(rows)s cases") % facts)
