"""Forms of plans: they clean, the services act."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import DelayReason
from restructuring.models import Acceptance, Decision
from restructuring.moving import DAYS_MAX, Situation

SUGGESTED_DAYS = 30
REASONS = [
    ("", gettext_lazy("Choose")),
    *(choice for choice in DelayReason.Code.choices if choice[0] != DelayReason.Code.UNREACHED),
]


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MoveForm(forms.Form):
    """By how much: a number of days, or the new day of the first unpaid instalment. `moved_days` is what either comes to."""

    how = forms.ChoiceField(
        label=gettext_lazy("Move due dates"),
        choices=[("days", gettext_lazy("By days")), ("date", gettext_lazy("To a first due date"))],
        widget=forms.RadioSelect,
        initial="days",
    )
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=DAYS_MAX, required=False)
    first_due_on = forms.DateField(
        label=gettext_lazy("First unpaid instalment due on"), widget=day_input(), required=False
    )

    def __init__(self, *args: Any, situation: Situation, **options: Any) -> None:
        super().__init__(*args, **options)
        self.situation = situation
        least = situation.first_due_on + timedelta(days=situation.days_min)
        suggested = suggested_days(situation)
        self.fields["days"].widget.attrs["min"] = situation.days_min
        self.fields["first_due_on"].widget.attrs["min"] = least.isoformat()
        self.initial.setdefault("days", suggested)
        self.initial.setdefault("first_due_on", situation.first_due_on + timedelta(days=self.initial["days"]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first: date | None = cleaned.get("first_due_on")
        if cleaned.get("how") == "date":
            days = (first - self.situation.first_due_on).days if first else None
            name, asked = "first_due_on", _("Give the new due date.")
        else:
            days, name, asked = cleaned.get("days"), "days", _("Give the number of days.")
        if days is None and name not in self.errors:
            self.add_error(name, asked)
        cleaned["moved_days"] = days
        return cleaned


def suggested_days(situation: Situation) -> int:
    """The first unpaid instalment a month from now."""
    return situation.days_min - 1 + SUGGESTED_DAYS if situation.days_past_due else SUGGESTED_DAYS


class PlanForm(MoveForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why the borrower needs it"), choices=REASONS)
    explanation = forms.CharField(
        label=gettext_lazy("Explanation"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What happened, and why the borrower will be able to pay on the new days."),
    )


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=Decision.Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed to reject or to send back."),
    )


class AcceptanceForm(forms.Form):
    means = forms.ChoiceField(
        label=gettext_lazy("How the borrower accepted"), choices=Acceptance.Means.choices, widget=forms.RadioSelect
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=200,
        help_text=gettext_lazy("Recording number, or the reference of the file or message."),
    )
    accepted_on = forms.DateField(label=gettext_lazy("Accepted on"), widget=day_input())

    def __init__(self, *args: Any, first: date, last: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["accepted_on"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        self.initial.setdefault("accepted_on", last)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
