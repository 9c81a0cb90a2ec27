"""Forms of looking for a number: they clean, the services act."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms import day_field, note_field
from cases.tracing.looking import AGAIN_DAYS_MAX, SAID, Found
from cases.tracing.means import BY_HAND, MEANS
from contacts.forms import ContactPointForm
from lending.models import ContactPoint

AGAIN_DAYS = 7
NUMBERS = [pair for pair in ContactPoint.Kind.choices if pair[0] in {"mobile", "phone"}]
SAID_WORDS = {
    "gave": _("Gave a number of the borrower"),
    "passes_on": _("Passes on that we would like a call"),
    "knows_nothing": _("Does not know how to reach them"),
    "refuses": _("Asks not to be called again"),
    "stranger": _("Somebody who does not know the borrower"),
    "no_answer": _("No answer"),
    "busy": _("Busy"),
    "invalid": _("Number not in use"),
}


class FoundForm(ContactPointForm):
    """The number that was found, or when to look again."""

    def __init__(self, *args: Any, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("holder", "source"):
            del self.fields[name]
        self.fields["kind"].choices = NUMBERS  # type: ignore[attr-defined]
        self.fields["kind"].required = self.fields["value"].required = False
        self.fields["value"].label = _("The borrower's number, if one was found")
        self.fields["look_again_on"] = day_field(
            _("Nothing found: look again on"),
            on,
            AGAIN_DAYS_MAX,
            required=False,
            initial=on + timedelta(days=AGAIN_DAYS),
        )
        self.fields["note"] = note_field(_("Note"), rows=2, required=False)

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or ContactPoint.Kind.MOBILE

    def clean_holder(self) -> str:
        return ContactPoint.Holder.BORROWER

    def found(self) -> Found:
        told = self.cleaned_data
        again_on = None if told["value"] else told["look_again_on"]
        return Found(told["kind"], told["value"], again_on, told["note"])


class TraceForm(FoundForm):
    means = forms.ChoiceField(
        label=_("Where you looked"), choices=[(code, MEANS[code].label) for code in BY_HAND], widget=forms.RadioSelect
    )
    field_order = ["means", "value", "kind", "look_again_on", "note"]


class AskedForm(FoundForm):
    said = forms.ChoiceField(
        label=_("What came of it"),
        choices=[(code, SAID_WORDS[code]) for code in SAID],
        widget=forms.RadioSelect(attrs={"autofocus": True}),
    )
    field_order = ["said", "value", "kind", "look_again_on", "note"]
