"""Forms of the case page: they clean, the services act."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.assignment import Load
from cases.attachments import BYTES_MAX, too_large
from cases.judging import Sum
from cases.models import Case, DelayReason
from cases.promise_terms import PARTS_DAYS_MAX, PARTS_MAX, PROMISE_DAYS_MAX
from cases.promises import field_of
from cases.reasons import is_reason_wanted
from contacts.models import Contact
from lending.forms import AmountField
from lending.models import ContactPoint
from lending.money import plain_amount


def day_field(label: Any, on: date, days_max: int, **options: Any) -> forms.DateField:
    limits = {"type": "date", "min": on.isoformat(), "max": (on + timedelta(days=days_max)).isoformat()}
    return forms.DateField(label=label, widget=forms.DateInput(attrs=limits, format="%Y-%m-%d"), **options)


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


def note_field(label: Any, rows: int = 3, max_length: int = 300, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=max_length, widget=forms.Textarea(attrs={"rows": rows}), **options)


class PromiseForm(forms.Form):
    """One sum; up to `PARTS_MAX` parts where more of them are filled in."""

    def __init__(self, *args: Any, currency: str, on: date, overdue: int, has_open: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"] = AmountField(
            currency,
            label=_("Amount, %(currency)s") % {"currency": currency},
            initial=plain_amount(overdue, currency) if overdue else None,
        )
        self.fields["due_on"] = day_field(
            _("By"),
            on,
            PARTS_DAYS_MAX,
            initial=on + timedelta(days=3),
            help_text=_("One sum: at most %(days)s days ahead. In parts: at most %(more)s.")
            % {"days": PROMISE_DAYS_MAX, "more": PARTS_DAYS_MAX},
        )
        for number in range(2, PARTS_MAX + 1):
            amount, due_on = field_of("amount", number), field_of("due_on", number)
            self.fields[amount] = AmountField(
                currency,
                label=_("Part %(number)s, %(currency)s") % {"number": number, "currency": currency},
                required=False,
            )
            self.fields[due_on] = day_field(_("By"), on, PARTS_DAYS_MAX, required=False)
        if has_open:
            self.fields["replace"] = forms.BooleanField(label=_("It replaces the promise that is open"), required=False)

    def parts(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of the parts after the first."""
        return [
            (self[field_of("amount", number)], self[field_of("due_on", number)]) for number in range(2, PARTS_MAX + 1)
        ]

    def clean(self) -> dict[str, Any]:
        """`more` holds the parts that were filled in; a gap between them is closed."""
        cleaned = super().clean() or {}
        more = []
        for number in range(2, PARTS_MAX + 1):
            amount, due_on = field_of("amount", number), field_of("due_on", number)
            if cleaned.get(amount) and not cleaned.get(due_on) and due_on not in self.errors:
                self.add_error(due_on, _("By which day?"))
            if cleaned.get(due_on) and cleaned.get(amount) is None and amount not in self.errors:
                self.add_error(amount, _("How much?"))
            sums = cleaned.pop(amount, None), cleaned.pop(due_on, None)
            if sums[0] is not None and sums[1]:
                more.append(Sum(*sums))
        return {**cleaned, "more": more}


class PaidClaimForm(forms.Form):
    note = note_field(gettext_lazy("How, when and from which account"), required=False)


class CallbackForm(forms.Form):
    callback_at = moment_field(gettext_lazy("Call at"))


class NoteForm(forms.Form):
    text = note_field(gettext_lazy("Note"), rows=5, max_length=4000)


class AttachForm(forms.Form):
    """What the file is follows from its bytes; `keep` looks at them."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB: a scan, a photo or a screenshot."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    note = note_field(gettext_lazy("What it shows"), rows=2, required=False)

    def __init__(self, *args: Any, is_too_large: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].widget.attrs |= {"data-bytes-max": BYTES_MAX, "data-too-large": too_large()}
        if is_too_large:  # it was left unread
            self.fields["file"].error_messages["required"] = too_large()


class ReasonForm(forms.Form):
    code = forms.ChoiceField(label=gettext_lazy("Why is the borrower behind?"), choices=DelayReason.Code.choices)
    note = note_field(gettext_lazy("In their words"), required=False)


class HandOverForm(forms.Form):
    """Room is shown beside each colleague; the service checks it again under a lock."""

    to = forms.TypedChoiceField(label=gettext_lazy("To"), coerce=int, empty_value=None, required=False)
    note = forms.CharField(label=gettext_lazy("Why"), max_length=120)

    def __init__(self, *args: Any, colleagues: list[Load], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("The supervisor decides")),
            *((load.agent.pk, f"{load.agent} · {load.after}/{load.agent.capacity}") for load in colleagues),
        ]


class RingForm(forms.Form):
    point = forms.TypedChoiceField(
        label=pgettext_lazy("telephone", "Number"),
        coerce=int,
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, points: list[ContactPoint], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["point"].choices = [  # type: ignore[attr-defined]
            (point.pk, f"{point} · {point.get_quality_display()}") for point in points
        ]
        self.fields["point"].initial = points[0].pk if points else None


class Offered(NamedTuple):
    """An outcome as the form offers it: what it is called, what comes next in words, and the fields that it fills in."""

    code: str
    label: str
    fact: str
    says: str
    fills: dict[str, Any]


class OutcomeSelect(forms.RadioSelect):
    """Each choice carries what it brings: the page says it and fills in what nobody has typed."""

    offered: Mapping[str, Offered] = {}

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **options)
        if each := self.offered.get(str(value)):
            option["attrs"] |= {"data-fills": json.dumps(each.fills), "data-says": each.says}
        return option


class WrapUpForm(forms.Form):
    """Everything that a call can bring, in one form; only the outcome is asked of every call."""

    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), widget=OutcomeSelect(attrs={"autofocus": True}))

    def __init__(
        self, *args: Any, case: Case, currency: str, on: date, has_open: bool, outcomes: list[Offered], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.facts = {each.code: each.fact for each in outcomes}
        self.fields["outcome"].choices = [(each.code, each.label) for each in outcomes]  # type: ignore[attr-defined]
        self.fields["outcome"].widget.offered = {each.code: each for each in outcomes}
        wanted = is_reason_wanted(case)
        codes = [("", _("Not asked this time")), *DelayReason.Code.choices]
        self.fields["reason"] = forms.ChoiceField(
            label=_("Why is the borrower behind?"),
            choices=codes,
            required=False,
            help_text=_("Nobody knows yet: ask when you speak to the borrower.") if wanted else "",
        )
        self.fields["amount"] = AmountField(
            currency, label=_("Promises to pay, %(currency)s") % {"currency": currency}, required=False
        )
        self.fields["due_on"] = day_field(_("By"), on, PROMISE_DAYS_MAX, required=False)
        if has_open:
            self.fields["replace"] = forms.BooleanField(label=_("It replaces the promise that is open"), required=False)
        self.fields["has_paid"] = forms.BooleanField(label=_("Says has paid"), required=False)
        self.fields["callback_at"] = moment_field(_("Call back at"), required=False)
        self.fields["note"] = note_field(_("Note"), required=False, max_length=2000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("amount") and not cleaned.get("due_on"):
            self.add_error("due_on", _("By which day?"))
        if cleaned.get("due_on") and not cleaned.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("How much?"))
        spoke = self.facts.get(cleaned.get("outcome", "")) == Contact.Outcome.RIGHT_PARTY
        if not spoke and (cleaned.get("amount") or cleaned.get("has_paid") or cleaned.get("reason")):
            self.add_error("outcome", _("Only the borrower can give a reason, promise or say has paid."))
        return cleaned


class AbsenceForm(forms.Form):
    from_on = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    to_on = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("to_on", _("The last day lies before the first."))
        return cleaned


class MoveAllForm(forms.Form):
    """Who takes over an absent person's cases."""

    to = forms.TypedMultipleChoiceField(label=gettext_lazy("To"), coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, colleagues: list[Load], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (load.agent.pk, f"{load.agent} · {load.after}/{load.agent.capacity}") for load in colleagues
        ]
