"""The form of an approval matrix: a card for each limit, with one more that is empty; and of who stands in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cases.forms import note_field
from lending.forms import AmountField, day_input
from lending.money import format_amount
from restructuring.limit_publishing import DECIDE_DAYS_MAX, MAJOR, name_of
from restructuring.matrix import LEVELS, Limit, Matrix
from restructuring.models import PlanRequest
from staff.matrix import MATRIX
from staff.models import User

LIMITS_MAX = 12
AMOUNTS = ("amount_max", "given_up_max", "day_max", "month_max")


class MatrixForm(forms.Form):
    """A limit without a role is left out."""

    def __init__(self, *args: Any, matrix: Matrix, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["valid_from"] = forms.DateField(label=_("From"), widget=day_input())
        self.fields["decide_days"] = forms.IntegerField(
            label=_("Days to decide"),
            min_value=1,
            max_value=DECIDE_DAYS_MAX,
            initial=matrix.decide_days,
            help_text=_("What nobody decided by then goes to the next level."),
        )
        self.limits: list[Limit | None] = [*matrix.limits, None][:LIMITS_MAX]
        for n, limit in enumerate(self.limits):
            for name, field in _limit_fields().items():
                if limit:
                    value = getattr(limit, name)
                    field.initial = format_amount(value, MAJOR) if name in AMOUNTS else value
                self.fields[f"limit{n}_{name}"] = field
        self.fields["words"] = note_field(_("Why"), rows=2)

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        shown = [
            (name_of(limit) if limit else _("One more limit"), f"limit{n}_") for n, limit in enumerate(self.limits)
        ]
        return [(title, [self[name] for name in self.fields if name.startswith(prefix)]) for title, prefix in shown]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for n in range(len(self.limits)):
            for name in Limit._fields:
                field = f"limit{n}_{name}"
                if cleaned.get(f"limit{n}_role") and cleaned.get(field) in {None, ""} and field not in self.errors:
                    self.add_error(field, _("Give a value."))
        return cleaned

    @property
    def matrix(self) -> Matrix:
        """What was typed."""
        typed = [
            Limit(**{name: self.cleaned_data[f"limit{n}_{name}"] for name in Limit._fields})
            for n in range(len(self.limits))
            if self.cleaned_data[f"limit{n}_role"]
        ]
        return Matrix(tuple(typed), self.cleaned_data["decide_days"])


def _limit_fields() -> dict[str, forms.Field]:
    roles = [("", _("none")), *((str(role), str(role.label)) for role in LEVELS)]
    return {
        "role": forms.ChoiceField(label=_("Role"), choices=roles, required=False),
        "instrument": forms.ChoiceField(label=_("Plan"), choices=PlanRequest.Instrument.choices, required=False),
        "approvers": forms.TypedChoiceField(
            label=_("Approvers"), choices=[(1, "1"), (2, "2")], coerce=int, empty_value=None, required=False
        ),
        "days_max": forms.IntegerField(label=_("Days later in all"), min_value=1, required=False),
        "per_loan_max": forms.IntegerField(label=_("Times on a loan"), min_value=1, required=False),
        "amount_max": AmountField(MAJOR, label=_("Principal of one decision"), required=False),
        "given_up_max": AmountField(MAJOR, label=_("Interest given up"), required=False),
        "day_max": AmountField(MAJOR, label=_("Principal in a day"), required=False),
        "month_max": AmountField(MAJOR, label=_("Principal in a month"), required=False),
    }


class StandInForm(forms.Form):
    person = forms.ModelChoiceField(queryset=User.objects.none())
    from_on = forms.DateField(widget=day_input())
    to_on = forms.DateField(widget=day_input())

    def __init__(self, *args: Any, asking: User, **options: Any) -> None:
        super().__init__(*args, **options)
        deciders = User.objects.filter(role__in=MATRIX["restructuring.decide"], is_active=True).exclude(pk=asking.pk)
        person: Any = self.fields["person"]
        person.queryset = deciders.order_by("display_name", "username")
        person.label, person.empty_label = _("Who stands in"), _("Choose")
        self.fields["from_on"].label, self.fields["to_on"].label = _("First day away"), _("Last day away")
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=120, required=False)
