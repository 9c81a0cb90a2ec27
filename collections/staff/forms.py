"""Forms for people: they clean, the services act."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from staff.models import Role, Skill, Team, User
from staff.models.people import EVERY_DAY
from staff.working import skill_values

DAYS = [
    ("1", _("Monday")), ("2", _("Tuesday")), ("3", _("Wednesday")), ("4", _("Thursday")), ("5", _("Friday")),
    ("6", _("Saturday")), ("7", _("Sunday")),
]  # fmt: skip


class PersonForm(forms.Form):
    display_name = forms.CharField(label=_("Name"), max_length=80)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.order_by("name"), required=False)
    capacity = forms.IntegerField(
        label=_("Capacity in cases"),
        min_value=0,
        max_value=5000,
        initial=200,
        help_text=_("How many open cases at most."),
    )


class AddPersonForm(PersonForm):
    username = forms.SlugField(label=_("User name"), max_length=150)
    password = forms.CharField(
        label=_("First password"), widget=forms.PasswordInput, help_text=_("At least 12 characters.")
    )
    field_order = ["username", "display_name", "password"]

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This user name is taken."))
        return username

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class ChangePersonForm(PersonForm):
    is_active = forms.BooleanField(
        label=_("May sign in"),
        required=False,
        help_text=_("Who may not is signed out everywhere, and their cases go back to the pool."),
    )

    @staticmethod
    def values_of(person: User) -> dict[str, Any]:
        names = ["display_name", "role", "team", "capacity", "is_active"]
        return {name: getattr(person, name) for name in names}


class WorkForm(forms.Form):
    """A kind of skill that nobody registered is not asked."""

    effort = forms.IntegerField(
        label=_("Capacity in effort"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_(
            "The weights of the cases in hand sum to at most this; the rules say what a case weighs. Empty: no limit."
        ),
    )
    shift_days = forms.MultipleChoiceField(label=_("Working days"), choices=DAYS, widget=forms.CheckboxSelectMultiple)
    shift_from = forms.TimeField(
        label=_("Shift begins"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    shift_to = forms.TimeField(
        label=_("Shift ends"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("An end before the beginning is on the next morning. Both empty: all day."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind, values in skill_values().items():
            self.fields[kind] = forms.MultipleChoiceField(
                label=Skill.Kind(kind).label,
                choices=values,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None ticked: takes all."),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("shift_from") is None) != (cleaned.get("shift_to") is None):
            missing = "shift_to" if cleaned.get("shift_to") is None else "shift_from"
            if missing not in self.errors:
                self.add_error(missing, _("A shift has a beginning and an end."))
        return cleaned

    def work(self) -> dict[str, Any]:
        """The cleaned values as `set_work` takes them."""
        days = "".join(sorted(self.cleaned_data["shift_days"]))
        kept = {name: self.cleaned_data[name] for name in ("effort", "shift_from", "shift_to")}
        return {**kept, "shift_days": days, "skills": {kind: self.cleaned_data[kind] for kind in skill_values()}}

    @staticmethod
    def values_of(person: User) -> dict[str, Any]:
        values: dict[str, Any] = {name: getattr(person, name) for name in ("effort", "shift_from", "shift_to")}
        values["shift_days"] = list(person.shift_days or EVERY_DAY)
        for kind, value in person.skills.values_list("kind", "value"):
            values.setdefault(kind, []).append(value)
        return values


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    parent = forms.ModelChoiceField(label=_("Below"), queryset=Team.objects.order_by("name"), required=False)
    pulls = forms.BooleanField(
        label=_("Takes cases from the pool"),
        required=False,
        help_text=_("Ticked: agents take the next best case one by one. Otherwise each owns a caseload."),
    )

    def __init__(self, *args: Any, team: Team | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.team = team

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Team.objects.exclude(pk=self.team.pk) if self.team else Team.objects.all()
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("There is a team of this name."))
        return name
