"""Cases for machines, read only."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.pagination import CursorPagination

from cases.filters import CaseFilter
from cases.models import Case, CaseQuerySet
from lending.money import plain_amount
from staff.models import User


class ByAge(CursorPagination):
    page_size = 50
    ordering = "id"


class CaseOut(serializers.ModelSerializer[Case]):
    borrower = serializers.CharField(source="borrower.ref")
    borrower_name = serializers.SerializerMethodField(help_text="masked")
    overdue = serializers.SerializerMethodField(help_text="principal and interest, in major units")
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
            "priority",
            "behind_since",
            "overdue",
            "currency",
            "promised_on",
            "version",
        ]

    def get_borrower_name(self, case: Case) -> str:
        return str(case.borrower.name)

    def get_overdue(self, case: Case) -> str | None:
        return plain_amount(case.overdue, case.currency) if case.currency else None


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
