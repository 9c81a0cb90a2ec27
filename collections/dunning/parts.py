"""What every text of a ladder must bear, in its language: who writes, what is owed and since when, how to pay through official
ways, where to find help, and how to stop reminders (DOMAIN F, "must contain").

A part is there when the text names its variables or says one of its phrases. A text by hand answers a question, so it is held
to the gate's rules on wording alone.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dunning.texts import TemplateTextError


class Part(NamedTuple):
    """All of the variables, and one of the phrases of the language, if it has any."""

    label: object
    variables: tuple[str, ...] = ()
    phrases: Mapping[str, tuple[str, ...]] = {}

    def is_in(self, text: str, language: str) -> bool:
        phrases = self.phrases.get(language, ())
        said = not phrases or any(phrase in text for phrase in phrases)
        return said and all(f"{{{name}}}" in text for name in self.variables)


PARTS = (
    Part(gettext_lazy("who writes"), ("signature", "creditor")),
    Part(gettext_lazy("what is owed, and how it is made up"), ("loans", "amount", "split")),
    Part(gettext_lazy("since when"), ("due_on",)),
    Part(
        gettext_lazy("how to pay through official ways"),
        phrases={"en": ("in our app", "account you registered"), "zh-hans": ("官方App", "已登记的扣款账户")},
    ),
    Part(gettext_lazy("where to find help"), ("service_phone",)),
    Part(
        gettext_lazy("how to stop reminders"),
        phrases={"en": ("Reply T to stop",), "zh-hans": ("回T退订",)},
    ),
)


def lacking(text: str, language: str) -> list[str]:
    """The parts that are not in it, in words."""
    return [str(part.label) for part in PARTS if not part.is_in(text, language)]


def check_parts(text: str, language: str) -> None:
    """TemplateTextError names every part that a text of the ladder lacks."""
    if missing := lacking(text, language):
        raise TemplateTextError(_("The text does not say: %(parts)s.") % {"parts": ", ".join(missing)})
