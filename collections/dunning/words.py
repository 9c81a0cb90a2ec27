"""The outbox in words: why a message ended as it did, what its step means, how its state looks."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts.answers import rule_text
from contacts.models import ContactRule, Hold
from dunning.models import GATEWAY_REFUSED, Reminder

State = Reminder.State
STATE_KINDS: dict[str, str] = {
    State.DUE: "wait",
    State.SENDING: "info",
    State.SENT: "good",
    State.DELIVERED: "good",
    State.REFUSED: "off",
    State.FAILED: "bad",
    State.UNKNOWN: "warn",
    State.CANCELLED: "neutral",
}
"""The badge of each state."""

REASONS: dict[str, Any] = {
    "day_passed": gettext_lazy("its day was over"),
    "settled": gettext_lazy("nothing of it is due any more"),
    "promise_open": gettext_lazy("a promise to pay is open"),
    "says_paid": gettext_lazy("the borrower says the money is on its way"),
    "template": gettext_lazy("its text could not be filled in"),
    "ambiguous": gettext_lazy("the gateway's answer leaves open whether it was sent"),
    "lease_ran_out": gettext_lazy("the worker died while it was sending"),
    "gateway_unreachable": gettext_lazy("the gateway cannot be reached"),
    "gateway_changed": gettext_lazy("it may have left through another gateway, which this one cannot know"),
    "gateway_refused": gettext_lazy("the gateway refused it"),
    "no_gateway": gettext_lazy("no gateway serves its channel"),
    "sent_anew": gettext_lazy("a person sends it anew"),
    "given_up": gettext_lazy("a person gave it up"),
    "asked_sent": gettext_lazy("the gateway was asked: it has it"),
    "asked_never": gettext_lazy("the gateway was asked: it never came"),
    "gateway_failed": gettext_lazy("the gateway could not deliver it"),
    "gate.closed": gettext_lazy("the contact gate could not judge"),
    "point.none": gettext_lazy("there is no number that may be used"),
    "point.unusable": gettext_lazy("the number may not be used any more"),
    "settled_sent": gettext_lazy("a person settled it: it was sent"),
    "settled_again": gettext_lazy("a person settled it: to be sent again"),
    "settled_give_up": gettext_lazy("a person settled it: given up"),
}


def reason_in_words(reason: str, rules: dict[str, ContactRule]) -> str:
    """Why, as a phrase; `rules` are the gate's, by code."""
    if reason in REASONS:
        return str(REASONS[reason])
    if reason in rules:
        return rule_text(rules[reason])
    subject, _dot, detail = reason.partition(".")
    if subject == GATEWAY_REFUSED:
        return _("the gateway refused it (%(code)s)") % {"code": detail}
    if subject == "hold" and detail in Hold.Kind.values:
        return _("hold: %(kind)s") % {"kind": Hold.Kind(detail).label}
    return str(_("the borrower wants no reminders this way")) if subject == "opt_out" else reason


def rules_by_code() -> dict[str, ContactRule]:
    """The newest wording of each rule."""
    return {rule.code: rule for rule in ContactRule.objects.order_by("valid_from")}


def step_in_words(reminder: Reminder, offset_days: int | None) -> str:
    """What kind of message it is: by its step on the ladder, or written by a person."""
    if reminder.is_by_hand:
        return _("Written by a colleague")
    return reminder.step if offset_days is None else offset_in_words(offset_days)


def offset_in_words(offset_days: int) -> str:
    """A step of the ladder, by its days from the due day of the oldest unpaid instalment."""
    if offset_days == 0:
        return _("On the due day")
    if offset_days < 0:
        return ngettext("%(days)s day before the due day", "%(days)s days before the due day", -offset_days) % {
            "days": -offset_days
        }
    return ngettext("%(days)s day after the due day", "%(days)s days after the due day", offset_days) % {
        "days": offset_days
    }
