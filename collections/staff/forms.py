"""Forms for people: they clean, the services act."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from staff.models import Role, Team, User


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
    is_active = forms.BooleanField(label=_("May sign in"), required=False)

    @staticmethod
    def values_of(person: User) -> dict[str, Any]:
        names = ["display_name", "role", "team", "capacity", "is_active"]
        return {name: getattr(person, name) for name in names}
