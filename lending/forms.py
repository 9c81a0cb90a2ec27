"""Forms of the book's pages: they clean, the services act."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lending.claims import creditor_of
from lending.imports.fields import DAY_FIRST, DAY_LAST
from lending.imports.formats import FORMATS
from lending.models import Borrower, Loan
from lending.money import AmountError, parse_amount, plain_amount
from lending.payment_rules import REFERENCE_MAX
from lending.prepayment import Keep
from lending.workbooks import WORKBOOK_TYPE

NOTE_MAX = 200


class AmountField(forms.CharField):
    """Major units as typed ("1,200.50"), minor units when cleaned."""

    def __init__(self, currency: str, **options: Any) -> None:
        self.currency = currency
        super().__init__(max_length=20, **options)
        self.widget.attrs |= {"class": "money", "inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_amount(text, self.currency)
        except AmountError:
            raise forms.ValidationError(gettext("This is not an amount, such as 1200 or 1200.50.")) from None


def day_input(**limits: date) -> forms.DateInput:
    """A day as the browser's own calendar asks for it."""
    attrs = {"type": "date"} | {name: day.isoformat() for name, day in limits.items()}
    return forms.DateInput(attrs=attrs, format="%Y-%m-%d")


class UploadForm(forms.Form):
    """A file to import. What it is follows from its bytes, never from its name."""

    format = forms.ChoiceField(
        label=_("What it holds"),
        choices=lambda: [(each.code, each.label) for each in FORMATS.values()],
        initial="native",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        max_length=200,
        help_text=_("CSV in UTF-8 or GBK, or a workbook (XLSX). It is tried first; nothing changes until you say so."),
        widget=forms.ClearableFileInput(attrs={"accept": f".csv,text/csv,.xlsx,{WORKBOOK_TYPE}"}),
    )

    def __init__(self, *args: Any, is_too_large: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_too_large:  # it was left unread
            self.fields["file"].error_messages["required"] = self._too_large()

    def clean_file(self) -> "File[bytes]":
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_BYTES_MAX:
            raise forms.ValidationError(self._too_large())
        return file

    @staticmethod
    def _too_large() -> str:
        largest = filesizeformat(settings.UPLOAD_BYTES_MAX)
        return gettext("The file is larger than %(largest)s. Split it.") % {"largest": largest}


class AsOfForm(forms.Form):
    """The day as of which a loan is shown."""

    on = forms.DateField(label=_("As of"), required=False, widget=day_input())

    def __init__(self, *args: Any, default: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.default = default

    def clean_on(self) -> date:
        on: date | None = self.cleaned_data["on"]
        if on and not DAY_FIRST <= on <= DAY_LAST:
            raise forms.ValidationError(_("No loan of this book stands on that day."))
        return on or self.default


class PaymentForm(forms.Form):
    """Money that somebody has seen come in. Without a reference the console gives one."""

    value_on = forms.DateField(label=_("Value day"), help_text=_("The day on which the money was there."))
    reference = forms.CharField(
        label=_("Reference"),
        max_length=REFERENCE_MAX,
        required=False,
        help_text=_("As the bank's statement has it. Leave it empty and one is made."),
    )
    note = forms.CharField(
        label=_("Note"), max_length=NOTE_MAX, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, loan: Loan, on: date, debts: int = 1, **options: Any) -> None:
        super().__init__(*args, **options)
        self.loan, self.on = loan, on
        if debts > 1:
            self.fields = {"over": _over_field(loan, debts), **self.fields}
        amount = AmountField(loan.currency, label=gettext("Amount, %(currency)s") % {"currency": loan.currency})
        self.fields = {"amount": amount, **self.fields}
        self.fields["value_on"].widget = day_input(min=loan.start_on, max=on)
        self.fields["value_on"].initial = on

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(gettext("The amount must be more than zero."))
        return amount

    def clean_value_on(self) -> date:
        value_on: date = self.cleaned_data["value_on"]
        if value_on > self.on:
            raise forms.ValidationError(
                gettext("The business date is %(day)s; money of a later day comes later.") % {"day": self.on}
            )
        if value_on < self.loan.start_on:
            raise forms.ValidationError(gettext("The loan starts on %(day)s.") % {"day": self.loan.start_on})
        return value_on


def _over_field(loan: Loan, debts: int) -> forms.ChoiceField:
    """Which debt the borrower's money is for, where there are several to the same funder."""
    others = gettext("All %(debts)s loans from %(funder)s: what is due first, then the dearest")
    return forms.ChoiceField(
        label=gettext("The borrower says it is for"),
        choices=[
            ("loan", gettext("This loan")),
            ("all", others % {"debts": debts, "funder": creditor_of(loan)}),
        ],
        initial="loan",
        widget=forms.RadioSelect,
    )


class PrepaymentForm(PaymentForm):
    """Money that pays principal before its day, and what stays as it was."""

    keep = forms.ChoiceField(
        label=_("What stays"),
        choices=[
            (Keep.INSTALMENT, _("The instalment; the loan ends sooner")),
            (Keep.TERM, _("The end; instalments are smaller")),
        ],
        initial=Keep.INSTALMENT,
        widget=forms.RadioSelect,
    )


class ReasonForm(forms.Form):
    """Why a payment is reversed."""

    note = forms.CharField(label=_("Why"), max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 2}))


class RefundForm(forms.Form):
    """How much of what settled nothing goes back, and why."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("And to which account: whoever decides sends it there."),
    )

    def __init__(self, *args: Any, currency: str, held: int, **options: Any) -> None:
        super().__init__(*args, **options)
        label = gettext("Amount, %(currency)s") % {"currency": currency}
        initial = plain_amount(held, currency)
        self.fields = {"amount": AmountField(currency, label=label, initial=initial), **self.fields}


class RefundDecisionForm(forms.Form):
    """Approve or reject."""

    verdict = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("Approve: the money goes back")), ("reject", _("Reject"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Note"), max_length=NOTE_MAX, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class MatchForm(forms.Form):
    """The loan that suspended money belongs to."""

    number = forms.CharField(max_length=64, widget=forms.HiddenInput)
    note = forms.CharField(label=_("Note"), max_length=NOTE_MAX, required=False)


class ReturnForm(forms.Form):
    """How suspended money went back."""

    note = forms.CharField(
        label=_("How it went back"),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The transfer's own reference, its day and who ordered it."),
    )


class PayoffForm(forms.Form):
    """The day for which a pay-off is quoted."""

    on = forms.DateField(label=_("Paid on"))

    def __init__(self, *args: Any, first: date, last: date, first_choice: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.first, self.last, self.first_choice = first, last, first_choice
        self.fields["on"].widget = day_input(min=first, max=last)

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not self.first <= on <= self.last:
            raise forms.ValidationError(
                gettext("Choose a day from %(first)s to %(last)s.") % {"first": self.first, "last": self.last}
            )
        return on


class StatementForm(forms.Form):
    """Days and language of a statement; what is left out is the loan's whole life up to now, in the borrower's language."""

    def __init__(self, *args: Any, loan: Loan, latest: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.loan, self.latest = loan, latest
        self.fields["from"] = forms.DateField(label=gettext("From"), required=False, widget=day_input())
        self.fields["to"] = forms.DateField(label=gettext("To"), required=False, widget=day_input(max=latest))
        self.fields["language"] = forms.ChoiceField(
            label=gettext("Language"), choices=Borrower.Language.choices, required=False
        )

    def clean_from(self) -> date:
        first: date | None = self.cleaned_data["from"]
        if first and not DAY_FIRST < first <= DAY_LAST:
            raise forms.ValidationError(gettext("No loan of this book stands on that day."))
        return first or self.loan.start_on

    def clean_to(self) -> date:
        last: date | None = self.cleaned_data["to"]
        if last and last > self.latest:
            words = gettext("A statement ends on the business date, %(day)s, or before.")
            raise forms.ValidationError(words % {"day": self.latest})
        return last or self.latest

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and last < first:
            self.add_error("to", gettext("The last day lies before the first."))
        return cleaned
