"""What each kind of hold freezes, as dated data in one place, and in words for whoever places one.

Contact and reminders are stopped by the contact rules that name the hold, which managers change (`contacts.rules`); what else rests is the table
here: the work of agencies, penalty, interest, reports to the credit bureau. From each day on the newest line of a kind holds.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final, NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from contacts.answers import standing_words
from contacts.models import ContactRule, Hold
from contacts.situations import rules
from lending.sql.reading import among

BEGINNING = date(2000, 1, 1)
HOUSE_RULE = gettext_noop("House rule")
Kind = Hold.Kind


class Effect(NamedTuple):
    """What rests beside contact while a hold stands, from `since` on.

    `debits`: nothing is debited, and the case waits for the hold's end. `asks_evidence`: it is not placed on somebody's word alone.
    """

    since: date
    debits: bool
    agency: bool
    penalty: bool
    interest: bool
    credit_report: bool
    asks_evidence: bool
    source: str = HOUSE_RULE


EFFECTS: Final[dict[str, tuple[Effect, ...]]] = {
    #                              since    debits agency penalty interest credit evidence
    Kind.DISPUTE: (Effect(BEGINNING, True, True, False, False, True, False),),
    Kind.COMPLAINT: (Effect(BEGINNING, True, True, False, False, True, False),),
    Kind.BEREAVEMENT: (Effect(BEGINNING, True, True, False, False, False, False),),
    Kind.ILLNESS: (Effect(BEGINNING, True, True, False, False, False, False),),
    Kind.STOP: (Effect(BEGINNING, True, True, False, False, False, False),),
    Kind.ABROAD: (Effect(BEGINNING, False, False, False, False, False, False),),
    Kind.DISASTER: (Effect(BEGINNING, True, True, True, False, True, True),),
    Kind.MORATORIUM: (Effect(BEGINNING, True, True, True, True, False, True, gettext_noop("The order of the authority named in the hold")),),
    Kind.ATTORNEY: (Effect(BEGINNING, True, True, False, False, False, True),),
    Kind.CEASE: (Effect(BEGINNING, True, True, False, False, False, True),),
    Kind.DECEASED: (Effect(BEGINNING, True, True, False, False, True, True),),
    Kind.INCAPACITY: (Effect(BEGINNING, True, True, False, False, False, True),),
    Kind.PLACED: (Effect(BEGINNING, True, False, False, False, False, False),),
}  # fmt: skip
"""Every kind of hold, each with its lines in the order of their days."""
LABELS: Final[dict[str, str | Promise]] = {
    "debits": gettext_lazy("Direct debits"),
    "agency": gettext_lazy("Agency work"),
    "penalty": gettext_lazy("Penalty"),
    "interest": gettext_lazy("Interest"),
    "credit_report": gettext_lazy("Report to the credit bureau"),
}


class Frozen(NamedTuple):
    """One thing in words: what, whether it rests, how far, and where that is written."""

    label: str
    rests: bool
    words: str
    source: str


def effect_on(kind: str, on: date) -> Effect:
    return [each for each in EFFECTS[kind] if each.since <= on][-1]


def told(kind: str, on: date) -> list[Frozen]:
    """Everything that a hold of that kind freezes or leaves, for the drawer and the page."""
    effect = effect_on(kind, on)
    others = [
        Frozen(
            str(label),
            getattr(effect, name),
            _("rests while the hold stands") if getattr(effect, name) else _("goes on"),
            _(effect.source),
        )
        for name, label in LABELS.items()
    ]
    return [*_contact(kind, on), *others]


def _contact(kind: str, on: date) -> Iterator[Frozen]:
    """The rules in force that name the hold; without any it stops every contact."""
    label = _("Contact and reminders")
    zh = (get_language() or "").startswith("zh")
    found = False
    for rule in rules():
        if f"hold.{kind}" not in rule.details.stops or not rule.valid_from <= on <= (rule.valid_to or date.max):
            continue
        found = True
        yield Frozen(label, True, rule.text_zh if zh else rule.text, f"{standing_words(rule.standing)} · {rule.code}")
    if not found:
        yield Frozen(
            label, True, _("No contact at all: no rule says what may go on."), str(ContactRule.Standing.HOUSE.label)
        )


def summary(kind: str, on: date) -> str:
    """What rests beside contact, in one line; "" where nothing does."""
    effect = effect_on(kind, on)
    return _(", ").join(str(label) for name, label in LABELS.items() if getattr(effect, name))


def frozen(what: str, borrower_ids: Collection[int], on: date) -> dict[int, Hold]:
    """By borrower the hold that freezes it on that day: `what` is a name of `LABELS`. One query."""
    assert what in LABELS, what
    kinds = [kind for kind in EFFECTS if getattr(effect_on(kind, on), what)]
    holds = Hold.objects.filter(
        among("borrower", borrower_ids),
        Q(to_on=None) | Q(to_on__gte=on),
        lifted_at=None,
        from_on__lte=on,
        kind__in=kinds,
    )
    return {hold.borrower_id: hold for hold in holds.order_by("-from_on", "-pk")}
