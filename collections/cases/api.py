"""Cases for machines, read only."""

from typing import cast

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.pagination import CursorPagination

from cases import stages
from cases.models import Case, CaseQuerySet
from staff.models import User


class ByAge(CursorPagination):
    page_size = 50
    ordering = "id"


class CaseFilter(django_filters.FilterSet):  # type: ignore[misc]  # it brings no types
    state = django_filters.ChoiceFilter(choices=Case.State.choices)
    stage = django_filters.ChoiceFilter(choices=stages.choices)
    owner = django_filters.CharFilter(field_name="owner__username")
    unassigned = django_filters.BooleanFilter(field_name="owner", lookup_expr="isnull")

    class Meta:
        model = Case
        fields = ["state", "stage", "owner", "unassigned"]


class CaseOut(serializers.ModelSerializer[Case]):
    borrower = serializers.CharField(source="borrower.ref")
    borrower_name = serializers.SerializerMethodField(help_text="masked")
    owner = serializers.CharField(source="owner.username", allow_null=True, default=None)

    class Meta:
        model = Case
        fields = [
            "id",
            "borrower",
            "borrower_name",
            "state",
            "stage",
            "bucket",
            "owner",
            "opened_on",
            "ended_on",
            "reason_behind",
            "next_action",
            "next_at",
        ]

    def get_borrower_name(self, case: Case) -> str:
        return str(case.borrower.name)


@extend_schema(tags=["cases"])
class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Case]):
    """Cases this user sees."""

    audience = {"GET": "cases.read"}
    serializer_class = CaseOut
    filterset_class = CaseFilter
    pagination_class = ByAge
    queryset = Case.objects.none()

    def get_queryset(self) -> CaseQuerySet:
        return Case.objects.visible_to(cast(User, self.request.user)).select_related("borrower", "owner")
