"""Forms in which contact rules are put forward: each field says what it means; they clean, `contacts.publishing` acts."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Channel, Consent, ContactRule, Hold, Purpose
from contacts.versions import Told
from lending.forms import day_input
from lending.models import ContactPoint
from lending.terms_forms import words_field

Kind = ContactRule.Kind
_LINES = forms.Textarea(attrs={"rows": 8})
_SENTENCE = forms.Textarea(attrs={"rows": 2})
STOPS = [
    *((f"hold.{kind}", label) for kind, label in Hold.Kind.choices),
    ("opt_out", gettext_lazy("Opt-out")),
    ("refusal", gettext_lazy("Refusal at a number")),
]
WEEKDAYS = [
    (0, gettext_lazy("Monday")),
    (1, gettext_lazy("Tuesday")),
    (2, gettext_lazy("Wednesday")),
    (3, gettext_lazy("Thursday")),
    (4, gettext_lazy("Friday")),
    (5, gettext_lazy("Saturday")),
    (6, gettext_lazy("Sunday")),
]
OWN_FIELDS: dict[str, tuple[str, ...]] = {
    Kind.WINDOW: ("quiet_from", "quiet_to", "waived_by"),
    Kind.HOLIDAY: ("dates", "weekdays", "waived_by"),
    Kind.CAP: ("unit", "max_count", "period_days", "rolling_minutes", "per_number", "waived_by"),
    Kind.BLOCK: ("stops",),
    Kind.PERSON: ("unreachable_after",),
    Kind.VISIT: ("people_min",),
    Kind.CONTENT: ("banned", "required", "first_only"),
}
"""What a form asks for by the kind of the rule, beside what all rules have."""


def _choices(choices: Any, label: Any, help_text: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class FromForm(forms.Form):
    """From when, and why: what every change of the rules says."""

    from_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=day_input(),
        help_text=gettext_lazy("Later than today. What was answered before stays as it was answered."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["words"] = words_field()


class AdoptForm(FromForm):
    """Take over the rules of another country."""

    here_only = forms.BooleanField(
        label=gettext_lazy("Only people who live by a clock of that country"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Without it the rules bind every borrower, whatever their time zone."),
    )


class RuleForm(FromForm):
    """A version of one rule. Fields that the rule's kind does not have are left out."""

    text = forms.CharField(label=gettext_lazy("What it says, in English"), max_length=600, widget=_SENTENCE)
    text_zh = forms.CharField(label=gettext_lazy("What it says, in Chinese"), max_length=600, widget=_SENTENCE)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=300,
        help_text=gettext_lazy("Where it is written, with article and date."),
    )
    standing = forms.ChoiceField(
        label=gettext_lazy("Standing"),
        choices=ContactRule.Standing.choices,
        help_text=gettext_lazy("Of two rules that refuse, the weightier is named."),
    )
    channels = _choices(Channel.choices, gettext_lazy("Channels"), gettext_lazy("None ticked: every channel."))
    subjects = _choices(
        ContactPoint.Holder.choices, gettext_lazy("Whom it binds"), gettext_lazy("None ticked: everybody.")
    )
    purposes = _choices(
        Purpose.choices,
        gettext_lazy("Purposes"),
        gettext_lazy("None ticked: every purpose. For what stops contact: the purposes that stop."),
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("By the clock where the person lives; from this minute on there is no contact."),
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("The first minute at which contact may begin again."),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("What is counted"), choices=ContactRule.Unit.choices, required=False,
        help_text=gettext_lazy("Over every agent, team and agency together."),
    )  # fmt: skip
    max_count = forms.IntegerField(
        label=gettext_lazy("At most"),
        required=False,
        min_value=None,
        help_text=gettext_lazy("The last one that is allowed."),
    )
    period_days = forms.IntegerField(
        label=gettext_lazy("In so many calendar days"),
        required=False,
        help_text=gettext_lazy("Days of the person's own zone, today included: 1 is today, 7 is a week with today."),
    )
    rolling_minutes = forms.IntegerField(
        label=gettext_lazy("Or in any so many minutes"),
        required=False,
        help_text=gettext_lazy("A window that slides, instead of calendar days: 1440 is 24 hours."),
    )
    per_number = forms.BooleanField(
        label=gettext_lazy("Each number for itself"), required=False,
        help_text=gettext_lazy("Otherwise all numbers of the person are counted together."),
    )  # fmt: skip
    waived_by = forms.ChoiceField(
        label=gettext_lazy("Lifted by"),
        choices=[("", gettext_lazy("nothing")), *Consent.Kind.choices],
        required=False,
        help_text=gettext_lazy("A consent of the borrower under which the rule does not bind."),
    )
    dates = forms.CharField(
        label=gettext_lazy("Days"),
        required=False,
        widget=_LINES,
        help_text=gettext_lazy("One a line, like 2027-02-06."),
    )
    weekdays = _choices(WEEKDAYS, gettext_lazy("Days of the week"), "")
    stops = _choices(
        STOPS, gettext_lazy("What stops contact"), gettext_lazy("The facts about the borrower that stop it.")
    )
    unreachable_after = forms.IntegerField(
        label=gettext_lazy("Only after so many days of failed tries"),
        required=False,
        help_text=gettext_lazy("Empty: whether the borrower answers or not."),
    )
    people_min = forms.IntegerField(label=gettext_lazy("At least so many go"), required=False)
    banned = forms.CharField(
        label=gettext_lazy("Banned phrases"), required=False, widget=_LINES,
        help_text=gettext_lazy("One a line, in either language. Chinese is found anywhere, other words as whole words."),
    )  # fmt: skip
    required = forms.CharField(
        label=gettext_lazy("Required parts"), required=False, widget=_LINES,
        help_text=gettext_lazy("One a line; forms of the same part are parted by |. {institution} is any name of the sender."),
    )  # fmt: skip
    first_only = forms.BooleanField(label=gettext_lazy("Of the first contact only"), required=False)
    valid_to = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=day_input(),
        help_text=gettext_lazy("Empty: until it is changed."),
    )

    def __init__(self, *args: Any, told: Told, **options: Any) -> None:
        self.told = told
        super().__init__(*args, initial=_initial(told), **options)
        others = {name for names in OWN_FIELDS.values() for name in names} - set(OWN_FIELDS.get(told["kind"], ()))
        for name in others:
            del self.fields[name]
        if told["kind"] == Kind.DUTY:
            for name in ("channels", "subjects", "purposes"):
                del self.fields[name]

    def clean_dates(self) -> list[str]:
        found = []
        for line in self.cleaned_data["dates"].split():
            try:
                found.append(date.fromisoformat(line).isoformat())
            except ValueError:
                raise forms.ValidationError(_("“%(line)s” is no day. Write 2027-02-06.") % {"line": line}) from None
        return found

    def changed(self) -> Told:
        """The version that was typed; what the form does not ask for stays as it was."""
        given = {name: self.cleaned_data[name] for name in self.fields if name not in {"from_on", "words"}}
        details = dict(self.told["details"])
        told = dict(self.told)
        for name, value in given.items():
            plain = _plain(name, value)
            if name in told and name != "details":
                told[name] = plain
            elif plain in (None, "", [], False):
                details.pop(name, None)
            else:
                details[name] = plain
        return {**told, "details": details, "is_withdrawn": False}


def _initial(told: Told) -> dict[str, Any]:
    details = told["details"]
    return {
        **{name: value for name, value in told.items() if name != "details"},
        **{name: value for name, value in details.items() if name not in {"dates", "banned", "required"}},
        "dates": "\n".join(details.get("dates", [])),
        "banned": "\n".join(details.get("banned", [])),
        "required": "\n".join(" | ".join(group) for group in details.get("required", [])),
        "first_only": details.get("first_only", False),
    }


def _plain(name: str, value: Any) -> Any:
    """A cleaned value as a change carries it."""
    if name in {"banned", "required"}:
        lines = [line.strip() for line in value.splitlines() if line.strip()]
        if name == "banned":
            return lines
        groups = [[part.strip() for part in line.split("|") if part.strip()] for line in lines]
        return [group for group in groups if group]
    if name == "weekdays":
        return sorted(int(day) for day in value)
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, date):
        return value.isoformat()
    return 0 if name in {"max_count", "period_days"} and value is None else value
