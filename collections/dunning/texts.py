"""Texts of messages: named variables, checked when a template is saved and filled by `str.format_map`.

A filled text tells what somebody owes, so it is personal data: masked by type, encrypted at rest.
"""

from collections.abc import Mapping
from string import Formatter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lending.personal import Personal

VARIABLES = {
    "signature": gettext_lazy("signature of the creditor, as its messages bear it"),
    "creditor": gettext_lazy("full name of the creditor"),
    "service_phone": gettext_lazy("the creditor's line for questions and complaints"),
    "loans": gettext_lazy("the loans, by the end of their numbers"),
    "amount": gettext_lazy("what is to be paid, with its currency"),
    "split": gettext_lazy("the same amount as principal, interest and late charge"),
    "due_on": gettext_lazy("due day of the oldest unpaid instalment, in words"),
    "days": gettext_lazy("days from that due day to today"),
    "writer": gettext_lazy("who writes, for a message by hand"),
}
"""Every variable that a text may name, and what it stands for."""
TEXT_CHARACTERS_MAX = 500


class TemplateTextError(ValueError):
    """A text that cannot be sent: it names a variable that does not exist, or is no valid text."""


class MessageText(Personal):
    """The words of a message: shown to those who may read it, never printed by accident."""

    __slots__ = ()

    def masked(self) -> str:
        return "•••"


def check_text(text: str) -> None:
    """TemplateTextError unless every variable is known and stands alone: no attribute, index, conversion or format."""
    if not text.strip() or len(text) > TEXT_CHARACTERS_MAX:
        raise TemplateTextError(_("A text has 1 to %(most)s characters.") % {"most": TEXT_CHARACTERS_MAX})
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise TemplateTextError(_("A brace is not closed: %(error)s") % {"error": error}) from None
    for _literal, name, form, conversion in parts:
        if name is not None and (name not in VARIABLES or form or conversion):
            raise TemplateTextError(
                _("There is no variable {%(name)s}; there are: %(known)s")
                % {"name": name, "known": ", ".join(sorted(VARIABLES))}
            )


def fill(text: str, values: Mapping[str, str]) -> MessageText:
    """The text with its variables filled in; each variable must have a value."""
    return MessageText(text.format_map(values))


def followed_by(text: MessageText, more: str) -> MessageText:
    """The text with these words after it."""
    return MessageText(text.unmasked() + more)


def shown(text: MessageText | None) -> str:
    """The words, for a page whose reader may see this borrower."""
    return text.unmasked() if text else ""
