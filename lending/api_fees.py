"""Costs for machines: what was charged to a loan, and a cost put forward or given up; decided as any change is."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.api_changes import WORDS_MAX, ChangeOut
from lending.changes import ChangeError
from lending.edge import StaffRequest, day_of
from lending.fees import propose_fee, propose_fee_waiver
from lending.models import Fee, Loan
from lending.money import AmountError, parse_amount, plain_amount
from staff.api_once import KEY, once_by_key


class FeeIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Fee.Kind.choices)
    amount = serializers.CharField(max_length=20)
    incurred_on = serializers.DateField()
    shown_by = serializers.CharField(source="source", max_length=120, help_text="the ruling, invoice or clause")
    words = serializers.CharField(max_length=WORDS_MAX)


class FeeWaiverIn(serializers.Serializer[Any]):
    amount = serializers.CharField(max_length=20)
    words = serializers.CharField(max_length=WORDS_MAX)


class FeeOut(serializers.Serializer[Any]):
    """A cost, or what was given up of one: then `amount` is negative and `waives` names it."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Fee.Kind.choices)
    on = serializers.DateField()
    amount = serializers.SerializerMethodField()
    shown_by = serializers.CharField(source="source")
    waives = serializers.IntegerField(source="waives_id", allow_null=True)

    def get_amount(self, fee: Fee) -> str:
        return plain_amount(fee.amount, fee.loan.currency)


class FeesView(APIView):
    """The costs of a loan in the order of their days, and a new one."""

    audience = {"GET": "lending.read", "POST": "lending.terms"}

    @extend_schema(tags=["loans"], responses=FeeOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        fees = Fee.objects.filter(loan=_loan(request, number)).select_related("loan").order_by("on", "pk")
        return Response(FeeOut(fees, many=True).data)

    @extend_schema(tags=["loans"], parameters=[KEY], request=FeeIn, responses={200: ChangeOut, 201: ChangeOut})
    @once_by_key
    def post(self, request: Request, number: str) -> Response:
        """201 when it waits for a decision now, 200 when the key is known, 422 when the key has other content."""
        loan, who = _loan(request, number), cast(StaffRequest, request)
        given = FeeIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data | {"amount": _amount(given.validated_data["amount"], loan)}
        try:
            change = propose_fee(loan=loan, **row, by=who.user, at=who.now, on=day_of(who))
        except ChangeError as error:
            raise serializers.ValidationError({error.field or "detail": str(error)}) from None
        return Response(ChangeOut(change).data, status=201)


class FeeWaiverView(APIView):
    """A cost, or a part of it, given up."""

    audience = {"POST": "lending.terms"}

    @extend_schema(tags=["loans"], parameters=[KEY], request=FeeWaiverIn, responses={200: ChangeOut, 201: ChangeOut})
    @once_by_key
    def post(self, request: Request, number: str, pk: int) -> Response:
        """201 when it waits for a decision now, 200 when the key is known, 422 when the key has other content."""
        loan, who = _loan(request, number), cast(StaffRequest, request)
        fee = get_object_or_404(Fee.objects.select_related("loan__product"), pk=pk, loan=loan, waives=None)
        given = FeeWaiverIn(data=request.data)
        given.is_valid(raise_exception=True)
        amount, words = _amount(given.validated_data["amount"], loan), given.validated_data["words"]
        try:
            change = propose_fee_waiver(fee, amount=amount, words=words, by=who.user, at=who.now, on=day_of(who))
        except ChangeError as error:
            raise serializers.ValidationError({error.field or "detail": str(error)}) from None
        return Response(ChangeOut(change).data, status=201)


def _amount(text: str, loan: Loan) -> int:
    try:
        return parse_amount(text, loan.currency)
    except AmountError as error:
        raise serializers.ValidationError({"amount": str(error)}) from None


def _loan(request: Request, number: str) -> Loan:
    return get_object_or_404(Loan.objects.visible_to(request.user).select_related("product"), number=number)
