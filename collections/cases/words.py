"""Reasons, events and next actions in the reader's language."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cases.models import Case, DelayReason
from cases.moments import local_time
from cases.tracing.means import means_name
from contacts.models import Hold
from lending.templatetags.money import in_currency
from staff.templatetags.ui import day_words

Facts = dict[str, Any]


def money_of(facts: Facts, name: str = "amount") -> str:
    return in_currency(int(facts.get(name) or 0), str(facts.get("currency", "")))


def day_of(facts: Facts, name: str) -> str:
    return _day(facts[name], get_language()) if facts.get(name) else "–"


@lru_cache(maxsize=1024)
def _day(day: str, language: str | None) -> str:
    return day_words(date.fromisoformat(day))


def moment_of(facts: Facts, name: str = "at") -> str:
    """The time alone where its day is the reader's `today`."""
    if not facts.get(name):
        return "–"
    moment = local_time(datetime.fromisoformat(facts[name]))
    return moment.strftime("%H:%M" if moment.date() == facts.get("today") else "%Y-%m-%d %H:%M")


def _label(choices: Any, value: str) -> str:
    return str(dict(choices.choices).get(value, value))


def _promise(facts: Facts) -> Facts:
    return {"amount": money_of(facts), "day": day_of(facts, "due_on")}


def _hold(facts: Facts) -> str:
    kind = _label(Hold.Kind, facts.get("kind", ""))
    if facts.get("to_on"):
        return _("on hold until %(day)s: %(kind)s") % {"kind": kind, "day": day_of(facts, "to_on")}
    return _("on hold: %(kind)s") % {"kind": kind}


def _silence(facts: Facts) -> str:
    since = date.fromisoformat(facts["since"]) if facts.get("since") else facts["today"]
    weeks = (facts["today"] - since).days // 7
    return ngettext("%(weeks)s week without contact", "%(weeks)s weeks without contact", weeks) % {"weeks": weeks}


def _looked_for(facts: Facts) -> str:
    again_on = date.fromisoformat(facts["again_on"])
    if again_on <= facts["today"]:
        return _("no number that may be tried; time to look again")
    return _("no number found; look again on %(day)s") % {"day": day_of(facts, "again_on")}


REASONS: dict[str, Callable[[Facts], str]] = {
    "on_hold": _hold,
    "says_paid": lambda facts: _("says has paid; wait until %(day)s") % {"day": day_of(facts, "until_on")},
    "claim_lapsed": lambda facts: _("said has paid, but nothing came by %(day)s") % {"day": day_of(facts, "until_on")},
    "callback": lambda facts: _("callback at %(time)s") % {"time": moment_of(facts)},
    "promise_ahead": lambda facts: _("promise of %(amount)s by %(day)s") % _promise(facts),
    "promise_today": lambda facts: _("promise of %(amount)s due today") % {"amount": money_of(facts)},
    "promise_late": lambda facts: _("promise of %(amount)s was due on %(day)s") % _promise(facts),
    "promise_broken": lambda facts: _("came back from a broken promise"),
    "came_back": lambda facts: _("behind again while it was watched"),
    "no_answer": lambda facts: _("nobody answered; try again"),
    "no_number": lambda facts: _("no number that may be tried"),
    "looked_for": _looked_for,
    "first_days": lambda facts: _("first days late, pays when reminded"),
    "never_called": lambda facts: _("not contacted yet"),
    "in_arrears": lambda facts: _("in arrears, no promise"),
    "bucket": lambda facts: _("bucket %(bucket)s") % facts,
    "amount": lambda facts: _("size of what is overdue"),
    "likely_to_pay": lambda facts: _("ability %(ability)s, willingness %(willingness)s") % facts,
    "silent": _silence,
}


def reason_in_words(reason: dict[str, Any], today: date) -> str:
    """One reason of a case's priority, as `Case.priority_reasons` keeps it, said on that day."""
    words = REASONS.get(reason.get("code", ""))
    return words({**reason.get("facts", {}), "today": today}) if words else str(reason.get("code", ""))


def why(case: Case, today: date) -> str:
    """The reason that decided what comes next."""
    return reason_in_words(case.priority_reasons[0], today) if case.priority_reasons else _("new case")


def delay_reason(code: str) -> str:
    return _label(DelayReason.Code, code) if code else ""


CAUSES = {
    "payment": lambda: _("Nothing is overdue any more: paid"),
    "plan": lambda: _("Nothing is overdue any more: a new schedule is in force"),
    "waiver": lambda: _("Nothing is overdue any more: waived"),
    "write_off": lambda: _("Written off"),
    "merge": lambda: _("Nothing is overdue any more"),
    "close": lambda: _("Nothing is overdue any more"),
}


def _cured(facts: Facts) -> str:
    return CAUSES.get(str(facts.get("cause")), CAUSES["close"])()


def _regraded(facts: Facts) -> str:
    if "to_stage" in facts:
        is_zh = (get_language() or "").startswith("zh")
        names = {"from": facts["from_stage"][is_zh], "to": facts["to_stage"][is_zh]}
        return _("Moved from stage %(from)s to stage %(to)s") % names
    return _("Moved from %(from)s to %(to)s") % {"from": facts.get("from"), "to": facts.get("to")}


def _returned(facts: Facts) -> str:
    told = _("Behind again in %(bucket)s while it was watched") % {"bucket": facts.get("bucket", "")}
    return told + (_("; its owner had no room, so it waits in the pool") if facts.get("why") == "no_room" else "")


def _person(facts: Facts) -> Facts:
    return {"name": facts.get("name") or facts.get("to", "")}


def _traced(facts: Facts) -> str:
    means = means_name(str(facts.get("means", "")))
    if facts.get("again_on"):
        return _("Looked for a number (%(means)s): nothing; again on %(day)s") % {
            "means": means, "day": day_of(facts, "again_on"),
        }  # fmt: skip
    return _("Looked for a number (%(means)s): found one") % {"means": means}


EVENTS: dict[str, Callable[[Facts], str]] = {
    "opened": lambda facts: _("Case opened in %(bucket)s") % {"bucket": facts.get("bucket", "")},
    "regraded": _regraded,
    "cured": _cured,
    "returned": _returned,
    "watch_ended": lambda facts: _("The watch is over; nothing was overdue meanwhile"),
    "merged": lambda facts: _("Case ended: it is one with another case of the same borrower"),
    "merged_watched": lambda facts: _("Case ended: it is one with another case of the same borrower"),
    "lost": lambda facts: _("Case closed: written off"),
    "closed": lambda facts: _("Case closed: written off"),
    "assigned": lambda facts: _("Assigned to %(name)s") % _person(facts),
    "unassigned": lambda facts: _("Put back into the pool"),
    "claimed": lambda facts: _("Taken from the pool by %(name)s") % _person(facts),
    "handed_over": lambda facts: _("Handed over to %(name)s") % _person(facts),
    "hand_over_asked": lambda facts: _("Asked the supervisor to hand it over"),
    "promise_recorded": lambda facts: (
        (
            _("Promise of %(amount)s in %(parts)s parts by %(day)s")
            if "parts" in facts
            else _("Promise of %(amount)s by %(day)s")
        )
        % (_promise(facts) | {"parts": facts.get("parts")})
    ),
    "promise_part_met": lambda facts: _("Part of the promise kept: %(amount)s by %(day)s") % _promise(facts),
    "promise_withdrawn": lambda facts: _("Promise of %(amount)s by %(day)s withdrawn") % _promise(facts),
    "promise_kept": lambda facts: _("Promise of %(amount)s kept") % _promise(facts),
    "promise_part_kept": lambda facts: (
        _("Promise of %(amount)s kept in part: %(paid)s came") % {**_promise(facts), "paid": money_of(facts, "paid")}
    ),
    "promise_broken": lambda facts: _("Promise of %(amount)s broken") % _promise(facts),
    "reason_recorded": lambda facts: _("Behind because: %(reason)s") % {"reason": delay_reason(facts.get("code", ""))},
    "says_paid": lambda facts: _("Says has paid; reminders pause until %(day)s") % {"day": day_of(facts, "until_on")},
    "traced": _traced,
    "callback_set": lambda facts: _("Callback at %(time)s") % {"time": moment_of(facts)},
}


def event_in_words(event: str, facts: Facts) -> str:
    words = EVENTS.get(event)
    return words(facts) if words else event
