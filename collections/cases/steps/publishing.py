"""Changing what comes next: put forward by one person with a first day, published by a manager, in the way of all terms."""

from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from cases.models import DelayReason
from cases.steps import choosing
from cases.steps.models import BORROWER_STEPS, REASON_STEPS, TIMED_STEPS, NextStep, Of, Step
from contacts.calls import CALL_OUTCOMES
from contacts.holds import OF_THE_CONSOLE
from contacts.models import Contact, Hold
from lending.changes import HANDLERS, ChangeError, Handler, Line, propose
from lending.models import Change
from staff.models import User

SAID = ("name", "name_zh", "fact", "keeps_number", "step", "hours", "hold", "place", "is_withdrawn")
HOURS_MAX: Final = 720
"""Thirty days, as far as a callback reaches."""
Told = dict[str, Any]


def told_of(row: NextStep) -> Told:
    """A version as plain values, as a change carries it."""
    return {name: getattr(row, name) for name in SAID}


def put_forward_step(
    of: str, code: str, told: Told, *, from_on: date, words: str, by: User, at: datetime, on: date
) -> Change:
    """Put a version of what comes next forward; ChangeError names the field."""
    return propose(
        kind=Change.Kind.NEXT_STEP, subject=f"{of} {code}", from_on=from_on,
        content={"of": of, "code": code, "step": told}, words=words, by=by, at=at, on=on,
    )  # fmt: skip


def fault_of(of: str, code: str, told: Told) -> tuple[str, str] | None:
    """What of a version makes no sense: the field and the words."""
    if of == Of.REASON:
        return _fault_of_reason(code, told) or _fault_of_step(told)
    return _fault_of_outcome(told) or _fault_of_step(told)


def _fault_of_reason(code: str, told: Told) -> tuple[str, str] | None:
    if code not in DelayReason.Code.values or told["is_withdrawn"]:
        return "step", _("Reasons are neither added nor withdrawn here.")
    if told["fact"] or told["step"] not in REASON_STEPS:
        return "step", _("This cannot come of a reason.")
    return None


def _fault_of_outcome(told: Told) -> tuple[str, str] | None:
    if not told["name"].strip() or not told["name_zh"].strip():
        return "name", _("An outcome has a name in both languages.")
    if told["fact"] not in CALL_OUTCOMES:
        return "fact", _("Say what the contact log takes it for.")
    spoke = told["fact"] == Contact.Outcome.RIGHT_PARTY
    if (told["step"] in BORROWER_STEPS and not spoke) or (told["step"] in {Step.AGAIN, Step.TRACE} and spoke):
        return "step", _("This cannot come of such a call.")
    if told["step"] == Step.AGAIN and told["fact"] == Contact.Outcome.OTHER_PERSON:
        return "step", _("This cannot come of such a call.")
    if told["keeps_number"] and told["fact"] != Contact.Outcome.OTHER_PERSON:
        return "keeps_number", _("Only where another person answered can this be said.")
    return None


def _fault_of_step(told: Told) -> tuple[str, str] | None:
    if told["step"] in TIMED_STEPS and not 0 < told["hours"] <= HOURS_MAX:
        return "hours", _("After how many hours: from 1 to %(most)s.") % {"most": HOURS_MAX}
    if told["step"] not in TIMED_STEPS and told["hours"]:
        return "hours", _("This step has no time.")
    kinds = set(Hold.Kind.values) - set(OF_THE_CONSOLE)
    if (told["step"] == Step.HOLD) != (told["hold"] in kinds):
        return "hold", _("A hold has its kind, and nothing else has one.")
    return None


def _check(change: Change, on: date) -> None:
    of, code, told = change.content["of"], change.content["code"], change.content["step"]
    if change.from_on <= on:
        raise ChangeError(_("It begins on a later day than today."), "from_on")
    if NextStep.objects.filter(of=of, code=code, valid_from__gte=change.from_on).exists():
        raise ChangeError(_("There is a version from that day on already. Begin after it."), "from_on")
    before = former(change)
    if before and told_of(before) == told:
        raise ChangeError(_("Nothing differs from the version before."))
    if fault := fault_of(of, code, told):
        raise ChangeError(fault[1], fault[0])
    lost = before.fact if before and (told["is_withdrawn"] or told["fact"] != before.fact) else ""
    others = [each for each in choosing.in_force(change.from_on) if (each.of, each.code) != (of, code)]
    if lost and lost not in {each.fact for each in others}:
        raise ChangeError(_("Every fact of a call keeps at least one outcome."), "is_withdrawn")


def _apply(change: Change, on: date) -> None:
    NextStep.objects.create(
        of=change.content["of"], code=change.content["code"], valid_from=change.from_on, change=change,
        **change.content["step"],
    )  # fmt: skip
    choosing.forget()


def former(change: Change) -> NextStep | None:
    rows = NextStep.objects.filter(of=change.content["of"], code=change.content["code"], valid_from__lt=change.from_on)
    return rows.order_by("-valid_from").first()


def _lines(change: Change) -> list[Line]:
    before, of, code = former(change), change.content["of"], change.content["code"]
    old, new = said(told_of(before), of) if before else {}, said(change.content["step"], of)
    section = str(dict(DelayReason.Code.choices).get(code, code)) if of == Of.REASON else code
    return [Line(label, old.get(label, ""), new[label], section) for label in new]


def said(told: Told, of: str) -> dict[str, str]:
    """A version in words."""
    if told["is_withdrawn"]:
        return {_("In force"): _("withdrawn")}
    found = {_("In force"): _("yes"), _("Next step"): step_words(told["step"], told["hours"], told["hold"])}
    if of == Of.REASON:
        return found
    return found | {
        _("Name in English"): told["name"],
        _("Name in Chinese"): told["name_zh"],
        _("Taken for"): str(dict(Contact.Outcome.choices)[told["fact"]]),
        _("The number stays in use"): _("yes") if told["keeps_number"] else _("no"),
        _("Place in the order"): str(told["place"]),
    }


def step_words(step: str, hours: int = 0, hold: str = "") -> str:
    """A step as a line says it: Call back after 4 hours."""
    label = str(dict(Step.choices).get(step, step))
    if step in TIMED_STEPS:
        return _("%(step)s after %(hours)s h") % {"step": label, "hours": hours}
    return f"{label}: {dict(Hold.Kind.choices).get(hold, hold)}" if hold else label


HANDLERS[Change.Kind.NEXT_STEP] = Handler(_check, _apply, _lines)
