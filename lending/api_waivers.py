"""Waivers and write-offs for machines: asked for, decided and taken back as on the pages; money as text in major units."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.api_changes import DecisionIn
from lending.edge import StaffRequest, day_of
from lending.models import Loan, WaiverRequest
from lending.money import AmountError, parse_amount, plain_amount
from lending.waivable import COMPONENTS, Parts
from lending.waiver_forms import WAIVER_REASONS, WRITE_OFF_REASONS
from lending.waiving import (
    ASKING,
    WaiverError,
    WaiverStaleError,
    decide,
    request_waiver,
    request_write_off,
    withdraw,
)
from staff.api_once import CONFLICT, KEY, once_by_key

Kind = WaiverRequest.Kind
SHOWN_MAX, WORDS_MAX = 100, 500


class WaiverIn(serializers.Serializer[Any]):
    """How much of each component is to be given up; a write-off takes all that is open and names no amount."""

    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.WAIVER)
    penalty = serializers.CharField(max_length=20, default="0")
    interest = serializers.CharField(max_length=20, default="0")
    principal = serializers.CharField(max_length=20, default="0")
    reason = serializers.ChoiceField(choices=WaiverRequest.Reason.choices)
    words = serializers.CharField(max_length=WORDS_MAX)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        fitting = WAIVER_REASONS if attrs["kind"] == Kind.WAIVER else WRITE_OFF_REASONS
        if attrs["reason"] not in fitting:
            raise serializers.ValidationError({"reason": f"one of {', '.join(fitting)}"})
        return attrs


class WaiverOut(serializers.Serializer[Any]):
    """What was asked for, and what became of it."""

    id = serializers.IntegerField()
    loan = serializers.CharField(source="loan.number")
    kind = serializers.ChoiceField(choices=Kind.choices)
    currency = serializers.CharField(source="loan.currency")
    penalty = serializers.SerializerMethodField()
    interest = serializers.SerializerMethodField()
    principal = serializers.SerializerMethodField()
    reason = serializers.ChoiceField(choices=WaiverRequest.Reason.choices)
    words = serializers.CharField()
    state = serializers.ChoiceField(choices=WaiverRequest.State.choices)
    payload_hash = serializers.CharField()
    asked_by = serializers.CharField(source="maker.username")
    decided_by = serializers.CharField(source="checker.username", allow_null=True, default=None)

    def get_penalty(self, asked: WaiverRequest) -> str:
        return plain_amount(asked.penalty, asked.loan.currency)

    def get_interest(self, asked: WaiverRequest) -> str:
        return plain_amount(asked.interest, asked.loan.currency)

    def get_principal(self, asked: WaiverRequest) -> str:
        return plain_amount(asked.principal, asked.loan.currency)


class WaiversView(APIView):
    """The waivers and write-offs of a loan, newest first, and a new one; an agent asks for waivers only."""

    audience = {"GET": "lending.read", "POST": "lending.waive"}

    @extend_schema(tags=["loans"], responses=WaiverOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        asked = WaiverRequest.objects.filter(loan=_loan(request, number)).select_related("loan", "maker", "checker")
        return Response(WaiverOut([*asked.order_by("-pk")[:SHOWN_MAX]], many=True).data)

    @extend_schema(tags=["loans"], parameters=[KEY], request=WaiverIn, responses={200: WaiverOut, 201: WaiverOut})
    @once_by_key
    def post(self, request: Request, number: str) -> Response:
        """201 when it waits now, 200 when the key is known, 422 when the key has other content."""
        loan, who = _loan(request, number), cast(StaffRequest, request)
        given = WaiverIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        told = {"loan": loan, "reason": row["reason"], "words": row["words"], "by": who.user, "at": who.now}
        try:
            if row["kind"] == Kind.WAIVER:
                made = request_waiver(parts=_parts(row, loan), on=day_of(who), **told)
            else:
                made = request_write_off(on=day_of(who), **told)
        except WaiverError as error:
            raise serializers.ValidationError({"detail": str(error)}) from None
        return Response(WaiverOut(made).data, status=201)


class WaiverDecisionView(APIView):
    """The decision on a waiver or a write-off that somebody else asked for."""

    audience = {"POST": "lending.waive_decide"}

    @extend_schema(tags=["loans"], parameters=[KEY], request=DecisionIn, responses={200: WaiverOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it was decided before or is not what was looked at, 422 when the key has other content."""
        asked, who = _found(request, pk), cast(StaffRequest, request)
        given = DecisionIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        try:
            decided = decide(
                asked, approve=row["verdict"] == "approve", words=row["words"], payload_hash=row["payload_hash"],
                by=who.user, at=who.now, on=day_of(who),
            )  # fmt: skip
        except WaiverStaleError as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        except WaiverError as error:
            raise serializers.ValidationError({"detail": str(error)}) from None
        return Response(WaiverOut(decided).data)


class WaiverWithdrawalView(APIView):
    """Taking back what waits; only whoever asked for it may."""

    audience = {"POST": "lending.waive"}

    @extend_schema(tags=["loans"], parameters=[KEY], request=None, responses={200: WaiverOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """403 where somebody else asked for it, 409 when it was decided before."""
        asked, who = _found(request, pk), cast(StaffRequest, request)
        if who.user.pk != asked.maker_id:
            raise PermissionDenied(ASKING[Kind(asked.kind)])
        try:
            return Response(WaiverOut(withdraw(asked, by=who.user, at=who.now)).data)
        except WaiverStaleError as error:
            return Response({"detail": str(error)}, status=CONFLICT)


def _parts(row: dict[str, Any], loan: Loan) -> Parts:
    amounts = {}
    for name in COMPONENTS:
        try:
            amounts[name] = parse_amount(row[name], loan.currency)
        except AmountError as error:
            raise serializers.ValidationError({name: str(error)}) from None
    return Parts(**amounts)


def _loan(request: Request, number: str) -> Loan:
    return get_object_or_404(Loan.objects.visible_to(request.user), number=number)


def _found(request: Request, pk: int) -> WaiverRequest:
    seen = WaiverRequest.objects.visible_to(request.user).select_related("loan", "maker", "checker")
    return get_object_or_404(seen, pk=pk)
