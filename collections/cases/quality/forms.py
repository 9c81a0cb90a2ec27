"""The checklist as a form, and the answer to a review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.forms import note_field
from cases.quality.checklist import ANSWERS, CHECKLIST

TEXT_MAX = 2000


class ReviewForm(forms.Form):
    """One question for each item of the checklist, then what to do better."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for item in CHECKLIST:
            self.fields[item.code] = forms.ChoiceField(label=item.words, choices=ANSWERS, widget=forms.RadioSelect)
        self.fields["coaching"] = note_field(
            gettext_lazy("What was good, and what to do better"), rows=4, max_length=TEXT_MAX, required=False
        )

    def answers(self) -> dict[str, str]:
        return {item.code: self.cleaned_data[item.code] for item in CHECKLIST}


class ReplyForm(forms.Form):
    agrees = forms.TypedChoiceField(
        label=gettext_lazy("Do you see it the same way?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reply = note_field(gettext_lazy("Your answer"), rows=3, max_length=TEXT_MAX, required=False)
