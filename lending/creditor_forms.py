"""Forms of shares, guarantees, what guarantors paid, notices and consents: they clean, the services act."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lending.forms import day_input
from lending.models import AssignmentNotice, Funder, Product
from lending.models.creditors import CAP_MAX_PPM
from lending.money import PPM
from lending.terms_forms import PercentField, words_field

SHARES_MAX = 5


class SharesForm(forms.Form):
    """The funders of a loan with their shares; empty rows are passed over."""

    from_on = forms.DateField(label=gettext_lazy("From"), widget=day_input())

    def __init__(self, *args: Any, shares: list[tuple[str, int]], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", "–"), *((funder.code, str(funder)) for funder in Funder.objects.order_by("code"))]
        for n in range(1, SHARES_MAX + 1):
            code, ppm = shares[n - 1] if n <= len(shares) else ("", None)
            number = {"n": n}
            self.fields[f"funder_{n}"] = forms.ChoiceField(
                label=_("Funder %(n)s") % number, choices=choices, required=False, initial=code
            )
            self.fields[f"share_{n}"] = PercentField(
                label=_("Share %(n)s, %%") % number, required=False, initial=ppm, most=PPM
            )
        self.fields["words"] = words_field()

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"funder_{n}"], self[f"share_{n}"]) for n in range(1, SHARES_MAX + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        shares: dict[str, int] = {}
        for n in range(1, SHARES_MAX + 1):
            code, ppm = cleaned.get(f"funder_{n}"), cleaned.get(f"share_{n}")
            if code in shares:
                self.add_error(f"funder_{n}", _("This funder is named twice."))
            elif code and not ppm:
                self.add_error(f"share_{n}", _("Give the share of this funder."))
            elif code:
                shares[code] = int(ppm or 0)
            elif ppm:
                self.add_error(f"funder_{n}", _("Choose whose share this is."))
        if not self.errors and sum(shares.values()) != PPM:
            self.add_error("share_1", _("The shares of all funders sum to 100 %."))
        cleaned["shares"] = shares
        return cleaned


class GuaranteeForm(forms.Form):
    """Whom a guarantee covers, who gives it, how far and from when."""

    def __init__(self, *args: Any, loan: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        funders = [(funder.code, str(funder)) for funder in Funder.objects.order_by("code")]
        products = sorted(set(Product.objects.values_list("code", flat=True)))
        if not loan:
            self.fields["funder"] = forms.ChoiceField(label=_("Whose loans"), choices=[("", _("Choose")), *funders])
            self.fields["product"] = forms.ChoiceField(
                label=_("Of which product"), required=False,
                choices=[("", _("all products")), *((code, code) for code in products)],
            )  # fmt: skip
        self.fields["guarantor"] = forms.ChoiceField(label=_("Guarantor"), choices=[("", _("Choose")), *funders])
        self.fields["cap_ppm"] = PercentField(
            label=_("First loss up to, %"), most=CAP_MAX_PPM,
            help_text=_("Of all principal lent under it, such as 10; over 100 to cover interest in full too. 0: not guaranteed, not by a wider guarantee either."),
        )  # fmt: skip
        self.fields["trigger_days"] = forms.IntegerField(
            label=_("Paid from days past due"), min_value=1, max_value=3650, help_text=_("Such as 80.")
        )
        self.fields["penalty_rate_ppm"] = PercentField(
            label=_("Penalty on what it paid for, % a year"), required=False,
            help_text=_("On the whole amount, from the day of its payment. Empty: as the product says."),
        )  # fmt: skip
        self.fields["from_on"] = forms.DateField(label=_("From"), widget=day_input())
        self.fields["words"] = words_field()
        self.loan = loan

    @property
    def content(self) -> dict[str, Any]:
        names = ("funder", "product", "guarantor", "cap_ppm", "trigger_days")
        return {name: self.cleaned_data.get(name) or "" for name in names[:3]} | {
            "cap_ppm": self.cleaned_data["cap_ppm"] or 0,
            "trigger_days": self.cleaned_data["trigger_days"],
            "penalty_rate_ppm": self.cleaned_data["penalty_rate_ppm"],
            "loan": self.loan,
        }


class GuarantorPaymentForm(forms.Form):
    """What the guarantor paid for, when, and by which reference; the amount follows from the book."""

    what = forms.ChoiceField(label=gettext_lazy("Paid for"), widget=forms.RadioSelect)
    paid_on = forms.DateField(label=gettext_lazy("Paid on"), widget=day_input())
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=80,
        help_text=gettext_lazy("The bank's, or the number of the notice of payment."),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], last: date, **options: Any) -> None:
        super().__init__(*args, **options)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = choices
        self.initial.update({"what": choices[0][0], "paid_on": last})
        self.fields["words"] = words_field()


class ReversalForm(forms.Form):
    """Why a guarantor's payment is taken back."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["words"] = words_field()


class DatedFactForm(forms.Form):
    """A day up to the business date and the proof of what happened on it."""

    given_on = forms.DateField(label=gettext_lazy("On"), widget=day_input())

    def __init__(self, *args: Any, last: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.last = last
        self.initial.setdefault("given_on", last)

    def clean_given_on(self) -> date:
        day: date = self.cleaned_data["given_on"]
        if day > self.last:
            raise forms.ValidationError(_("That day lies ahead of the business date."))
        return day


class NoticeForm(DatedFactForm):
    means = forms.ChoiceField(label=gettext_lazy("How"), choices=AssignmentNotice.Means.choices)
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"), max_length=120, help_text=gettext_lazy("Tracking number, message or recording.")
    )


class ConsentForm(DatedFactForm):
    funder = forms.ChoiceField(label=gettext_lazy("Funder"))
    reference = forms.CharField(
        label=gettext_lazy("Reference"), max_length=120, help_text=gettext_lazy("Its letter, mail or ticket.")
    )

    def __init__(self, *args: Any, funders: list[Funder], **options: Any) -> None:
        super().__init__(*args, **options)
        self.by_code = {funder.code: funder for funder in funders}
        funder = self.fields["funder"]
        assert isinstance(funder, forms.ChoiceField)
        funder.choices = [(code, str(each)) for code, each in self.by_code.items()]

    def clean_funder(self) -> Funder:
        return self.by_code[self.cleaned_data["funder"]]
