"""Forms of waivers: they clean, the services act."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lending.models import WaiverRequest
from lending.money import AmountError, format_amount, parse_amount
from lending.waivable import COMPONENTS, Parts, in_house_order

Kind, Reason = WaiverRequest.Kind, WaiverRequest.Reason
WAIVER_REASONS = [Reason.HARDSHIP, Reason.SETTLEMENT, Reason.OUR_MISTAKE, Reason.COMPLAINT, Reason.DECEASED]
DRAWER_ID = "drawer_%s"
"""How fields of a drawer are named, so that they share no id with those of the page behind it."""
WRITE_OFF_REASONS = [Reason.UNCOLLECTABLE, Reason.DECEASED, Reason.FRAUD]


class AmountField(forms.CharField):
    """An amount in major units, cleaned to minor units; nothing is None."""

    def __init__(self, currency: str, label: Any, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs={"class": "money", "inputmode": "decimal", "autocomplete": "off"}),
        )
        self.currency = currency

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = parse_amount(text, self.currency)
        except AmountError:
            raise forms.ValidationError(_("Give an amount like 1234.56.")) from None
        if amount < 0:
            raise forms.ValidationError(_("An amount to waive is not negative."))
        return amount


class AmountsForm(forms.Form):
    """How much: in all, split in house order, or by component. `parts` is what either comes to, None when it is nothing."""

    how = forms.ChoiceField(
        label=gettext_lazy("Waive"),
        choices=[("total", gettext_lazy("An amount in all")), ("parts", gettext_lazy("By component"))],
        widget=forms.RadioSelect,
        initial="total",
    )

    def __init__(self, *args: Any, open_now: Parts, currency: str, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID, **options})
        self.open_now, self.currency = open_now, currency
        self.fields["total"] = AmountField(
            currency, _("Amount in all"), _("Penalty first, then interest, then principal.")
        )
        self.fields["penalty"] = AmountField(currency, _("Penalty"))
        self.fields["interest"] = AmountField(currency, _("Interest"))
        self.fields["principal"] = AmountField(currency, _("Principal"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        by_part = cleaned.get("how") == "parts"
        typed = Parts(*(cleaned.get(name) or 0 for name in COMPONENTS)) if by_part else self._split(cleaned)
        for name, amount, most in zip(COMPONENTS, typed, self.open_now, strict=True):
            if amount > most:
                self.add_error(name, _("No more than %(most)s is open.") % {"most": self._shown(most)})
        cleaned["parts"] = typed if typed.total and not self.errors else None
        return cleaned

    def _split(self, cleaned: dict[str, Any]) -> Parts:
        total = cleaned.get("total") or 0
        if total > self.open_now.total:
            self.add_error("total", _("No more than %(most)s is open.") % {"most": self._shown(self.open_now.total)})
            return Parts()
        return in_house_order(total, self.open_now)

    def _shown(self, amount: int) -> str:
        return format_amount(amount, self.currency)


def reason_fields(reasons: list[WaiverRequest.Reason]) -> dict[str, forms.Field]:
    """Why, as a code and in words."""
    choices = [("", _("Choose")), *((reason.value, reason.label) for reason in reasons)]
    return {
        "reason": forms.ChoiceField(label=_("Reason"), choices=choices),
        "words": forms.CharField(label=_("Explanation"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})),
    }


class WaiverForm(AmountsForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields |= reason_fields(WAIVER_REASONS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned["parts"] and not self.errors:
            name = "penalty" if cleaned.get("how") == "parts" else "total"
            self.add_error(name, _("Say how much is to be waived."))
        return cleaned


class WriteOffForm(forms.Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID, **options})
        self.fields |= reason_fields(WRITE_OFF_REASONS)


class DecideForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("approve", gettext_lazy("Approve")), ("reject", gettext_lazy("Reject"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed to reject."),
    )
