"""Records that may be one borrower: side by side, masked, and putting their merging forward."""

from django import forms
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases.edge import StaffRequest
from cases.forms import note_field
from cases.merging import put_forward_merge, said
from lending.duplicates import pairs, why_one, why_words
from lending.models import Borrower, Change
from lending.views.changing import put_forward, who_and_when
from staff.access import audience
from staff.matrix import may
from staff.once import once

SHOWN_MAX = 50


@audience("lending.terms_read")
def duplicates(request: StaffRequest) -> HttpResponse:
    """Pairs within scope, the surest first, and what was put forward about them."""
    found = pairs(Borrower.objects.visible_to(request.user))
    changes = Change.objects.filter(kind=Change.Kind.MERGE).select_related("maker").order_by("-pk")[:SHOWN_MAX]
    waiting = {change.subject for change in changes if change.state == Change.State.WAITING}
    rows = [
        (pair, _compared(pair.first, pair.second), why_words(pair.why))
        for pair in found[:SHOWN_MAX]
        if " + ".join(sorted([pair.first.ref, pair.second.ref]))[:120] not in waiting
    ]
    context = {
        "rows": rows,
        "more": max(0, len(found) - SHOWN_MAX),
        "changes": changes,
        "may_change": may(request.user.role, "lending.terms"),
    }
    return TemplateResponse(request, "cases/duplicates.html", context)


class MergeForm(forms.Form):
    def __init__(self, *args: object, first: Borrower, second: Borrower, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["stays"] = forms.TypedChoiceField(
            label=_("Which record stays"), coerce=int, widget=forms.RadioSelect, initial=first.pk,
            choices=[(each.pk, f"{each.ref} · {each.name}") for each in (first, second)],
        )  # fmt: skip
        self.fields["words"] = note_field(_("How you know"), rows=2)


@audience("lending.terms", post="lending.terms")
@once
def merge(request: StaffRequest, pk: int, other: int) -> HttpResponse:
    """Put the merging of two records forward; nothing moves before somebody else has decided."""
    known = Borrower.objects.visible_to(request.user).filter(merged_into=None).in_bulk([pk, other])
    if len(known) != 2 or not why_one(known[pk], known[other]):
        raise Http404
    form = MergeForm(request.POST or None, first=known[pk], second=known[other])

    def act() -> Change:
        stays = known[form.cleaned_data["stays"]]
        goes = known[other if stays.pk == pk else pk]
        return put_forward_merge(stays, goes, words=form.cleaned_data["words"], **who_and_when(request))

    context = {"lines": _compared(known[pk], known[other]), "first": known[pk], "second": known[other]}
    return put_forward(request, form, act, "cases/merge.html", **context)


def _compared(first: Borrower, second: Borrower) -> list[tuple[str, str, str]]:
    one, two = said(first), said(second)
    return [(label, one[label], two[label]) for label in one]
