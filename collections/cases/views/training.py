"""Training and examinations: who may work which stage, what ends soon, and recording an examination."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases import stages
from cases.edge import StaffRequest, day_of
from cases.fitness import exam_days, standings
from cases.views.common import UNPROCESSABLE
from staff.access import audience
from staff.matrix import may
from staff.models import Role, Training, User
from staff.once import once
from staff.training import PASS_MARK, TrainingError, record_training


class TrainingForm(forms.Form):
    def __init__(self, *args: Any, known: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["kind"] = forms.ChoiceField(label=_("What for"), choices=Training.Kind.choices)
        self.fields["values"] = forms.MultipleChoiceField(
            label=_("Stages"),
            choices=known,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("None ticked: all."),
        )
        self.fields["trained_on"] = forms.DateField(label=_("Trained on"), widget=day)
        self.fields["exam_on"] = forms.DateField(label=_("Examined on"), widget=day)
        self.fields["score"] = forms.IntegerField(
            label=_("Score, percent"), min_value=0, max_value=100,
            help_text=_("Passed from %(mark)s on.") % {"mark": PASS_MARK},
        )  # fmt: skip
        self.fields["evidence"] = forms.CharField(label=_("Evidence"), max_length=120, required=False)


@audience("staff.training")
def trainings(request: StaffRequest) -> HttpResponse:
    """Agents of one's teams beside the stages, each with the last day of the examination that holds."""
    on, people = day_of(request), list(_people(request.user).select_related("team"))
    days = exam_days(on)
    names = dict(stages.choices(on))
    rows = []
    for each in standings(people, on):
        ends = dict(each.soon)
        cells = [(each.until.get(code), code in each.missing, code in ends) for code in days if days[code]]
        rows.append((each.user, cells))
    context = {
        "rows": rows,
        "stages": [names[code] for code in days if days[code]],
        "newest": Training.objects.filter(user__in=people).select_related("user", "recorded_by").order_by("-pk")[:50],
        "may_record": may(request.user.role, "staff.training_record"),
    }
    return TemplateResponse(request, "cases/trainings.html", context)


@audience("staff.training_record", post="staff.training_record")
@once
def training_record(request: StaffRequest, pk: int) -> HttpResponse:
    person, on = get_object_or_404(_people(request.user), pk=pk), day_of(request)
    form = TrainingForm(request.POST or None, known=stages.choices(on), initial={"trained_on": on, "exam_on": on})
    if request.method == "POST" and form.is_valid():
        try:
            record_training(user=person, by=request.user, at=request.now, on=on, **form.cleaned_data)
        except TrainingError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("The examination is recorded."))
            return redirect("trainings")
    status = UNPROCESSABLE if form.is_bound else 200
    return TemplateResponse(request, "cases/training_form.html", {"form": form, "person": person}, status=status)


def _people(user: User) -> QuerySet[User]:
    """Agents of a supervisor's teams; of every team for whoever reads or keeps all."""
    everybody = User.objects.agents().order_by("display_name", "username")
    return everybody & User.objects.in_teams_of(user) if user.role == Role.SUPERVISOR else everybody
