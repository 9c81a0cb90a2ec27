"""Loans for machines: the same rows a person would see, money as text in major units, names masked."""

from datetime import date, timedelta
from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from lending.api_answers import ClearanceOut, PayoffOut, PrepaymentOut, StatementOut
from lending.api_terms import LoanCreditorsOut, loan_creditors
from lending.bucket_terms import buckets_of, in_bucket, of_product
from lending.buckets import BUCKETS, bucket
from lending.edge import StaffRequest, day_of
from lending.facts import facts_of, standing_of
from lending.imports.fields import DAY_FIRST
from lending.letters import clearance_letter, quote_letter, statement_letter, statement_of
from lending.models import Loan, LoanQuerySet
from lending.models.loans import PAST_DUE
from lending.money import AmountError, parse_amount, plain_amount
from lending.pages import name_for
from lending.payoff import quote
from lending.prepaying import PrepaymentError, preview
from lending.prepayment import Keep
from lending.recovery import with_recoveries
from lending.views.letter_files import PdfRenderer, as_pdf, language_for
from lending.waivable import waived_parts

LETTER_RENDERERS = [JSONRenderer, PdfRenderer]


class ByNumber(CursorPagination):
    """Pages that cost the same at any depth."""

    page_size = 50
    ordering = "number"


class LoanFilter(django_filters.FilterSet):  # type: ignore[misc]  # it brings no types
    """What may be asked of a list of loans; `bucket` is one of the product's own where a product is named."""

    status = django_filters.ChoiceFilter(choices=Loan.Status.choices)
    product = django_filters.CharFilter(field_name="product__code")
    bucket = django_filters.ChoiceFilter(choices=[(each.code, each.code) for each in BUCKETS], method="filter_bucket")
    funder = django_filters.CharFilter(field_name="funder__code")
    borrower = django_filters.CharFilter(field_name="borrower__ref")
    in_arrears = django_filters.BooleanFilter(method="filter_in_arrears")

    recovered = django_filters.BooleanFilter(method="filter_recovered")

    class Meta:
        model = Loan
        fields = ["status", "product", "bucket", "funder", "borrower", "in_arrears", "recovered"]

    def __init__(self, *args: Any, on: date | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.on = on or getattr(self.request, "business_date", None)
        if self.on and (product := self.data.get("product")):
            bucket = self.filters["bucket"]
            bucket.extra["choices"] = [(each.code, each.code) for each in of_product(product, self.on)]
            bucket.__dict__.pop(
                "_field", None
            )  # one that the schema has asked for is kept with the class's own choices

    def filter_bucket(self, queryset: LoanQuerySet, name: str, value: str) -> QuerySet[Loan]:
        product = self.data.get("product")
        if product and self.on:
            return queryset.filter(in_bucket(product, value, self.on))
        return queryset.filter(arrears__bucket=value)

    def filter_recovered(self, queryset: LoanQuerySet, name: str, value: bool) -> QuerySet[Loan]:
        return with_recoveries(queryset) if value else queryset

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
    bucket = serializers.SerializerMethodField(help_text="the house's")
    own_bucket = serializers.SerializerMethodField(help_text="the product's")
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

    def get_own_bucket(self, loan: Loan) -> str:
        return bucket(max(self.get_days_past_due(loan), 0), buckets_of(loan.product.buckets))

    def get_overdue_principal(self, loan: Loan) -> str:
        return self._overdue(loan, "overdue_principal")

    def get_overdue_interest(self, loan: Loan) -> str:
        return self._overdue(loan, "overdue_interest")

    def get_penalty(self, loan: Loan) -> str:
        arrears = getattr(loan, "arrears", None)
        return plain_amount(arrears.penalty_on(self.context["on"]) if arrears else 0, loan.currency)

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

    @extend_schema(tags=["loans"], responses=LoanCreditorsOut, filters=False)
    @action(detail=True, pagination_class=None)
    def creditors(self, request: Request, number: str) -> Response:
        """To whom the loan is owed on the business date: shares, and what guarantors have paid."""
        return Response(loan_creditors(self.get_object(), _business_date(request)))

    @extend_schema(
        tags=["loans"], parameters=[OpenApiParameter("on", OpenApiTypes.DATE)], responses=PayoffOut, filters=False
    )
    @action(detail=True, pagination_class=None, renderer_classes=LETTER_RENDERERS)
    def payoff(self, request: Request, number: str) -> HttpResponse:
        """What settles the loan on a day: the business date unless `on` names another. As PDF, the letter to the borrower."""
        loan = self.get_object()
        today = _business_date(request)
        on = day_asked(request, "on", today, loan.start_on, today + timedelta(days=366))
        told = quote(facts_of([loan.pk])[loan.pk], on)
        if request.accepted_renderer.format == "pdf":
            to = _addressed(request, loan)
            letter = quote_letter(loan, {"quote": told}, **to)
            return as_pdf(letter, loan, kind="payoff", language=to["language"], on=to["on"])
        names = ("principal", "interest_due", "interest_running", "penalty", "fee", "held", "amount")
        amounts = {name: plain_amount(getattr(told, name), loan.currency) for name in names}
        days = {"on": told.on, "valid_until": told.valid_until}
        return Response(PayoffOut({"loan": loan.number, "currency": loan.currency, **days, **amounts}).data)

    @extend_schema(
        tags=["loans"],
        parameters=[
            OpenApiParameter("amount", str, required=True),
            OpenApiParameter("keep", str, enum=list(Keep)),
            OpenApiParameter("on", OpenApiTypes.DATE),
        ],
        responses=PrepaymentOut,
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def prepayment(self, request: Request, number: str) -> Response:
        """What an amount would do as a prepayment, with the schedule that follows; posting it is a payment that says `keep`."""
        loan = self.get_object()
        today = _business_date(request)
        on = day_asked(request, "on", today, loan.start_on, today)
        keep = request.query_params.get("keep") or Keep.INSTALMENT
        try:
            amount = parse_amount(request.query_params.get("amount", ""), loan.currency)
            made = preview(loan, on=on, amount=amount, keep=Keep(keep))
        except (AmountError, PrepaymentError) as error:
            raise serializers.ValidationError({"amount": str(error)}) from None
        except ValueError:
            raise serializers.ValidationError({"keep": "one of " + ", ".join(Keep)}) from None
        names = ("due", "interest", "fee", "principal", "held", "interest_saved")
        amounts = {name: plain_amount(getattr(made, name), loan.currency) for name in names}
        rows = [
            {
                "n": row.n,
                "due_on": row.due_on,
                "principal": plain_amount(row.principal, loan.currency),
                "interest": plain_amount(row.interest, loan.currency),
            }
            for row in made.rows
        ]
        whole = {
            "loan": loan.number,
            "currency": loan.currency,
            "on": on,
            **amounts,
            "is_full": made.is_full,
            "rows": rows,
        }
        return Response(PrepaymentOut(whole).data)

    @extend_schema(
        tags=["loans"],
        parameters=[OpenApiParameter("from", OpenApiTypes.DATE), OpenApiParameter("to", OpenApiTypes.DATE)],
        responses=StatementOut,
        filters=False,
    )
    @action(detail=True, pagination_class=None, renderer_classes=LETTER_RENDERERS)
    def statement(self, request: Request, number: str) -> HttpResponse:
        """Every movement between two days with its balance: the loan's whole life unless they are named. As PDF, the letter."""
        loan = self.get_object()
        latest = max(_business_date(request), loan.start_on)
        last = day_asked(request, "to", latest, DAY_FIRST, latest)
        first = day_asked(request, "from", min(loan.start_on, last), DAY_FIRST + timedelta(days=1), last)
        told = statement_of(loan, first, last)
        if request.accepted_renderer.format == "pdf":
            to = _addressed(request, loan)
            letter = statement_letter(loan, told, **to)
            return as_pdf(letter, loan, kind="statement", language=to["language"], on=to["on"])
        movements = [
            {
                "on": each.on,
                "kind": str(each.kind),
                "amount": plain_amount(each.amount, loan.currency),
                "balance": plain_amount(each.balance, loan.currency),
                "instalment": each.n,
                "reference": each.receipt.reference if each.receipt else None,
            }
            for each in told.movements
        ]
        sums = {
            "opening_balance": plain_amount(told.opening, loan.currency),
            "closing_balance": plain_amount(told.closing, loan.currency),
        }
        days = {"from_on": told.from_on, "to_on": told.to_on}
        whole = {"loan": loan.number, "currency": loan.currency, **days, **sums, "movements": movements}
        return Response(StatementOut(whole).data)

    @extend_schema(tags=["loans"], responses=ClearanceOut, filters=False)
    @action(detail=True, pagination_class=None, renderer_classes=LETTER_RENDERERS)
    def clearance(self, request: Request, number: str) -> HttpResponse:
        """That nothing is owed any more, with what was given up; 404 while something is. As PDF, the letter to the borrower."""
        loan = self.get_object()
        if loan.status != Loan.Status.PAID:
            raise Http404
        if request.accepted_renderer.format == "pdf":
            to = _addressed(request, loan)
            return as_pdf(clearance_letter(loan, **to), loan, kind="clearance", language=to["language"], on=to["on"])
        waived = waived_parts(standing_of(loan, _business_date(request)))
        amounts = {name: plain_amount(amount, loan.currency) for name, amount in waived._asdict().items()}
        told = {"loan": loan.number, "currency": loan.currency, "paid_off_on": loan.paid_off_on, "waived": amounts}
        return Response(ClearanceOut(told).data)


def _addressed(request: Request, loan: Loan) -> dict[str, Any]:
    """In which language, to what name as this user may read it, and as of when a letter is written."""
    language = language_for(request.query_params.get("language", ""), loan)
    name = name_for(loan.borrower, cast(StaffRequest, request).user)
    return {"language": language, "name": name, "on": _business_date(request)}


def _business_date(request: Request) -> date:
    return day_of(cast(StaffRequest, request))


def day_asked(request: Request, name: str, default: date, first: date, last: date) -> date:
    """A day of the query, between two others; 400 when it is none."""
    text = request.query_params.get(name)
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise serializers.ValidationError({name: "a day like 2026-01-31"}) from None
    if not first <= day <= last:
        raise serializers.ValidationError({name: f"a day from {first} to {last}"})
    return day
