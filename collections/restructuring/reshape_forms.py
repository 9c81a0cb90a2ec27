"""Forms of a restructuring: what comes in and goes out, and the plan made of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lending.forms import AmountField, day_input
from lending.models import Borrower
from lending.money import format_amount
from restructuring.finding import ARREARS, Shape
from restructuring.forms import REASONS
from restructuring.instruments.arrears import Treatment
from restructuring.instruments.postponing import Interest
from restructuring.models import Means

AMOUNTS = ("income", *Means.ESSENTIALS, "debts")
LABELS: Mapping[str, Any] = {
    "income": gettext_lazy("Income a month"),
    "housing": gettext_lazy("Housing"),
    "food": gettext_lazy("Food"),
    "health": gettext_lazy("Health"),
    "family": gettext_lazy("Family and school"),
    "other": gettext_lazy("Other essentials"),
    "debts": gettext_lazy("Instalments of other debts"),
}
ARREARS_WORDS = {
    Treatment.FIRST: gettext_lazy("with the first instalment"),
    Treatment.SPREAD: gettext_lazy("spread over all instalments"),
    Treatment.CAPITALISE: gettext_lazy("added to the principal"),
}
INTEREST_WORDS = {
    Interest.CAPITALISED: gettext_lazy("is added to the principal"),
    Interest.FROZEN: gettext_lazy("is not charged"),
}


class ReshapeForm(forms.Form):
    """Means and shape in one: the plan that is asked for stands on what was stated with it."""

    dependants = forms.IntegerField(label=gettext_lazy("Dependants"), min_value=0, max_value=30, required=False)
    papers = forms.CharField(
        label=gettext_lazy("Papers seen"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("References of pay slips, bank statements or certificates; empty: declared only."),
    )
    hardship_until = forms.DateField(
        label=gettext_lazy("Hardship expected to end on"), required=False, widget=day_input()
    )
    periods = forms.IntegerField(label=gettext_lazy("Instalments"), min_value=1, max_value=60)
    rest = forms.IntegerField(label=gettext_lazy("Periods without payment first"), min_value=0, max_value=12)
    interest = forms.ChoiceField(label=gettext_lazy("Interest of that time"), choices=list(INTEREST_WORDS.items()))
    grace = forms.IntegerField(label=gettext_lazy("Then of interest alone"), min_value=0, max_value=24)
    rate = forms.CharField(
        label=gettext_lazy("Lower rate, percent a year"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    arrears = forms.ChoiceField(
        label=gettext_lazy("Interest past due"), choices=[(each, ARREARS_WORDS[each]) for each in ARREARS]
    )
    reason = forms.ChoiceField(label=gettext_lazy("Why the borrower needs it"), choices=REASONS)
    explanation = forms.CharField(
        label=gettext_lazy("Explanation"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    MEANS_FIELDS = (*AMOUNTS, "dependants", "papers", "hardship_until")
    SHAPE_FIELDS = ("periods", "rest", "interest", "grace", "rate", "arrears")

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in AMOUNTS:
            self.fields[name] = AmountField(currency, label=LABELS[name], required=name == "income")
        self.currency = currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in AMOUNTS:
            if (cleaned.get(name) or 0) < 0:
                self.add_error(name, _("An amount is not negative."))
        if cleaned.get("grace") and cleaned.get("periods") and cleaned["grace"] >= cleaned["periods"]:
            self.add_error("grace", _("Fewer than there are instalments."))
        return cleaned

    @property
    def means_fields(self) -> list[Any]:
        return [self[name] for name in self.MEANS_FIELDS]

    @property
    def shape_fields(self) -> list[Any]:
        return [self[name] for name in self.SHAPE_FIELDS]

    def means(self, borrower: Borrower, on: date) -> Means | None:
        """What is stated so far, not saved; None without an income."""
        said = self.cleaned_data
        if said.get("income") is None or any(name in self.errors for name in AMOUNTS):
            return None
        amounts = {name: said.get(name) or 0 for name in AMOUNTS}
        return Means(
            borrower=borrower,
            dependants=said.get("dependants") or 0,
            papers=said.get("papers") or "",
            hardship_until=said.get("hardship_until"),
            stated_on=on,
            **amounts,
        )

    def shape(self) -> Shape | None:
        """The plan as it stands in the form; None while it makes none."""
        said = self.cleaned_data
        if any(name in self.errors for name in self.SHAPE_FIELDS) or not said.get("periods"):
            return None
        return Shape(**{name: said[name] for name in self.SHAPE_FIELDS})


def typed_means(means: Means | None) -> dict[str, Any]:
    """Stated before, as the form shows it."""
    if means is None:
        return {}
    shown: dict[str, Any] = {
        "dependants": means.dependants,
        "papers": means.papers,
        "hardship_until": means.hardship_until,
    }
    return shown | {name: format_amount(getattr(means, name), "CNY") for name in AMOUNTS}
