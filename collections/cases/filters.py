"""What may be asked of a list of cases, by the page and by machines alike."""

import django_filters
from django.db.models import QuerySet

from cases import stages
from cases.finding import found, named
from cases.models import Case, CaseQuerySet
from lending.buckets import BUCKETS
from lending.models import Borrower


class CaseFilter(django_filters.FilterSet):  # type: ignore[misc]  # it brings no types
    """A filter whose value makes no sense is passed over by the page, and refused to machines."""

    state = django_filters.ChoiceFilter(choices=Case.State.choices)
    stage = django_filters.ChoiceFilter(choices=stages.choices)
    bucket = django_filters.ChoiceFilter(choices=[(each.code, each.code) for each in BUCKETS])
    action = django_filters.ChoiceFilter(field_name="next_action", choices=Case.NextAction.choices)
    owner = django_filters.CharFilter(field_name="owner__username")
    unassigned = django_filters.BooleanFilter(field_name="owner", lookup_expr="isnull")
    team = django_filters.CharFilter(method="filter_team")
    funder = django_filters.CharFilter(method="filter_funder")
    product = django_filters.CharFilter(method="filter_product")
    language = django_filters.ChoiceFilter(field_name="borrower__language", choices=Borrower.Language.choices)
    hold = django_filters.BooleanFilter(method="filter_hold")
    promise = django_filters.BooleanFilter(field_name="promised_on", lookup_expr="isnull", exclude=True)
    behind_from = django_filters.DateFilter(field_name="behind_since", lookup_expr="gte")
    behind_to = django_filters.DateFilter(field_name="behind_since", lookup_expr="lte")
    borrower = django_filters.CharFilter(field_name="borrower__ref")
    name = django_filters.CharFilter(method="filter_name", help_text="the digest of a name or of a part of it")
    q = django_filters.CharFilter(
        method="filter_text", help_text="a borrower's reference, a loan number, a name or a part of it as a word"
    )

    class Meta:
        model = Case
        fields = (
            "state",
            "stage",
            "bucket",
            "action",
            "owner",
            "unassigned",
            "team",
            "funder",
            "product",
            "language",
            "hold",
            "promise",
            "behind_from",
            "behind_to",
            "borrower",
            "name",
            "q",
        )

    def filter_team(self, queryset: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return queryset.in_team(value)

    def filter_funder(self, queryset: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return queryset.lent(funder__code=value)

    def filter_product(self, queryset: CaseQuerySet, name: str, value: str) -> CaseQuerySet:
        return queryset.lent(product__code=value)

    def filter_hold(self, queryset: CaseQuerySet, name: str, value: bool) -> QuerySet[Case]:
        return queryset.on_hold() if value else queryset.exclude(next_action=Case.NextAction.ON_HOLD)

    def filter_name(self, queryset: CaseQuerySet, name: str, value: str) -> QuerySet[Case]:
        return named(value).among(queryset)

    def filter_text(self, queryset: CaseQuerySet, name: str, value: str) -> QuerySet[Case]:
        return found(value).among(queryset)
