"""The form of a plan of stages: a card for each stage and each exception, with one more that is empty."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cases.forms import note_field
from cases.stage_publishing import CODE_MAX, EXAM_DAYS_MAX, REST_DAYS_MAX, WATCH_DAYS_MAX
from cases.stages import Band, Other, Plan, Terms, name_of
from lending.buckets import BUCKETS
from lending.models import Product

STAGES_MAX, EXCEPTIONS_MAX = 8, 12
_BUCKETS = [(bucket.code, bucket.code) for bucket in BUCKETS]


class StagePlanForm(forms.Form):
    """A stage without a code, and an exception without a stage, is left out."""

    def __init__(self, *args: Any, plan: Plan, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["valid_from"] = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
        self.stages = [*plan.stages, None][:STAGES_MAX]
        self.others = [*plan.exceptions, None][:EXCEPTIONS_MAX]
        for n, stage in enumerate(self.stages):
            self._add(f"stage{n}", _stage_fields(), stage)
        known = [("", _("none")), *((each.code, name_of(each)) for each in plan.stages)]
        for n, other in enumerate(self.others):
            self._add(f"other{n}", _other_fields(known), other)
        self.fields["words"] = note_field(_("Why"), rows=2)

    def _add(self, prefix: str, fields: dict[str, forms.Field], values: Any) -> None:
        for name, field in fields.items():
            field.initial = getattr(values, name) if values else field.initial
            self.fields[f"{prefix}_{name}"] = field

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        shown = [
            (name_of(stage) if stage else _("One more stage"), f"stage{n}_") for n, stage in enumerate(self.stages)
        ]
        shown += [
            (_("Exception") if other else _("One more exception"), f"other{n}_") for n, other in enumerate(self.others)
        ]
        return [(title, [self[name] for name in self.fields if name.startswith(prefix)]) for title, prefix in shown]

    @property
    def plan(self) -> Plan:
        """What was typed, by the order of the buckets."""
        typed = [self._typed(f"stage{n}", Terms._fields) for n in range(len(self.stages))]
        others = [self._typed(f"other{n}", Other._fields) for n in range(len(self.others))]
        found = [Terms(**each) for each in typed if each["code"]]
        return Plan(
            tuple(sorted(found, key=lambda stage: stage.from_bucket)),
            tuple(Other(**each) for each in others if each["stage"]),
        )

    def _typed(self, prefix: str, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: self.cleaned_data[f"{prefix}_{name}"] for name in names}


def _stage_fields() -> dict[str, forms.Field]:
    return {
        "code": forms.SlugField(label=_("Code"), max_length=CODE_MAX, required=False),
        "name": forms.CharField(label=_("Name in English"), max_length=40, required=False),
        "name_zh": forms.CharField(label=_("Name in Chinese"), max_length=40, required=False),
        "from_bucket": forms.ChoiceField(label=_("From bucket"), choices=_BUCKETS),
        "rest_days": forms.IntegerField(
            label=_("Rest after a talk, days"), min_value=0, max_value=REST_DAYS_MAX, initial=3
        ),
        "watch_days": forms.IntegerField(
            label=_("Watch after cure, days"), min_value=0, max_value=WATCH_DAYS_MAX, initial=30
        ),
        "exam_days": forms.IntegerField(
            label=_("An examination holds, days"),
            min_value=0,
            max_value=EXAM_DAYS_MAX,
            initial=0,
            help_text=_("Whoever works this stage has passed one within so many days. 0: none is asked."),
        ),
        "words": note_field(_("Treatment in English"), required=False),
        "words_zh": note_field(_("Treatment in Chinese"), required=False),
    }


def _other_fields(known: list[tuple[str, str]]) -> dict[str, forms.Field]:
    codes = Product.objects.order_by("code").values_list("code", flat=True).distinct()
    products = [("", _("any")), *((code, code) for code in codes)]
    return {
        "stage": forms.ChoiceField(label=_("Stands in stage"), choices=known, required=False),
        "product": forms.ChoiceField(label=_("Product"), choices=products, required=False),
        "band": forms.ChoiceField(label=_("Risk"), choices=[("", _("any")), *Band.choices], required=False),
        "from_bucket": forms.ChoiceField(label=_("From bucket"), choices=_BUCKETS, initial="M1"),
        "to_bucket": forms.ChoiceField(label=_("To bucket"), choices=_BUCKETS, initial="M1"),
    }
