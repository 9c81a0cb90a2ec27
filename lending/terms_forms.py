"""Forms in which new versions of products and funders are put forward: they clean, the services act."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lending.allocation import PRESETS
from lending.bucket_terms import BucketsError, buckets_of, text_of
from lending.forms import day_input
from lending.funder_terms import INSTRUMENTS, LABELS, RIGHTS
from lending.lenders import LenderKind
from lending.models import Funder, FunderVersion, Product
from lending.money import PPM, parse_rate
from lending.product_terms import CHOICES, meaning, sections, term_fields, value_words
from lending.rights import Right
from lending.versions import NAMES

RATE_MAX_PPM = 10 * PPM
AS_BEFORE, NONE = "as_before", "none"
ORDERS = {
    "loan": gettext_lazy("Loan: fees, penalty, interest, principal"),
    "card_to_90": gettext_lazy("Card up to 90 days: interest, fees, principal"),
    "card_from_91": gettext_lazy("Card from 91 days: principal, interest, fees"),
}


class PercentField(forms.CharField):
    """Percent as typed ("15.6"), parts per million when cleaned."""

    def __init__(self, *, most: int = RATE_MAX_PPM, **options: Any) -> None:
        self.most = most
        super().__init__(max_length=12, **options)
        self.widget.attrs |= {"class": "money", "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return f"{value / 10_000:.4f}".rstrip("0").rstrip(".") if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            ppm = parse_rate(text)
        except (ValueError, ArithmeticError):
            raise forms.ValidationError(_("Give percent like 15.6.")) from None
        if not 0 <= ppm <= self.most:
            raise forms.ValidationError(_("Give percent from 0 to %(most)s."), params={"most": self.most // 10_000})
        return ppm


class BucketsField(forms.CharField):
    """Buckets as typed; in one spelling when cleaned."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return text_of(buckets_of(text)) if text else ""
        except BucketsError as error:
            raise forms.ValidationError(str(error)) from None


class OrderField(forms.ChoiceField):
    """An order of allocation by its preset's name; one that is no preset can stay as it is."""

    def __init__(self, term: str, now: list[str], **options: Any) -> None:
        self.now = now
        may_be_empty = term == "allocation_order_late"
        empty = NONE if may_be_empty else "loan"
        names = [empty] if not now else [name for name, order in PRESETS.items() if list(order) == now]
        choices = [(NONE, value_words(term, []))] if may_be_empty else []
        if not names:
            choices.append((AS_BEFORE, value_words(term, now)))
        self.first = names[0] if names else AS_BEFORE
        super().__init__(choices=[*choices, *ORDERS.items()], initial=self.first, **options)

    def clean(self, value: Any) -> list[str]:
        name = super().clean(value)
        if name == self.first:
            return self.now
        return [str(each) for each in PRESETS[name]] if name in PRESETS else []


def words_field() -> forms.CharField:
    """Why: whoever decides reads it."""
    return forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whoever decides reads this."),
    )  # fmt: skip


def code_field() -> forms.SlugField:
    return forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("How files and machines name it, such as cash-2026. It never changes."),
    )


class ProductForm(forms.Form):
    """The terms of a version: a field for each field of the model, in the model's sections."""

    def __init__(self, *args: Any, terms: Mapping[str, Any], is_new: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_new:
            self.fields["code"] = code_field()
        self.fields["valid_from"] = forms.DateField(
            label=_("Valid from"),
            widget=day_input(),
            help_text=_("Loans that start on this day or later follow these terms."),
        )
        for name, field in term_fields().items():
            self.fields[name] = _term_field(name, field, terms.get(name, field.get_default()))
        self.fields["words"] = words_field()

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Product.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a product of this code."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("penalty_rate_ppm") and cleaned.get("penalty_markup_ppm") is not None:
            self.add_error("penalty_markup_ppm", _("Give a rate or a markup, not both."))
        if cleaned.get("grace_in_working_days") and not cleaned.get("calendar"):
            self.add_error("calendar", _("Say whose working days the grace is counted in."))
        if cleaned.get("due_move", Product.DueMove.NONE) != Product.DueMove.NONE and not cleaned.get("calendar"):
            self.add_error("calendar", _("Say by whose days off due days move."))
        return cleaned

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by section."""
        return [(str(section), [self[name] for name in names]) for section, names in sections()]

    @property
    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in term_fields()}


def _term_field(name: str, field: "models.Field[Any, Any]", now: Any) -> forms.Field:
    """The form's field for a term, with what it means; by its name where that says more than its type."""
    told: dict[str, Any] = {"label": meaning(name).label, "help_text": meaning(name).help}
    if name.startswith("allocation_order"):
        return OrderField(name, list(now or []), **told)
    if name == "buckets":
        return BucketsField(initial=now, required=False, max_length=300, **told)
    needed = not (field.null or field.blank)
    if name.endswith("_ppm"):
        most = PPM if name == "tolerance_ppm" else RATE_MAX_PPM
        return PercentField(most=most, initial=now, required=needed, **told)
    if name in CHOICES:
        keeps_int = isinstance(field, models.IntegerField)
        return forms.TypedChoiceField(
            choices=CHOICES[name], coerce=int if keeps_int else str, initial=now, required=needed, **told
        )
    made = field.formfield(initial=now, **told)
    assert made is not None, f"{name} needs a field of its own here"
    if isinstance(made, forms.IntegerField):
        made.min_value = 0
        made.max_value = 10**9
        made.widget.attrs["min"] = 0
    return made


class FunderForm(forms.Form):
    """A funder's names and rights from a day on."""

    def __init__(self, *args: Any, version: FunderVersion | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if version is None:
            self.fields["code"] = code_field()
        self.fields["valid_from"] = forms.DateField(label=_("Valid from"), widget=day_input())
        for name in NAMES:
            of = FunderVersion._meta.get_field(name)
            assert isinstance(of, models.CharField)
            now = getattr(version, name) if version else ""
            if of.choices:
                self.fields[name] = forms.ChoiceField(
                    label=str(LABELS[name]), choices=LenderKind.choices, required=False, initial=now,
                    help_text=_("Which rules on the cost of credit are shown where a loan is above them."),
                )  # fmt: skip
                continue
            self.fields[name] = forms.CharField(
                label=str(LABELS[name]), max_length=of.max_length, required=not of.blank, initial=now
            )
        rights = version.rights if version else {}
        for instrument, label in INSTRUMENTS.items():
            self.fields[f"right_{instrument}"] = forms.ChoiceField(
                label=str(label), choices=list(RIGHTS.items()), initial=rights.get(instrument, Right.FREE)
            )
        self.fields["words"] = words_field()

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if Funder.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a funder of this code."))
        return code

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        names = [self[name] for name in NAMES]
        return [
            (_("Name"), names),
            (_("What may be done with its claims"), [self[f"right_{each}"] for each in INSTRUMENTS]),
        ]

    @property
    def content(self) -> dict[str, Any]:
        rights = {str(each): str(self.cleaned_data[f"right_{each}"]) for each in INSTRUMENTS}
        return {name: self.cleaned_data[name] for name in NAMES} | {"rights": rights}


class PeriodForm(forms.Form):
    """The days of a report, both included."""

    first = forms.DateField(label=gettext_lazy("From"), widget=day_input())
    last = forms.DateField(label=gettext_lazy("To"), widget=day_input())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "first" in cleaned and "last" in cleaned and cleaned["first"] > cleaned["last"]:
            self.add_error("last", _("The last day is not before the first."))
        return cleaned
