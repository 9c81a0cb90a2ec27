"""Loans for machines, read only: the same rows a person would see, money as text in major units, names masked."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.pagination import CursorPagination

from lending.buckets import BUCKETS, bucket
from lending.models import Loan, LoanQuerySet
from lending.models.loans import PAST_DUE
from lending.money import plain_amount


class ByNumber(CursorPagination):
    """Pages that cost the same at any depth."""

    page_size = 50
    ordering = "number"


class LoanFilter(django_filters.FilterSet):  # type: ignore[misc]  # it brings no types
    status = django_filters.ChoiceFilter(choices=Loan.Status.choices)
    bucket = django_filters.ChoiceFilter(
        choices=[(each.code, each.code) for each in BUCKETS], field_name="arrears__bucket"
    )
    funder = django_filters.CharFilter(field_name="funder__code")
    borrower = django_filters.CharFilter(field_name="borrower__ref")
    in_arrears = django_filters.BooleanFilter(method="filter_in_arrears")

    class Meta:
        model = Loan
        fields = ["status", "bucket", "funder", "borrower", "in_arrears"]

    def filter_in_arrears(self, queryset: LoanQuerySet, name: str, value: bool) -> LoanQuerySet:
        return queryset.in_arrears() if value else queryset.exclude(PAST_DUE)


class LoanOut(serializers.Serializer[Loan]):
    """A loan as of the business date."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Loan.Status.choices)
    borrower = serializers.CharField(source="borrower.ref")
    borrower_name = serializers.SerializerMethodField(help_text="masked")
    funder = serializers.CharField(source="funder.code")
    product = serializers.CharField(source="product.code")
    currency = serializers.CharField()
    principal = serializers.SerializerMethodField()
    start_on = serializers.DateField()
    first_due_on = serializers.DateField()
    periods = serializers.IntegerField()
    method = serializers.CharField()
    days_past_due = serializers.SerializerMethodField()
    bucket = serializers.SerializerMethodField()
    overdue_principal = serializers.SerializerMethodField()
    overdue_interest = serializers.SerializerMethodField()
    penalty = serializers.SerializerMethodField()

    def get_borrower_name(self, loan: Loan) -> str:
        return str(loan.borrower.name)

    def get_principal(self, loan: Loan) -> str:
        return plain_amount(loan.principal, loan.currency)

    def get_days_past_due(self, loan: Loan) -> int:
        arrears = getattr(loan, "arrears", None)
        if arrears is None or arrears.oldest_due_on is None:
            return 0
        first_day = 0 if loan.product.day_zero else 1
        return int((self.context["on"] - arrears.oldest_due_on).days) + first_day

    def get_bucket(self, loan: Loan) -> str:
        return bucket(max(self.get_days_past_due(loan), 0))

    def get_overdue_principal(self, loan: Loan) -> str:
        return self._overdue(loan, "overdue_principal")

    def get_overdue_interest(self, loan: Loan) -> str:
        return self._overdue(loan, "overdue_interest")

    def get_penalty(self, loan: Loan) -> str:
        return self._overdue(loan, "penalty")

    def _overdue(self, loan: Loan, part: str) -> str:
        return plain_amount(getattr(getattr(loan, "arrears", None), part, 0), loan.currency)


@extend_schema(tags=["loans"])
class LoanViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Loan]):
    """Loans of the borrowers this user sees."""

    audience = {"GET": "lending.read"}
    serializer_class = LoanOut
    filterset_class = LoanFilter
    pagination_class = ByNumber
    lookup_field = "number"
    lookup_value_regex = "[^/]+"
    queryset = Loan.objects.none()

    def get_queryset(self) -> LoanQuerySet:
        return Loan.objects.visible_to(self.request.user).select_related("borrower", "funder", "product", "arrears")

    def get_serializer_context(self) -> dict[str, Any]:
        on = getattr(self.request, "business_date", None)
        return {**super().get_serializer_context(), "on": on}
