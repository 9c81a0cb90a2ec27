"""The drawer of the case list: every filter, the order, the columns; and the form under whose name a view is kept."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases import stages
from cases.columns import COLUMNS
from cases.models import Case
from lending.buckets import BUCKETS
from lending.models import Borrower, Funder, Product
from staff.models import Role, Team, User

ANY = ("", _("any"))
CHOICES_MAX = 500
SORTS = (
    ("", _("most urgent first")),
    ("-days", _("longest behind first")),
    ("days", _("shortest behind first")),
    ("-amount", _("largest amount first")),
    ("amount", _("smallest amount first")),
    ("next", _("next action due first")),
    ("-next", _("next action due last")),
    ("priority", _("least urgent first")),
)
YES = (("true", _("yes")), ("false", _("no")))


def _choice(label: Any, choices: Iterable[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[ANY, *choices], required=False)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class ListForm(forms.Form):
    """Sent by GET to the list, whose address it makes."""

    stage = _choice(_("Stage"), ())
    bucket = _choice(_("Bucket"), [(each.code, each.code) for each in BUCKETS[1:]])
    action = _choice(_("Next action"), Case.NextAction.choices)
    owner = _choice(_("In hand with"), ())
    unassigned = _choice(_("Unassigned"), YES)
    team = _choice(_("Team"), ())
    funder = _choice(_("Funder"), ())
    product = _choice(_("Product"), ())
    language = _choice(_("Language"), Borrower.Language.choices)
    hold = _choice(_("On hold"), YES)
    promise = _choice(_("Promise open"), YES)
    behind_from = _day(_("Behind since, from"))
    behind_to = _day(_("Behind since, to"))
    sort = forms.ChoiceField(label=_("Order"), choices=SORTS, required=False)
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(name, column.label) for name, column in COLUMNS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        language = get_language() or ""
        funders = {each.code: each.name_in(language) for each in Funder.objects.order_by("code")[:CHOICES_MAX]}
        products = Product.objects.order_by("code", "valid_from")[:CHOICES_MAX]
        self._offer("stage", stages.choices())
        self._offer("funder", funders.items())
        self._offer("product", {each.code: each.name_in(language) for each in products}.items())
        if user.role == Role.AGENT:
            for name in ("owner", "unassigned", "team"):
                del self.fields[name]
            return
        people = User.objects.in_teams_of(user) if user.role == Role.SUPERVISOR else User.objects.all()
        agents = people.filter(role=Role.AGENT).order_by("display_name", "username")[:CHOICES_MAX]
        teams = Team.objects.filter(people__in=people).distinct().order_by("name")[:CHOICES_MAX]
        self._offer("owner", ((agent.username, str(agent)) for agent in agents))
        self._offer("team", ((team.name, team.name) for team in teams))

    def _offer(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]


class SaveForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=60)
    query = forms.CharField(widget=forms.HiddenInput, max_length=1000, required=False)
    opens_by_itself = forms.BooleanField(label=_("Opens by itself"), required=False)
