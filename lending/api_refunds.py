"""Refunds for machines: the services that the pages call, once by the `Idempotency-Key`; money as text in major units."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.edge import StaffRequest, day_of
from lending.models import Loan, Payment, RefundRequest
from lending.money import AmountError, parse_amount, plain_amount
from lending.payment_rules import REFERENCE_MAX
from lending.refunding import RefundError, RefundStaleError, decide_refund, request_refund
from staff.api_once import CONFLICT, KEY, once_by_key

REASON_MAX = WORDS_MAX = 300
SHOWN_MAX = 100


class RefundIn(serializers.Serializer[Any]):
    """How much of which payment goes back, and to where and why."""

    payment = serializers.CharField(max_length=REFERENCE_MAX, help_text="its reference")
    amount = serializers.CharField(max_length=20)
    reason = serializers.CharField(max_length=REASON_MAX)


class RefundDecisionIn(serializers.Serializer[Any]):
    """Words are wanted where it is rejected."""

    verdict = serializers.ChoiceField(choices=["approve", "reject"])
    words = serializers.CharField(max_length=WORDS_MAX, required=False, default="", allow_blank=True)


class RefundOut(serializers.Serializer[Any]):
    """A refund that was asked for; `refund` is the reference of the money that went back."""

    id = serializers.IntegerField()
    loan = serializers.CharField(source="payment.loan.number")
    payment = serializers.CharField(source="payment.reference")
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField(source="payment.currency")
    reason = serializers.CharField()
    state = serializers.ChoiceField(choices=RefundRequest.State.choices)
    asked_by = serializers.CharField(source="maker.username")
    decided_by = serializers.CharField(source="checker.username", allow_null=True, default=None)
    refund = serializers.CharField(source="refund.reference", allow_null=True, default=None)

    def get_amount(self, asked: RefundRequest) -> str:
        return plain_amount(asked.amount, asked.payment.currency)


class RefundsView(APIView):
    """The refunds of a loan, newest first, and a new one."""

    audience = {"GET": "lending.read", "POST": "lending.refund"}

    @extend_schema(tags=["loans"], responses=RefundOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        asked = RefundRequest.objects.filter(payment__loan=_loan(request, number))
        asked = asked.select_related("payment__loan", "maker", "checker", "refund").order_by("-pk")
        return Response(RefundOut([*asked[:SHOWN_MAX]], many=True).data)

    @extend_schema(tags=["loans"], parameters=[KEY], request=RefundIn, responses={200: RefundOut, 201: RefundOut})
    @once_by_key
    def post(self, request: Request, number: str) -> Response:
        """201 when it is new, 200 when the key is known, 422 when the key has other content."""
        loan, who = _loan(request, number), cast(StaffRequest, request)
        given = RefundIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        payment = get_object_or_404(Payment.objects.select_related("loan"), loan=loan, reference=row["payment"])
        try:
            amount = parse_amount(row["amount"], payment.currency)
            asked = request_refund(
                payment, amount=amount, reason=row["reason"], by=who.user, at=who.now, on=day_of(who)
            )
        except (AmountError, RefundError) as error:
            raise serializers.ValidationError({"amount": str(error)}) from None
        return Response(RefundOut(asked).data, status=201)


class RefundDecisionView(APIView):
    """The decision on a refund that somebody else asked for."""

    audience = {"POST": "lending.refund_decide"}

    @extend_schema(tags=["loans"], parameters=[KEY], request=RefundDecisionIn, responses={200: RefundOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it was decided before, 422 when the key has other content."""
        who = cast(StaffRequest, request)
        found = RefundRequest.objects.visible_to(who.user).select_related("payment__loan", "maker")
        asked = get_object_or_404(found, pk=pk)
        given = RefundDecisionIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        try:
            decided = decide_refund(
                asked,
                approve=row["verdict"] == "approve",
                words=row["words"],
                by=who.user,
                at=who.now,
                on=day_of(who),
            )
        except RefundStaleError as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        except RefundError as error:
            raise serializers.ValidationError({"detail": str(error)}) from None
        return Response(RefundOut(decided).data)


def _loan(request: Request, number: str) -> Loan:
    return get_object_or_404(Loan.objects.visible_to(request.user), number=number)
