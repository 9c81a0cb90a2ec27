"""Forms of signing in and of passwords."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from audit.clock import machine_now
from staff.doors import DoorShutError
from staff.models import User


def wait_words(shut: DoorShutError) -> str:
    """The same words whoever it is and whether there is such a person: they tell a guesser nothing."""
    minutes = max(1, -int(-(shut.until - machine_now()).total_seconds() // 60))
    words = _(
        "There were too many tries. Nothing was checked this time. Wait %(minutes)s min and try again, "
        "or ask an administrator to let you in sooner."
    )
    return str(words) % {"minutes": minutes}


class SignInForm(AuthenticationForm):
    """User name and password; `shut` when the door was."""

    shut: DoorShutError | None = None

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except DoorShutError as shut:
            self.shut = shut
            raise forms.ValidationError(wait_words(shut)) from None


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six digits from your authenticator app, or a recovery code."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class NewPasswordForm(forms.Form):
    """A new password for somebody else."""

    new = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters."),
    )

    def __init__(self, *given: Any, person: User, **named: Any) -> None:
        super().__init__(*given, **named)
        self.person = person

    def clean_new(self) -> str:
        password: str = self.cleaned_data["new"]
        validate_password(password, self.person)
        return password


class OwnPasswordForm(NewPasswordForm):
    """One's own: the present one first, the new one twice."""

    current = forms.CharField(
        label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    again = forms.CharField(
        label=_("New password again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    field_order = ("current", "new", "again")

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise forms.ValidationError(_("The two do not agree."))
        return again
