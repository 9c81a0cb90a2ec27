"""Changing a call script: put forward by one manager with a first day, published by a second one, in the way of all terms.

A script that a rule on wording forbids is not put forward at all: it would be said to somebody.
"""

import re
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from cases import stages
from cases.models import DelayReason
from cases.scripts.choosing import AGENT, LENDER
from cases.scripts.models import Script
from contacts.models import Channel, Contact
from contacts.rules import Rule
from contacts.situations import rules
from contacts.wording import banned_in
from lending.changes import HANDLERS, ChangeError, Handler, Line, propose
from lending.models import Change, ContactPoint
from staff.models import User

SAID = ("stage", "reason", "direction", "is_third_party", "text", "text_zh", "is_withdrawn")
OPEN_PLACE = re.compile(r"\{[^}]*\}?")
Told = dict[str, Any]


def told_of(row: Script) -> Told:
    """A version as plain values, as a change carries it."""
    return {name: getattr(row, name) for name in SAID}


def put_forward_script(code: str, told: Told, *, from_on: date, words: str, by: User, at: datetime, on: date) -> Change:
    """Put a version of a script forward; ChangeError names the field."""
    content = {"code": code, "script": told}
    return propose(
        kind=Change.Kind.SCRIPT, subject=code, from_on=from_on, content=content, words=words, by=by, at=at, on=on
    )


def version_on(code: str, day: date) -> Script | None:
    return Script.objects.filter(code=code, valid_from__lte=day).order_by("-valid_from").first()


def forbidden_in(told: Told, day: date) -> dict[str, list[str]]:
    """By field the phrases that the wording rules of calls ban on that day."""
    subject = ContactPoint.Holder.CONTACT if told["is_third_party"] else ContactPoint.Holder.BORROWER
    binding = [rule for rule in rules() if _binds(rule, subject, day)]
    found = {field: banned_in(binding, told[field]) for field in ("text", "text_zh")}
    return {field: phrases for field, phrases in found.items() if phrases}


def _binds(rule: Rule, subject: str, day: date) -> bool:
    told = rule.details.subjects
    return rule.kind == "content" and rule.binds(Channel.CALL, day) and (not told or subject in told)


def _check(change: Change, on: date) -> None:
    code, told = change.content["code"], change.content["script"]
    if change.from_on < on:
        raise ChangeError(_("It begins today or later."), "from_on")
    if Script.objects.filter(code=code, valid_from__gte=change.from_on).exists():
        raise ChangeError(_("There is a version from that day on already. Begin after it."), "from_on")
    before = version_on(code, change.from_on)
    if before and told_of(before) == told:
        raise ChangeError(_("Nothing differs from the version before."))
    if told["is_withdrawn"]:
        return
    if told["is_third_party"] and (told["stage"] or told["reason"]):
        raise ChangeError(_("Somebody else is told nothing of the debt: no stage and no reason."), "is_third_party")
    for field in ("text", "text_zh"):
        if not told[field].strip():
            raise ChangeError(_("A script stands in both languages."), field)
        unknown = set(OPEN_PLACE.findall(told[field])) - {LENDER, AGENT}
        if unknown:
            raise ChangeError(_("Nothing fills %(place)s.") % {"place": min(unknown)}, field)
    for field, phrases in forbidden_in(told, change.from_on).items():
        raise ChangeError(_("May not be said: %(phrase)s") % {"phrase": phrases[0]}, field)


def _apply(change: Change, on: date) -> None:
    Script.objects.create(
        code=change.content["code"], valid_from=change.from_on, change=change, **change.content["script"]
    )


def _lines(change: Change) -> list[Line]:
    code = change.content["code"]
    former = Script.objects.filter(code=code, valid_from__lt=change.from_on).order_by("-valid_from").first()
    old, new = said(told_of(former)) if former else {}, said(change.content["script"])
    return [Line(label, old.get(label, ""), new[label], code) for label in new]


def said(told: Told) -> dict[str, str]:
    """A version in words."""
    if told["is_withdrawn"]:
        return {str(_("In force")): _("withdrawn")}
    every = _("every")
    return {
        str(_("In force")): _("yes"),
        str(_("Who answers")): _("somebody else") if told["is_third_party"] else _("the borrower"),
        str(_("Stage")): dict(stages.choices()).get(told["stage"], told["stage"]) if told["stage"] else every,
        str(_("Why behind")): str(DelayReason.Code(told["reason"]).label) if told["reason"] else every,
        str(_("Direction")): str(Contact.Direction(told["direction"]).label) if told["direction"] else every,
        str(_("In English")): told["text"],
        str(_("In Chinese")): told["text_zh"],
    }


HANDLERS[Change.Kind.SCRIPT] = Handler(_check, _apply, _lines)
