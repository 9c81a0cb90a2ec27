"""The form of what comes next; the service says what makes no sense."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.steps.models import REASON_STEPS, Step
from cases.steps.publishing import HOURS_MAX, Told
from contacts.calls import CALL_OUTCOMES
from contacts.holds import OF_THE_CONSOLE
from contacts.models import Contact, Hold

HOLDS = [("", "–"), *(pair for pair in Hold.Kind.choices if pair[0] not in OF_THE_CONSOLE)]


class ReasonStepForm(forms.Form):
    """What a reason suggests: a step, of a hold its kind."""

    from_on = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    step = forms.ChoiceField(label=_("Next step"), choices=[pair for pair in Step.choices if pair[0] in REASON_STEPS])
    hold = forms.ChoiceField(
        label=_("Kind of hold"), choices=HOLDS, required=False, help_text=_("Only where the step is a hold.")
    )
    words = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def told(self) -> Told:
        """The version as a change carries it."""
        rest: Told = {"name": "", "name_zh": "", "fact": "", "keeps_number": False, "hours": 0, "is_withdrawn": False}
        return rest | self._told()

    def _told(self) -> Told:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"from_on", "words", "code"}}


class OutcomeStepForm(ReasonStepForm):
    name = forms.CharField(label=_("Name in English"), max_length=60)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60)
    fact = forms.ChoiceField(
        label=_("Taken for"),
        choices=[pair for pair in Contact.Outcome.choices if pair[0] in CALL_OUTCOMES],
        help_text=_("What the caps, the contact rules and the number's quality go by."),
    )
    keeps_number = forms.BooleanField(
        label=_("The number stays in use"),
        required=False,
        help_text=_("Where somebody else answered who knows the borrower."),
    )
    hours = forms.IntegerField(
        label=_("After how many hours"), required=False, min_value=0, max_value=HOURS_MAX,
        help_text=_("Only for trying again and calling back."),
    )  # fmt: skip
    place = forms.IntegerField(
        label=_("Place in the order"), min_value=1, max_value=9999, help_text=_("The least comes first.")
    )
    is_withdrawn = forms.BooleanField(label=_("Withdraw it from that day on"), required=False)
    field_order = [
        "from_on",
        "name",
        "name_zh",
        "fact",
        "keeps_number",
        "step",
        "hours",
        "hold",
        "place",
        "is_withdrawn",
    ]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["step"].choices = Step.choices  # type: ignore[attr-defined]

    def clean_hours(self) -> int:
        return self.cleaned_data["hours"] or 0


class NewOutcomeForm(OutcomeStepForm):
    code = forms.SlugField(label=_("Short name"), max_length=40)
    field_order = ["code", *OutcomeStepForm.field_order]
