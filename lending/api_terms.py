"""Products, funders and what funders received, for machines: what the pages show, money as text in major units."""

from datetime import date
from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.claims import speaking_for
from lending.creditor_view import owed_to
from lending.edge import StaffRequest, day_of
from lending.funder_report import COMPONENTS, lines_of, note_report, totals_of
from lending.funder_terms import terms_of as funder_terms_of
from lending.models import Funder, GuarantorPayment, Loan, Product
from lending.money import plain_amount
from lending.product_terms import terms_of as product_terms_of
from lending.terms_forms import PeriodForm
from lending.versions import funder_versions

LINES_MAX = 10_000


class ProductVersionOut(serializers.Serializer[Any]):
    """A version of a product's terms: rates in parts per million a year, amounts in minor units."""

    code = serializers.CharField()
    valid_from = serializers.DateField()
    terms = serializers.DictField()


class FunderVersionOut(serializers.Serializer[Any]):
    """A version of a funder's names and of what may be done with its claims: free, consent or never."""

    valid_from = serializers.DateField()
    terms = serializers.DictField()


class FunderOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    versions = FunderVersionOut(many=True)


class ReceivedOut(serializers.Serializer[Any]):
    """What a funder received of one loan, by component, in major units."""

    loan = serializers.CharField()
    product = serializers.CharField()
    currency = serializers.CharField()
    is_shared = serializers.BooleanField()
    amounts = serializers.DictField(child=serializers.CharField())
    total = serializers.CharField()


class FunderReportOut(serializers.Serializer[Any]):
    funder = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()
    totals = serializers.DictField(child=serializers.CharField(), help_text="by currency")
    lines = ReceivedOut(many=True)


class LoanShareOut(serializers.Serializer[Any]):
    """A funder's part of the loan from a day on, in parts per million."""

    from_on = serializers.DateField()
    funder = serializers.CharField(source="funder.code")
    share_ppm = serializers.IntegerField()


class GuarantorPaymentOut(serializers.Serializer[Any]):
    """What a guarantor paid for, and when the debtor was told."""

    id = serializers.IntegerField()
    on = serializers.DateField()
    guarantor = serializers.CharField(source="guarantor.code")
    first_instalment = serializers.IntegerField(source="first_n")
    last_instalment = serializers.IntegerField(source="last_n")
    amount = serializers.SerializerMethodField()
    reference = serializers.CharField()
    debtor_told_on = serializers.SerializerMethodField()
    reversed_on = serializers.SerializerMethodField(help_text="where it was taken back: it counts for no day")

    def get_amount(self, payment: GuarantorPayment) -> str:
        return plain_amount(payment.amount, self.context["currency"])

    def get_debtor_told_on(self, payment: GuarantorPayment) -> str | None:
        notice = getattr(payment, "notice", None)
        return notice.given_on.isoformat() if notice else None

    def get_reversed_on(self, payment: GuarantorPayment) -> str | None:
        reversal = getattr(payment, "reversal", None)
        return reversal.on.isoformat() if reversal else None


class LoanCreditorsOut(serializers.Serializer[Any]):
    """To whom a loan is owed: its lender of record, those in whose names it is asked for, and why."""

    loan = serializers.CharField()
    lender_of_record = serializers.CharField()
    creditors = serializers.ListField(child=serializers.CharField())
    shares = LoanShareOut(many=True)
    guarantor_payments = GuarantorPaymentOut(many=True)


def loan_creditors(loan: Loan, on: date) -> dict[str, Any]:
    """To whom the loan is owed on a day, as machines read it."""
    owed = owed_to(loan, on)
    told = {
        "loan": loan.number,
        "lender_of_record": loan.funder.code,
        "creditors": [funder.code for funder in speaking_for(loan, on)],
        "shares": owed.shares,
        "guarantor_payments": owed.payments,
    }
    return dict(LoanCreditorsOut(told, context={"currency": loan.currency}).data)


class ProductsView(APIView):
    """Every version of every product."""

    audience = {"GET": "lending.terms_read"}

    @extend_schema(tags=["terms"], responses=ProductVersionOut(many=True))
    def get(self, request: Request) -> Response:
        found = [
            {"code": product.code, "valid_from": product.valid_from, "terms": product_terms_of(product)}
            for product in Product.objects.order_by("code", "valid_from")
        ]
        return Response(ProductVersionOut(found, many=True).data)


class FundersView(APIView):
    """Every funder and guarantor with its versions."""

    audience = {"GET": "lending.terms_read"}

    @extend_schema(tags=["terms"], responses=FunderOut(many=True))
    def get(self, request: Request) -> Response:
        found = [
            {
                "code": funder.code,
                "versions": [
                    {"valid_from": each.valid_from, "terms": funder_terms_of(each)} for each in funder_versions(funder)
                ],
            }
            for funder in Funder.objects.order_by("code")
        ]
        return Response(FunderOut(found, many=True).data)


class FunderReportView(APIView):
    """What a funder received from `first` to `last`, both included: this month unless they are named."""

    audience = {"GET": "lending.terms_export"}

    @extend_schema(
        tags=["terms"],
        parameters=[OpenApiParameter("first", OpenApiTypes.DATE), OpenApiParameter("last", OpenApiTypes.DATE)],
        responses=FunderReportOut,
    )
    def get(self, request: Request, code: str) -> Response:
        """Up to 10,000 loans; 400 asks for fewer days when there are more. Who took it is on record."""
        funder = get_object_or_404(Funder, code=code)
        first, last = _days(request)
        lines = []
        for line in lines_of(funder, first, last):
            lines.append(line)
            if len(lines) > LINES_MAX:
                raise serializers.ValidationError({"first": f"more than {LINES_MAX} loans: ask for fewer days"})
        who = cast(StaffRequest, request)
        note_report(funder, first, last, rows=len(lines), by=who.user, at=who.now)
        told = {
            "funder": funder.code,
            "first": first,
            "last": last,
            "totals": {total.currency: plain_amount(total.total, total.currency) for total in totals_of(lines)},
            "lines": [
                {
                    "loan": line.number,
                    "product": line.product,
                    "currency": line.currency,
                    "is_shared": line.is_shared,
                    "amounts": {
                        str(each): plain_amount(line.amounts[each], line.currency)
                        for each in COMPONENTS
                        if each in line.amounts
                    },
                    "total": plain_amount(line.total, line.currency),
                }
                for line in lines
            ],
        }
        return Response(FunderReportOut(told).data)


def _days(request: Request) -> tuple[date, date]:
    today = day_of(cast(StaffRequest, request))
    query = request.query_params
    form = PeriodForm({"first": query.get("first") or today.replace(day=1), "last": query.get("last") or today})
    if not form.is_valid():
        raise serializers.ValidationError(
            {name: [str(each) for each in errors] for name, errors in form.errors.items()}
        )
    return form.cleaned_data["first"], form.cleaned_data["last"]
