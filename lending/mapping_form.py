"""The form that maps a lender's columns to ours: for each of ours one of theirs, or what every row has."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lending.imports import fields
from lending.imports.columns import LABELS
from lending.imports.fields import FieldError
from lending.imports.formats import Format
from lending.imports.mapping import DayOrder, Mapping

CELL_MAX = 120
DAYS = [
    (DayOrder.YEAR.value, _("Year first: 2026-01-31, 20260131")),
    (DayOrder.DAY.value, _("Day first: 31/01/2026")),
    (DayOrder.MONTH.value, _("Month first: 01/31/2026")),
]


class ColumnRow(NamedTuple):
    """A line of the form: our column, theirs, and what every row has."""

    name: str
    label: str
    is_optional: bool
    column: forms.BoundField
    always: forms.BoundField


class MappingForm(forms.Form):
    """Cleans to `lender` (code and name) and `mapping`."""

    lender = forms.CharField(
        label=_("Lender"), max_length=120, help_text=_("Whose files look so: kept for the next one.")
    )
    days = forms.ChoiceField(label=_("How days are written"), choices=DAYS, initial=DayOrder.YEAR.value)

    def __init__(self, *args: Any, wanted: Format, header: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.wanted, self.header = wanted, header
        self.ours = [name for name in wanted.mappable if name != "funder"]
        choices = [("", gettext("– not in the file –")), *((name, name) for name in header)]
        for name in self.ours:
            label = str(LABELS[name])
            column = forms.ChoiceField(label=label, choices=choices, required=False)
            column.widget.attrs["aria-label"] = gettext("%(column)s: column of the file") % {"column": label}
            always = forms.CharField(label=label, max_length=CELL_MAX, required=False)
            always.widget.attrs |= {
                "aria-label": gettext("%(column)s: the same in every row") % {"column": label},
                "autocomplete": "off",
            }
            self.fields[f"column_{name}"], self.fields[f"always_{name}"] = column, always

    @classmethod
    def initial_of(cls, mapping: Mapping, lender: str = "") -> dict[str, str]:
        """What the form shows of a mapping."""
        return {
            "lender": lender,
            "days": mapping.days.value,
            **{f"column_{ours}": theirs for ours, theirs in mapping.columns.items()},
            **{f"always_{ours}": text for ours, text in mapping.always.items()},
        }

    def rows(self) -> Iterator[ColumnRow]:
        return (self._row(name) for name in self.ours if name not in self.wanted.more)

    def more_rows(self) -> list[ColumnRow]:
        """Columns that few lenders have."""
        return [self._row(name) for name in self.ours if name in self.wanted.more]

    def has_more(self) -> bool:
        """Whether one of them is chosen, or wrong."""
        return any(row.column.value() or row.always.value() or row.column.errors for row in self.more_rows())

    def _row(self, name: str) -> ColumnRow:
        column, always = self[f"column_{name}"], self[f"always_{name}"]
        return ColumnRow(name, str(LABELS[name]), not self.wanted.is_needed(name), column, always)

    def clean_lender(self) -> tuple[str, str]:
        try:
            return fields.code({"lender": self.cleaned_data["lender"].strip()}, "lender")
        except FieldError:
            raise forms.ValidationError(gettext("The name needs a letter or a digit.")) from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.ours:
            is_given = cleaned.get(f"column_{name}") or cleaned.get(f"always_{name}")
            if not is_given and self.wanted.is_needed(name):
                self.add_error(f"column_{name}", gettext("Choose a column, or say what every row has."))
        return cleaned

    @property
    def mapping(self) -> Mapping:
        """What is chosen so far, also where the form is not complete."""
        given = self.cleaned_data
        columns = {name: given[f"column_{name}"] for name in self.ours if given.get(f"column_{name}")}
        always = {
            name: given[f"always_{name}"] for name in self.ours if name not in columns and given.get(f"always_{name}")
        }
        if "funder" in self.wanted.columns:
            always["funder"] = given["lender"][1] if given.get("lender") else str(LABELS["funder"])
        return Mapping(columns, always, DayOrder(given.get("days") or DayOrder.YEAR))
