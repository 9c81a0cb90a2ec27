"""The form of a script; the service checks the words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import stages
from cases.models import DelayReason
from cases.scripts.publishing import Told
from contacts.models import Contact

EVERY = ("", _("every"))
TEXT = {"widget": forms.Textarea(attrs={"rows": 7}), "max_length": 3000}


class ScriptForm(forms.Form):
    from_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    stage = forms.ChoiceField(label=_("Stage"), choices=lambda: [EVERY, *stages.choices()], required=False)
    reason = forms.ChoiceField(label=_("Why behind"), choices=[EVERY, *DelayReason.Code.choices], required=False)
    direction = forms.ChoiceField(label=_("Direction"), choices=[EVERY, *Contact.Direction.choices], required=False)
    is_third_party = forms.BooleanField(
        label=_("For somebody else than the borrower"),
        required=False,
        help_text=_("Only how to reach the borrower may be asked; the debt is never named."),
    )
    text = forms.CharField(
        label=_("In English"),
        help_text=_("{lender} and {agent} are filled in."),
        **TEXT,  # type: ignore[arg-type]
    )
    text_zh = forms.CharField(label=_("In Chinese"), **TEXT)  # type: ignore[arg-type]
    is_withdrawn = forms.BooleanField(label=_("Withdraw it from that day on"), required=False)
    words = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def told(self) -> Told:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"from_on", "words"}}


class NewScriptForm(ScriptForm):
    code = forms.SlugField(label=_("Short name"), max_length=40)
    field_order = ["code"]

    def told(self) -> Told:
        return {name: value for name, value in super().told().items() if name != "code"}


def values_of(told: Told) -> dict[str, Any]:
    return {**told, "is_withdrawn": False}
