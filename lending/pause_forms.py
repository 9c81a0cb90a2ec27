"""Forms of pauses and of a loan's history: they clean, the services act."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lending.forms import day_input
from lending.history import DAYS_MAX
from lending.imports.fields import DAY_FIRST, DAY_LAST
from lending.models import Loan, Pause

DRAWER_ID = "drawer_%s"
SHOWN_DAYS = 180
BY_HAND = [(kind.value, kind.label) for kind in (Pause.Kind.CLOCK, Pause.Kind.PENALTY)]
"""What a person may pause alone. Interest of the contract stops with a hold that the law asks for, or two people waive it."""


def _within(day: date | None) -> date | None:
    if day and not DAY_FIRST <= day <= DAY_LAST:
        raise forms.ValidationError(gettext("No loan of this book stands on that day."))
    return day


class PauseForm(forms.Form):
    """What is paused, from when and why."""

    kind = forms.ChoiceField(label=_("What is paused"), choices=BY_HAND, widget=forms.RadioSelect)
    from_on = forms.DateField(label=_("From"), widget=day_input(), help_text=_("The first day that is left out."))
    to_on = forms.DateField(
        label=_("To"),
        required=False,
        widget=day_input(),
        help_text=_("The first day that counts again. Empty: until somebody ends it."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID, **options})

    def clean_from_on(self) -> date | None:
        return _within(self.cleaned_data["from_on"])

    def clean_to_on(self) -> date | None:
        return _within(self.cleaned_data["to_on"])


class PauseEndForm(forms.Form):
    """From when a pause no longer holds."""

    to_on = forms.DateField(
        label=_("Counts again from"), widget=day_input(), help_text=_("The pause's first day: it never was.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID, **options})

    def clean_to_on(self) -> date | None:
        return _within(self.cleaned_data["to_on"])


class HistoryForm(forms.Form):
    """The days of a history: the last half year unless others are named."""

    def __init__(self, asked: dict[str, Any], *, loan: Loan, on: date) -> None:
        self.last = max(on, loan.start_on)
        self.first = max(loan.start_on, self.last - timedelta(days=SHOWN_DAYS))
        super().__init__({"from": asked.get("from") or self.first, "to": asked.get("to") or self.last})
        self.fields["from"] = forms.DateField(label=gettext("From"), widget=day_input())
        self.fields["to"] = forms.DateField(label=gettext("To"), widget=day_input())

    def clean_from(self) -> date | None:
        return _within(self.cleaned_data["from"])

    def clean_to(self) -> date | None:
        return _within(self.cleaned_data["to"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and last < first:
            self.add_error("to", gettext("The last day lies before the first."))
        elif first and last and (last - first).days >= DAYS_MAX:
            self.add_error("to", gettext("At most %(days)s days are shown at once.") % {"days": DAYS_MAX})
        return cleaned

    @property
    def span(self) -> tuple[date, date]:
        """The days asked for; those shown by default where they make no sense."""
        if self.is_valid():
            return self.cleaned_data["from"], self.cleaned_data["to"]
        return self.first, self.last
