"""Forms for assignment rules and targets: they clean, `cases.rule_setting` acts."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import stages
from cases.models import AssignmentRule, Target
from lending.models import Borrower, Funder, Loan, Product
from lending.money import AmountError, parse_amount, plain_amount
from staff.models import Team, User

ANY = ("", gettext_lazy("any"))
AMOUNTS = ("amount_from", "amount_below")


def currencies() -> list[tuple[str, Any]]:
    """Those that the book holds."""
    found = Loan.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return [("", gettext_lazy("none")), *((code, code) for code in found)]


class _MoneyForm(forms.Form):
    """Amounts are typed in major units of the currency chosen beside them."""

    def money(self, name: str) -> int | None:
        text = str(self.cleaned_data.get(name) or "").strip()
        currency = self.cleaned_data.get("currency") or ""
        if not text:
            return None
        if not currency:
            self.add_error("currency", _("In which currency?"))
            return None
        try:
            return parse_amount(text, currency)
        except AmountError as error:
            self.add_error(name, str(error))
            return None


class RuleForm(_MoneyForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    position = forms.IntegerField(
        label=gettext_lazy("Position"),
        min_value=1,
        max_value=30_000,
        help_text=gettext_lazy("Of all rules that fit a case the one with the lowest position decides."),
    )
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[ANY, *Borrower.Language.choices], required=False
    )
    funder = forms.ModelChoiceField(
        label=gettext_lazy("Funder"), queryset=Funder.objects.order_by("code"), required=False, empty_label=ANY[1]
    )
    product = forms.ModelChoiceField(
        label=gettext_lazy("Product"), queryset=Product.objects.order_by("code"), required=False, empty_label=ANY[1]
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency of the amounts"), required=False)
    amount_from = forms.CharField(label=gettext_lazy("Overdue from"), max_length=20, required=False)
    amount_below = forms.CharField(label=gettext_lazy("Overdue below"), max_length=20, required=False)
    team = forms.ModelChoiceField(
        label=gettext_lazy("Goes to"),
        queryset=Team.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("everybody"),
        help_text=gettext_lazy("The people of this team and of the teams below it."),
    )
    weight = forms.IntegerField(
        label=gettext_lazy("Effort of one case"),
        min_value=1,
        max_value=1000,
        initial=1,
        help_text=gettext_lazy("How heavy such a case weighs in a person's load."),
    )
    stays = forms.BooleanField(
        label=gettext_lazy("Stays in the same hands while it goes well"), required=False, initial=True
    )

    def __init__(self, *args: Any, rule: AssignmentRule | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rule = rule
        self.fields["stage"].choices = [ANY, *stages.choices()]  # type: ignore[attr-defined]
        self.fields["currency"].choices = currencies()  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = AssignmentRule.objects.exclude(pk=self.rule.pk) if self.rule else AssignmentRule.objects.all()
        if others.filter(name=name).exists():
            raise forms.ValidationError(_("There is a rule of this name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in AMOUNTS:
            cleaned[name] = self.money(name)
        first, last = (cleaned[name] for name in AMOUNTS)
        if first is not None and last is not None and last <= first:
            self.add_error("amount_below", _("The upper amount must be above the lower one."))
        if first is None and last is None:
            cleaned["currency"] = ""
        return cleaned

    @staticmethod
    def values_of(rule: AssignmentRule) -> dict[str, Any]:
        plain = ("name", "position", "stage", "language", "currency", "weight", "stays")
        keys = {name: getattr(rule, f"{name}_id") for name in ("funder", "product", "team")}
        amounts = {
            name: plain_amount(value, rule.currency) if (value := getattr(rule, name)) is not None else ""
            for name in AMOUNTS
        }
        return {**{name: getattr(rule, name) for name in plain}, **keys, **amounts}


class TargetForm(_MoneyForm):
    """Of one person, or of each person of a team."""

    whose = forms.ChoiceField(label=gettext_lazy("Whose"))
    period = forms.ChoiceField(label=gettext_lazy("Period"), choices=Target.Period.choices)
    measure = forms.ChoiceField(label=gettext_lazy("What counts"), choices=Target.Measure.choices)
    value = forms.CharField(label=gettext_lazy("To reach"), max_length=20)
    currency = forms.ChoiceField(label=gettext_lazy("Currency of what is recovered"), required=False)
    from_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, people: list[User], **options: Any) -> None:
        super().__init__(*args, **options)
        teams = {person.team for person in people if person.team}
        self.holders: dict[str, User | Team] = {
            **{f"team-{team.pk}": team for team in sorted(teams, key=str)},
            **{f"agent-{person.pk}": person for person in people},
        }
        self.fields["whose"].choices = [(key, str(holder)) for key, holder in self.holders.items()]  # type: ignore[attr-defined]
        self.fields["currency"].choices = currencies()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("measure") == Target.Measure.RECOVERED:
            value = self.money("value")
        else:
            cleaned["currency"] = ""
            text = str(cleaned.get("value") or "")
            value = int(text) if text.isdecimal() else None
            if value is None and "value" not in self.errors:
                self.add_error("value", _("A whole number."))
        if value is not None and not 0 < value < 2**53:
            self.add_error("value", _("Above nothing."))
        cleaned["value"] = value
        cleaned["whose"] = self.holders.get(cleaned.get("whose", ""))
        return cleaned
