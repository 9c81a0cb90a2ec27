"""What happens to plans, in the reader's language: for the timeline, the plan's page and the audit record."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.words import delay_reason
from lending.money import format_amount
from restructuring.finder.search import Left
from restructuring.finding import Shape
from restructuring.instruments.postponing import Interest
from restructuring.models import Acceptance, PlanRequest
from staff.templatetags.ui import day_words

Facts = dict[str, Any]

WHY_LAPSED: dict[str, Callable[[], str]] = {
    "figures_moved": lambda: _("something was paid or fell due since, so what was shown no longer holds"),
    "rules_moved": lambda: _("the rules changed since, so what was shown no longer holds"),
    "checker_unfit": lambda: _("whoever approved it may no longer decide it"),
    "not_agreed": lambda: _("an approval or an acceptance that is still open is missing"),
    "tampered": lambda: _("the request is not the one that was sent"),
}
WHY_WITHDRAWN = {"not_owed": lambda: _("The loan is no longer owed")}


def moved_in_words(instrument: str, days: int) -> str:
    """Extension by 30 days."""
    label = dict(PlanRequest.Instrument.choices).get(instrument, instrument)
    if instrument == PlanRequest.Instrument.RESTRUCTURE:
        return str(label)
    return ngettext("%(instrument)s by %(days)s day", "%(instrument)s by %(days)s days", days) % {
        "instrument": label,
        "days": days,
    }


def _what(facts: Facts) -> dict[str, str]:
    what = moved_in_words(str(facts.get("instrument", "")), int(facts.get("days") or 0))
    return {"what": what, "loan": str(facts.get("loan", ""))}


def _day(facts: Facts, name: str) -> str:
    return day_words(date.fromisoformat(facts[name])) if facts.get(name) else "–"


def _requested(facts: Facts) -> str:
    told = _("%(what)s asked for on %(loan)s") % _what(facts)
    return f"{told}: {delay_reason(str(facts['reason']))}" if facts.get("reason") else told


def _lapsed(facts: Facts) -> str:
    why = WHY_LAPSED.get(str(facts.get("why")), WHY_LAPSED["figures_moved"])()
    return _("%(what)s on %(loan)s sent back: %(why)s") % (_what(facts) | {"why": why})


def _withdrawn(facts: Facts) -> str:
    told = _("%(what)s on %(loan)s withdrawn") % _what(facts)
    why = WHY_WITHDRAWN.get(str(facts.get("why")))
    return f"{told}: {why()}" if why else told


def _accepted(facts: Facts) -> str:
    means = dict(Acceptance.Means.choices).get(str(facts.get("means")), "")
    told = _("The borrower accepted: %(what)s on %(loan)s") % _what(facts)
    return f"{told} ({means})" if means else told


def standing_in_words(what: str, person: str) -> str:
    """With whose limits a stand-in used; as it is where nobody is named."""
    return _("%(what)s (standing in for %(person)s)") % {"what": what, "person": person} if person else what


def _acting(words: str, facts: Facts) -> str:
    return standing_in_words(words, str(facts.get("acting_for", "")))


EVENTS: dict[str, Callable[[Facts], str]] = {
    "requested": _requested,
    "amended": lambda facts: _("%(what)s on %(loan)s put forward again") % _what(facts),
    "sent_back": lambda facts: _("%(what)s on %(loan)s sent back") % _what(facts),
    "rejected": lambda facts: _("%(what)s on %(loan)s rejected") % _what(facts),
    "seconded": lambda facts: _acting(_("%(what)s on %(loan)s: the first of two approvals") % _what(facts), facts),
    "escalated": lambda facts: (
        _("%(what)s on %(loan)s: nobody decided it in time, it went to the next level") % _what(facts)
    ),
    "approved": lambda facts: _acting(
        _("%(what)s on %(loan)s approved; offer until %(until)s") % (_what(facts) | {"until": _day(facts, "until")}),
        facts,
    ),
    "accepted": _accepted,
    "consented": lambda facts: (
        _("%(funder)s consented: %(what)s on %(loan)s") % (_what(facts) | {"funder": str(facts.get("funder", ""))})
    ),
    "in_effect": lambda facts: _("%(what)s on %(loan)s in effect") % _what(facts),
    "lapsed": _lapsed,
    "undone": lambda facts: _("%(what)s on %(loan)s undone: the schedule before it holds again") % _what(facts),
    "withdrawn": _withdrawn,
    "expired": lambda facts: _("%(what)s on %(loan)s: the offer expired") % _what(facts),
}
ICONS = {
    "requested": "plan",
    "amended": "plan",
    "approved": "good",
    "seconded": "good",
    "accepted": "good",
    "consented": "good",
    "in_effect": "good",
}
TONES = {"in_effect": "good", "approved": "accent", "requested": "accent"}


def shape_in_words(shape: Shape) -> str:
    """36 instalments after 2 without payment, 3 of them of interest alone, at 18 %."""
    count = shape.periods
    said = [ngettext("%(count)s instalment", "%(count)s instalments", count) % {"count": count}]
    if shape.rest:
        said.append(_("after %(count)s without payment") % {"count": shape.rest})
        if shape.interest == Interest.FROZEN:
            said.append(_("without interest for them"))
    if shape.grace:
        said.append(_("the first %(count)s of interest alone") % {"count": shape.grace})
    if shape.rate:
        said.append(_("at %(rate)s %% a year") % {"rate": shape.rate})
    return _(", ").join(said)


def left_in_words(left: Left, currency: str) -> str:
    """Why other plans were left out."""
    amount = f"{currency} {format_amount(left.amount, currency)}"
    match left.why:
        case "authority":
            return _("Others give up more than anybody here may decide; the cheapest would cost %(amount)s.") % {
                "amount": amount
            }
        case "funder":
            return _("Others are forbidden by the funder's contract.")
        case "first_payment":
            return _("Others begin with less than the least first instalment of %(amount)s.") % {"amount": amount}
        case _:
            return _("No plan fits: the lowest level instalment within the rules is %(amount)s.") % {"amount": amount}


def event_in_words(event: str, facts: Facts) -> str:
    words = EVENTS.get(event)
    return words(facts) if words else event
