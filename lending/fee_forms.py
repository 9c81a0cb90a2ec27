"""Forms of costs: they clean, the services act."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from lending.forms import day_input
from lending.models import Fee
from lending.money import plain_amount
from lending.terms_forms import words_field
from lending.waiver_forms import AmountField


class FeeForm(forms.Form):
    """What was paid for, how much, when, and what shows it."""

    def __init__(self, *args: Any, currency: str, last: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"] = forms.ChoiceField(label=_("Cost"), choices=[("", _("Choose")), *Fee.Kind.choices])
        self.fields["amount"] = AmountField(currency, _("Amount"))
        self.fields["amount"].required = True
        self.fields["incurred_on"] = forms.DateField(
            label=_("Owed from"), widget=day_input(), initial=last,
            help_text=_("Money of that day or later settles it in its place."),
        )  # fmt: skip
        self.fields["source"] = forms.CharField(
            label=_("Shown by"), max_length=120, help_text=_("The ruling, invoice or clause.")
        )
        self.fields["words"] = words_field()


class FeeWaiverForm(forms.Form):
    """How much of a cost is given up, and why."""

    def __init__(self, *args: Any, currency: str, most: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"] = AmountField(currency, _("Amount"))
        self.fields["amount"].required = True
        self.fields["amount"].initial = plain_amount(most, currency)
        self.fields["words"] = words_field()
