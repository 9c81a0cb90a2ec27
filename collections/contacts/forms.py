"""What people type on this floor: forms clean, services decide."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.calls import CALL_OUTCOMES
from contacts.hold_effects import effect_on
from contacts.holds import OF_THE_CONSOLE
from contacts.models import Channel, Consent, Contact, Hold
from contacts.phones import PhoneError, dialled_form
from contacts.reveal import REASON_LENGTH_MIN
from lending.models import Borrower, ContactPoint

_SHORT_TEXT = forms.Textarea(attrs={"rows": 2})
OUTCOMES = {
    Channel.CALL: set(CALL_OUTCOMES),
    Channel.VISIT: {Contact.Outcome.RIGHT_PARTY, Contact.Outcome.OTHER_PERSON, Contact.Outcome.NO_ANSWER},
    Channel.SMS: {Contact.Outcome.SENT},
    Channel.EMAIL: {Contact.Outcome.SENT},
    Channel.LETTER: {Contact.Outcome.SENT},
    Channel.VOICE: set(CALL_OUTCOMES),
}
"""What can come of a contact, by channel."""


class HoldForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of hold"),
        choices=[(kind, label) for kind, label in Hold.Kind.choices if kind not in OF_THE_CONSOLE],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=_SHORT_TEXT,
        help_text=gettext_lazy("What happened and how you know."),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The document by its reference: certificate, order, letter, notice."),
    )
    to_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Included. Empty: until somebody lifts it."),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_to_on(self) -> date | None:
        day: date | None = self.cleaned_data["to_on"]
        if day and day < self.today:
            raise forms.ValidationError(_("The last day lies in the past."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind and effect_on(kind, self.today).asks_evidence and not cleaned.get("evidence", "").strip():
            self.add_error("evidence", _("This hold rests on a document: name it."))
        return cleaned


class OptOutForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices, initial=Channel.SMS)
    evidence = forms.CharField(
        label=gettext_lazy("How the borrower said so"),
        max_length=200,
        help_text=gettext_lazy("For example: in the call of 10:05, or by answering T to a message."),
    )


class ConsentForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What the borrower agrees to"), choices=Consent.Kind.choices)
    evidence = forms.CharField(
        label=gettext_lazy("How the borrower said so"),
        max_length=200,
        help_text=gettext_lazy("For example: in the call of 10:05, or by answering T to a message."),
    )


class LikingForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Borrower.Language.choices)
    opens = forms.TimeField(
        label=gettext_lazy("Wants to be spoken to from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("By the clock where the borrower lives. Empty: any lawful hour suits."),
    )
    closes = forms.TimeField(
        label=gettext_lazy("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    evidence = forms.CharField(
        label=gettext_lazy("How the borrower said so"),
        max_length=200,
        help_text=gettext_lazy("For example: in the call of 10:05, or by answering T to a message."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and (cleaned["opens"] is None) != (cleaned["closes"] is None):
            self.add_error("opens" if cleaned["opens"] is None else "closes", _("Both hours, or neither."))
        return cleaned

    def hours(self) -> tuple[time, time] | None:
        opens, closes = self.cleaned_data["opens"], self.cleaned_data["closes"]
        return (opens, closes) if opens else None


class RefusalForm(forms.Form):
    said = forms.CharField(
        label=gettext_lazy("Who said so, and how"),
        max_length=200,
        help_text=gettext_lazy("For example: a colleague of the borrower, in the call of 10:05."),
    )


class ContactPointForm(forms.Form):
    holder = forms.ChoiceField(
        label=gettext_lazy("Who is reached there"),
        required=False,
        choices=ContactPoint.Holder.choices,
        initial=ContactPoint.Holder.BORROWER,
        help_text=gettext_lazy(
            "A contact person is asked only how to reach the borrower, and is never told of the debt."
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ContactPoint.Kind.choices)
    value = forms.CharField(
        label=gettext_lazy("Number or address"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("A number abroad begins with + and its country. It is shown masked once it is kept."),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Who gave it"),
        choices=[("borrower", gettext_lazy("The borrower")), ("lender", gettext_lazy("The lender"))],
    )

    def clean_holder(self) -> str:
        return self.cleaned_data["holder"] or ContactPoint.Holder.BORROWER

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, value = cleaned.get("kind"), cleaned.get("value")
        if kind and value:
            try:
                cleaned["value"] = _cleaned(kind, value)
            except forms.ValidationError as error:
                self.add_error("value", error)
        return cleaned


def _cleaned(kind: str, value: str) -> str:
    if kind == ContactPoint.Kind.ADDRESS:
        return value.strip()
    return _email(value) if kind == ContactPoint.Kind.EMAIL else _number(value, kind)


def _email(value: str) -> str:
    validate_email(value)
    return value


def _number(value: str, kind: str) -> str:
    try:
        return dialled_form(value, is_mobile=kind == ContactPoint.Kind.MOBILE)
    except PhoneError as error:
        told = {
            "unreadable": _("This is no telephone number."),
            "invalid": _("No such number can exist. Is a digit missing?"),
            "not_mobile": _("This is not a mobile number."),
        }
        raise forms.ValidationError(told[error.code]) from None


class RevealForm(forms.Form):
    what = forms.ChoiceField(label=gettext_lazy("What to see"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        min_length=REASON_LENGTH_MIN,
        max_length=200,
        help_text=gettext_lazy("Kept with your name; your supervisor sees it."),
    )

    def __init__(self, *args: Any, borrower: Borrower, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["what"].choices = revealable(borrower)  # type: ignore[attr-defined]


def revealable(borrower: Borrower) -> list[tuple[str, str]]:
    """What there is to reveal, masked."""
    own = [("name", _("Name"), borrower.name), ("identity", _("Identity number"), borrower.identity)]
    points = borrower.contact_points.filter(retired_at=None).order_by("pk")
    return [(what, f"{label} {value}") for what, label, value in own if value] + [
        (f"point:{point.pk}", f"{point.get_kind_display()} {point}") for point in points
    ]


class PastContactForm(forms.Form):
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"), choices=Contact.Direction.choices, initial=Contact.Direction.IN
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices)
    happened_at = forms.DateTimeField(
        label=gettext_lazy("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[choice for choice in Contact.Outcome.choices if choice[0] != Contact.Outcome.UNKNOWN],
    )
    subject = forms.ChoiceField(
        label=gettext_lazy("With whom"),
        required=False,
        choices=ContactPoint.Holder.choices,
        initial=ContactPoint.Holder.BORROWER,
    )
    people = forms.IntegerField(
        label=gettext_lazy("How many of us went"), required=False, min_value=1, max_value=9,
        help_text=gettext_lazy("For visits."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=2000, widget=_SHORT_TEXT)

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now

    def clean_happened_at(self) -> datetime:
        happened_at: datetime = self.cleaned_data["happened_at"]
        if happened_at > self.now:
            raise forms.ValidationError(_("This moment has not come yet."))
        return happened_at

    def clean_people(self) -> int:
        return self.cleaned_data["people"] or 0

    def clean_subject(self) -> str:
        return self.cleaned_data["subject"] or ContactPoint.Holder.BORROWER

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        channel, outcome = cleaned.get("channel"), cleaned.get("outcome")
        if channel and outcome and outcome not in OUTCOMES[Channel(channel)]:
            self.add_error("outcome", _("This cannot come of a contact through that channel."))
        return cleaned
