"""What is asked when a complaint is taken down, given to somebody, put off, answered or taken back: forms clean, services decide."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.complaints.models import Complaint, Representative
from cases.forms import note_field
from lending.models import Borrower, Loan
from staff.models import User

ANSWER_MAX = 6000


class ComplaintForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What is it about?"), choices=Complaint.Kind.choices)
    source = forms.ChoiceField(label=gettext_lazy("How it reached us"), choices=Complaint.Source.choices)
    words = note_field(
        gettext_lazy("What they say"),
        rows=4,
        max_length=4000,
        help_text=gettext_lazy("As they say it: whoever looks into it was not there."),
    )
    wanted = note_field(gettext_lazy("What would put it right for them"), rows=2, max_length=500, required=False)

    def __init__(self, *args: Any, borrower: Borrower, loans: Sequence[Loan], on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["loan"] = forms.ModelChoiceField(
            label=_("Which loan"),
            queryset=Loan.objects.filter(pk__in=[loan.pk for loan in loans]).order_by("number"),
            required=False,
            empty_label=_("None in particular"),
        )
        self.fields["received_on"] = forms.DateField(
            label=_("Received on"),
            initial=on,
            widget=forms.DateInput(attrs={"type": "date", "max": on.isoformat()}, format="%Y-%m-%d"),
            help_text=_("The clock runs from that day."),
        )
        self.fields["about"] = forms.ModelChoiceField(
            label=_("Whom it is about"),
            queryset=_may_be_about(borrower),
            required=False,
            empty_label=_("Nobody in particular"),
        )
        speaking = Representative.objects.filter(borrower=borrower).order_by("pk")
        if speaking:
            self.fields["representative"] = forms.ModelChoiceField(
                label=_("Who speaks for them"),
                queryset=speaking,
                required=False,
                empty_label=_("They speak for themselves"),
            )


def _may_be_about(borrower: Borrower) -> QuerySet[User]:
    """Whoever had the borrower's case in hand or spoke to them."""
    had = User.objects.filter(assignments__case__borrower=borrower)
    spoke = User.objects.filter(contacts__borrower=borrower)
    return (had | spoke).distinct().order_by("display_name", "username")


class HandlerForm(forms.Form):
    handler = forms.ModelChoiceField(label=gettext_lazy("Who looks into it"), queryset=User.objects.none())

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["handler"].queryset = people  # type: ignore[attr-defined]


class WhyForm(forms.Form):
    words = note_field(gettext_lazy("Why"), max_length=500)


class StepForm(forms.Form):
    words = note_field(gettext_lazy("What you found or did"), rows=4, max_length=4000)


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=Complaint.Outcome.choices, widget=forms.RadioSelect
    )
    cause = forms.ChoiceField(
        label=gettext_lazy("What caused it"),
        choices=[("", gettext_lazy("Choose")), *Complaint.Cause.choices],
        help_text=gettext_lazy("For ourselves: it is not in the letter."),
    )
    text = note_field(
        gettext_lazy("What we found"),
        rows=8,
        max_length=ANSWER_MAX,
        help_text=gettext_lazy("The body of the letter, in the borrower's language: what was looked into, what was found, and why."),
    )  # fmt: skip
    remedy = note_field(gettext_lazy("What we do to put it right"), rows=3, max_length=500, required=False)


class RepresentativeForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    relation = forms.ChoiceField(label=gettext_lazy("Who it is"), choices=Representative.Relation.choices)
    evidence = note_field(
        gettext_lazy("The mandate"),
        help_text=gettext_lazy("Which paper you saw, and how the borrower confirmed it."),
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Included. Empty: until it is withdrawn."),
    )
