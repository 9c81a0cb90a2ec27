"""What is asked when a case is referred, decided on, written about or ended, and of an agency: forms clean, services decide."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.facts import LoanNow
from cases.forms import day_field, moment_field, note_field
from cases.models import Attachment, Stage
from cases.referrals.agencies import Known
from cases.referrals.agency_terms import BUCKETS
from cases.referrals.asking import BATCH_MAX
from cases.referrals.kinds import AGENCY, KINDS, VISIT, next_stages
from cases.referrals.models import AgencyEvaluation, AgencyTerms, Referral
from contacts.models import Channel
from lending.forms import AmountField, day_input
from lending.models import Change
from lending.money import PPM, format_amount, parse_rate
from staff.models import Role, User

DRAWER_ID = "drawer_%s"
"""How fields of a drawer are named, so that they share no id with those of the page behind it."""
DAYS_OFFERED = 90
PAPER_MAX = 200


def agency_field(known: Sequence[Known]) -> forms.TypedChoiceField:
    """Only agencies with which cases may be placed now."""
    usable = {str(each.agency.pk): each for each in known if not each.why_not}
    return forms.TypedChoiceField(
        label=_("Which agency"),
        choices=[("", _("Choose")), *((pk, str(each)) for pk, each in usable.items())],
        coerce=lambda pk: usable[pk].agency,
        help_text=_("Those on the white list with a contract in force and an evaluation that is not overdue."),
    )


class ReferForm(forms.Form):
    """Why, of which loans, until when; for a visit who and when, for a placement with whom."""

    def __init__(
        self, *args: Any, kind: str, loans: Sequence[LoanNow], known: Sequence[Known], on: date, **options: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID, **options})
        days = KINDS[kind].days_max
        if kind == AGENCY:
            self.fields["agency"] = agency_field(known)
        if kind == VISIT:
            people = User.objects.filter(role__in=[Role.AGENT, Role.SUPERVISOR], is_active=True)
            people = people.order_by("display_name", "username")
            self.fields["visit_at"] = moment_field(_("When they go"))
            self.fields["first_visitor"] = forms.ModelChoiceField(
                label=_("Who goes"), queryset=people, empty_label=_("Choose")
            )
            self.fields["second_visitor"] = forms.ModelChoiceField(
                label=_("Who goes with them"), queryset=people, empty_label=_("Choose")
            )
        self.fields["words"] = note_field(
            _("Why, and what is to be done"), rows=4, max_length=1000, help_text=_("Whoever decides reads it, and so may the borrower.")
        )  # fmt: skip
        self.fields["until_on"] = day_field(
            _("Last day"), on, days, initial=on + timedelta(days=min(days, DAYS_OFFERED)), help_text=_("Included.")
        )
        if len(loans) > 1:
            self.fields["loans"] = forms.MultipleChoiceField(
                label=_("Which loans"),
                choices=[
                    (row.loan.number, f"{row.loan.number} · {format_amount(row.overdue, row.loan.currency)} {row.loan.currency}")
                    for row in loans
                ],
                initial=[row.loan.number for row in loans],
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip


class PlaceForm(forms.Form):
    """Which cases of the house are placed with an agency in one step."""

    stage = forms.ChoiceField(label=gettext_lazy("Stage"), choices=Stage.choices, initial=Stage.LATE)
    most = forms.IntegerField(
        label=gettext_lazy("At most so many cases"), min_value=1, max_value=BATCH_MAX, initial=20,
        help_text=gettext_lazy("Those longest without a talk first."),
    )  # fmt: skip
    words = note_field(gettext_lazy("Why, and what is to be done"), max_length=1000)

    def __init__(self, *args: Any, on: date, terms: AgencyTerms, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID, **options})
        days = min(terms.days_max, KINDS[AGENCY].days_max, max((terms.contract_to - on).days, 0))
        self.fields["until_on"] = day_field(
            _("Last day"), on, days, initial=on + timedelta(days=min(days, DAYS_OFFERED)), help_text=_("Included.")
        )


class DecideForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("approve", gettext_lazy("Approve")), ("refuse", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )
    words = note_field(
        gettext_lazy("Words for whoever asked"), required=False, help_text=gettext_lazy("Wanted where it is refused.")
    )


class PapersForm(forms.Form):
    """Words, the paper that shows it, and what it cost."""

    words = note_field(gettext_lazy("What happened"), rows=4, max_length=1000)
    document = forms.CharField(
        label=gettext_lazy("Paper or recording"),
        required=False,
        max_length=PAPER_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Its number, or where it is kept."),
    )

    def __init__(self, *args: Any, currency: str, files: QuerySet[Attachment], **options: Any) -> None:
        super().__init__(*args, **{"auto_id": DRAWER_ID, **options})
        if files:
            self.fields["attachment"] = forms.ModelChoiceField(
                label=_("A file of the case"), queryset=files, required=False, empty_label=_("No file")
            )
        self.fields["cost"] = AmountField(
            currency, label=_("What it cost, %(currency)s") % {"currency": currency}, required=False
        )


class StageForm(PapersForm):
    def __init__(self, *args: Any, referral: Referral, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        stages = [(code, Referral.Stage(code).label) for code in next_stages(referral.kind, referral.stage)]
        self.fields["stage"] = forms.ChoiceField(label=_("What has been reached"), choices=stages)
        self.fields["happened_on"] = forms.DateField(label=_("On which day"), initial=on, widget=day_input(max=on))
        self.order_fields(["stage", "happened_on"])


class EndForm(PapersForm):
    def __init__(self, *args: Any, results: Sequence[str], asks_when: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["result"] = forms.ChoiceField(
            label=_("What came of it"),
            choices=[(code, Referral.Result(code).label) for code in results],
            widget=forms.RadioSelect,
        )
        if asks_when:
            self.fields["happened_at"] = moment_field(
                _("When it was"), required=False, help_text=_("Nobody set out in the console: the log needs the time.")
            )
        self.order_fields(["result", "happened_at"])


class EvaluationForm(forms.Form):
    grade = forms.ChoiceField(
        label=gettext_lazy("Result of the evaluation"), choices=AgencyEvaluation.Grade.choices, widget=forms.RadioSelect
    )
    words = note_field(
        gettext_lazy("What was looked at and found"), rows=5, max_length=1000,
        help_text=gettext_lazy("Conduct, complaints, training, safety of data; not money alone."),
    )  # fmt: skip


def _rate_field(bucket: str) -> forms.CharField:
    return forms.CharField(
        label=_("Commission on %(bucket)s, percent") % {"bucket": bucket}, required=False, max_length=10,
        widget=forms.TextInput(attrs={"class": "money", "inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip


class AgencyTermsForm(forms.Form):
    """A version of an agency's terms; `content` is what the change carries."""

    valid_from = forms.DateField(label=gettext_lazy("From day"), widget=day_input())
    name = forms.CharField(label=gettext_lazy("Name in English"), max_length=120)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=120, required=False)
    listed_at = forms.CharField(
        label=gettext_lazy("Where the white list names it"), max_length=200, required=False,
        help_text=gettext_lazy("The address or the issue in which the list is published. Without it nothing may be placed."),
    )  # fmt: skip
    contract_from = forms.DateField(label=gettext_lazy("Contract from"), widget=day_input())
    contract_to = forms.DateField(
        label=gettext_lazy("Contract to"), widget=day_input(), help_text=gettext_lazy("Included.")
    )
    days_max = forms.IntegerField(
        label=gettext_lazy("Longest placement, in days"), min_value=1, max_value=KINDS[AGENCY].days_max, initial=90
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("How it may contact borrowers"),
        choices=[(each.value, each.label) for each in (Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.LETTER)],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, version: AgencyTerms | None, **options: Any) -> None:
        options["initial"] = initial = dict[str, Any]()
        if version:
            names = ("name", "name_zh", "listed_at", "contract_from", "contract_to", "days_max", "channels")
            initial |= {name: getattr(version, name) for name in names}
            initial |= {f"rate_{each}": _percent(ppm) for each, ppm in version.commission.items()}
        super().__init__(*args, **options)
        if version is None:
            self.fields["code"] = forms.SlugField(label=_("Code"), max_length=40)
        for bucket in BUCKETS:
            self.fields[f"rate_{bucket}"] = _rate_field(bucket)
        self.fields["words"] = note_field(_("Why it changes"), rows=2)
        self.order_fields(["code"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for bucket in BUCKETS:
            name = f"rate_{bucket}"
            try:
                cleaned[name] = parse_rate(cleaned.get(name) or "0")
            except ValueError:
                self.add_error(name, _("This is not a rate, such as 15 or 12.5."))
            else:
                if not 0 <= cleaned[name] < PPM:
                    self.add_error(name, _("A commission is less than everything."))
        code = cleaned.get("code")
        if code and (AgencyTerms.objects.filter(agency__code=code).exists() or _is_waiting(code)):
            self.add_error("code", _("There is an agency of this code already."))
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in ("name", "name_zh", "listed_at", "days_max", "channels")},
            "contract_from": cleaned["contract_from"].isoformat(),
            "contract_to": cleaned["contract_to"].isoformat(),
            "commission": {bucket: cleaned[f"rate_{bucket}"] for bucket in BUCKETS},
        }


def _percent(ppm: int) -> str:
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") if ppm else ""


def _is_waiting(code: str) -> bool:
    return Change.objects.waiting().filter(kind=Change.Kind.AGENCY, subject=code).exists()
