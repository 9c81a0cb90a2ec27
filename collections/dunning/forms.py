"""Forms of this floor: they clean, the services act."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunning.dead_letters import Fate
from dunning.models import LoopbackFault, Template
from dunning.settling import Verdict
from lending.forms import day_input
from lending.models import Funder, PayLink
from lending.money import format_amount
from staff.templatetags.ui import iso

DAYS_AHEAD_MAX = 30


class MessageForm(forms.Form):
    """Which text, in the name of which creditor, with which pay link."""

    template = forms.ChoiceField(label=_("Text"), widget=forms.RadioSelect)
    funder = forms.ChoiceField(label=_("In the name of"))
    link = forms.ChoiceField(
        label=_("Pay link"),
        required=False,
        help_text=_("Its address, amount and last day are put at the end of the text."),
    )

    def __init__(
        self,
        *args: Any,
        texts: Sequence[Template],
        funders: Sequence[Funder],
        links: Sequence[PayLink] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.links = {str(link.pk): link for link in links}
        self.texts = {text.code: text for text in texts}
        self.funders = {str(funder.pk): funder for funder in funders}
        self._choices("template", [(text.code, _(text.name)) for text in texts])
        self._choices("funder", [(pk, str(funder)) for pk, funder in self.funders.items()])
        self._choices("link", [("", _("No pay link")), *((pk, _told(link)) for pk, link in self.links.items())])
        if not self.links:
            del self.fields["link"]
        if len(self.funders) == 1:
            self.fields["funder"].widget = forms.HiddenInput()

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.initial = choices[0][0] if choices else None

    def clean_template(self) -> Template:
        return self.texts[self.cleaned_data["template"]]

    def clean_funder(self) -> Funder:
        return self.funders[self.cleaned_data["funder"]]

    def clean_link(self) -> PayLink | None:
        return self.links.get(self.cleaned_data["link"])


def _told(link: PayLink) -> str:
    words = gettext("%(amount)s for loan %(loan)s, until %(moment)s")
    amount = f"{link.currency} {format_amount(link.amount, link.currency)}"
    return words % {"amount": amount, "loan": link.loan.number, "moment": iso(link.expires_at)}


class SettleForm(forms.Form):
    """What a person found out about a message in doubt."""

    verdict = forms.ChoiceField(label=_("What is known"), choices=Verdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("How you know"),
        max_length=200,
        help_text=_("For example what the gateway's own log or its support said. It is kept in the record."),
    )

    def __init__(self, *args: Any, may_send_again: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_send_again:
            verdict = self.fields["verdict"]
            assert isinstance(verdict, forms.ChoiceField)
            verdict.choices = [choice for choice in Verdict.choices if choice[0] != Verdict.AGAIN]
            verdict.help_text = _("Its day is over, so it cannot be sent again.")


class DeadLetterForm(forms.Form):
    """What becomes of a message that was tried out."""

    fate = forms.ChoiceField(label=_("What to do"), choices=Fate.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("For example what was mended at the gateway. It is kept in the record."),
    )

    def __init__(self, *args: Any, may_send_again: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_send_again:
            fate = self.fields["fate"]
            assert isinstance(fate, forms.ChoiceField)
            fate.choices = [choice for choice in Fate.choices if choice[0] != Fate.AGAIN]
            fate.help_text = _("Its day is over, so it cannot be sent again.")


class DeadLettersForm(DeadLetterForm):
    """The same for all that failed for one reason."""

    why = forms.ChoiceField(label=_("Those that failed because"))
    field_order = ("why", "fate", "reason")

    def __init__(self, *args: Any, reasons: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        why = self.fields["why"]
        assert isinstance(why, forms.ChoiceField)
        why.choices = list(reasons)


class LoopbackForm(forms.Form):
    """How the demonstration's gateway behaves."""

    kind = forms.ChoiceField(label=_("The demonstration's gateway"), choices=LoopbackFault.Kind.choices)


class RehearsalForm(forms.Form):
    """Which day to rehearse."""

    day = forms.DateField(label=_("Day"), widget=day_input())

    def __init__(self, *args: Any, business_date: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.business_date = business_date
        self.fields["day"].initial = business_date + timedelta(days=1)
        self.fields["day"].help_text = gettext("From %(first)s on, at most %(days)s days ahead.") % {
            "first": iso(business_date),
            "days": DAYS_AHEAD_MAX,
        }

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 0 <= (day - self.business_date).days <= DAYS_AHEAD_MAX:
            raise forms.ValidationError(
                gettext("The book can be read ahead %(days)s days at most.") % {"days": DAYS_AHEAD_MAX}
            )
        return day
