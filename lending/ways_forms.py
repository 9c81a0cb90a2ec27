"""Forms of pay links, consent and direct debits: they clean, the services act."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lending.forms import NOTE_MAX, AmountField, day_input
from lending.models import Loan, Mandate, PayLink
from lending.money import plain_amount
from lending.pay_links import DAYS_DEFAULT, DAYS_MAX, Choice
from lending.templatetags.money import in_currency

DRAWER_ID = "drawer_%s"
OTHER = PayLink.Covers.OTHER


def end_of(day: date) -> datetime:
    """The last moment of that day, which is the first of the next, in the business time zone."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=get_default_timezone())


class PayLinkForm(forms.Form):
    """What the link asks for, as it was shown: the amount stands in the choice, so that a changed one is noticed."""

    covers = forms.ChoiceField(label=_("What it is for"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, loan: Loan, choices: Sequence[Choice], today: date, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID} | options)
        offered = [(f"{choice.covers}:{choice.amount}", _label(choice, loan.currency)) for choice in choices]
        covers = self.fields["covers"]
        assert isinstance(covers, forms.ChoiceField)
        covers.choices = [*offered, (OTHER, OTHER.label)]
        covers.initial = offered[0][0] if offered else OTHER
        words = gettext("Other amount, %(currency)s") % {"currency": loan.currency}
        self.fields["amount"] = AmountField(loan.currency, label=words, required=False)
        widget = day_input(min=today, max=today + timedelta(days=DAYS_MAX))
        self.fields["last_on"] = forms.DateField(
            label=gettext("Can be paid until the end of"), initial=today + timedelta(days=DAYS_DEFAULT), widget=widget
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        covers, _colon, amount = str(cleaned.get("covers", "")).partition(":")
        cleaned["covers"] = covers
        if covers == OTHER and not cleaned.get("amount") and "amount" not in self.errors:
            self.add_error("amount", gettext("Say how much."))
        elif amount:
            cleaned["amount"] = int(amount)
        return cleaned

    @property
    def made(self) -> dict[str, Any]:
        """What the service is told."""
        given = self.cleaned_data
        return {"covers": given["covers"], "amount": given["amount"], "expires_at": end_of(given["last_on"])}


def _label(choice: Choice, currency: str) -> str:
    facts = {"label": choice.covers.label, "amount": in_currency(choice.amount, currency)}
    if choice.due_on is None:
        return gettext("%(label)s: %(amount)s") % facts
    facts |= {"n": choice.n, "day": choice.due_on.isoformat()}
    return gettext("%(label)s, no. %(n)s of %(day)s: %(amount)s") % facts


class MandateForm(forms.Form):
    account = forms.CharField(
        label=_("Account or card number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text=_("Kept encrypted; only the last four digits are ever shown again."),
    )
    bank = forms.CharField(label=_("Bank"), max_length=60)
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=NOTE_MAX,
        help_text=_("Where the consent can be seen or heard: the recording, the signed form."),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID} | options)
        self.fields["from_on"] = forms.DateField(label=gettext("Valid from"), initial=today, widget=day_input())


class RevokeForm(forms.Form):
    words = forms.CharField(
        label=_("How the borrower said so"), max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )


class DebitForm(forms.Form):
    """Which account, and how much of what is due."""

    def __init__(self, *args: Any, loan: Loan, mandates: Sequence[Mandate], due: int, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID} | options)
        self.mandates = {str(mandate.pk): mandate for mandate in mandates}
        self.fields["mandate"] = forms.ChoiceField(
            label=gettext("Account to debit"), choices=[(key, str(mandate)) for key, mandate in self.mandates.items()]
        )
        words = gettext("Amount, %(currency)s") % {"currency": loan.currency}
        self.fields["amount"] = AmountField(loan.currency, label=words, initial=plain_amount(due, loan.currency))

    def clean_mandate(self) -> Mandate:
        return self.mandates[self.cleaned_data["mandate"]]

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(gettext("The amount must be more than zero."))
        return amount
