"""Pauses and the daily history of a loan for machines; money as text in major units."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.edge import StaffRequest, day_of
from lending.facts import facts_of
from lending.history import history
from lending.models import Loan, Pause, PauseEnd
from lending.money import plain_amount
from lending.pause_forms import BY_HAND, HistoryForm
from lending.pausing import PauseError, end_pause, pause_loan
from staff.api_once import other_body

KEY_MAX = 64


class PauseIn(serializers.Serializer[Any]):
    """Days [from_on, to_on) to leave out; without `to_on`, until the pause is ended."""

    kind = serializers.ChoiceField(choices=BY_HAND)
    from_on = serializers.DateField()
    to_on = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=200)


class PauseEndIn(serializers.Serializer[Any]):
    to_on = serializers.DateField(help_text="the first day that counts again")


class PauseOut(serializers.Serializer[Any]):
    """A pause; `to_on` is the first day that counts again, by its early end where there is one."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Pause.Kind.choices)
    from_on = serializers.DateField()
    to_on = serializers.DateField(source="ends_on", allow_null=True)
    reason = serializers.CharField()
    made_for = serializers.CharField(source="source", help_text="what made it; empty: a person")


class HistoryDayOut(serializers.Serializer[Any]):
    """Where the loan stood at the end of a day; `overdue` is without the penalty."""

    on = serializers.DateField()
    days_past_due = serializers.IntegerField()
    bucket = serializers.CharField(help_text="the house's")
    own_bucket = serializers.CharField(help_text="the product's")
    overdue = serializers.CharField()
    penalty = serializers.CharField()


class HistoryView(APIView):
    """The daily history of a loan."""

    audience = {"GET": "lending.read"}

    @extend_schema(
        tags=["loans"],
        parameters=[OpenApiParameter("from", OpenApiTypes.DATE), OpenApiParameter("to", OpenApiTypes.DATE)],
        responses=HistoryDayOut(many=True),
    )
    def get(self, request: Request, number: str) -> Response:
        """Every day between two days, recomputed from the facts: the last half year unless they are named."""
        loan = _loan(request, number)
        form = HistoryForm(request.query_params.dict(), loan=loan, on=day_of(cast(StaffRequest, request)))
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            )
        days = [
            day._asdict() | {name: plain_amount(getattr(day, name), loan.currency) for name in ("overdue", "penalty")}
            for day in history(facts_of([loan.pk])[loan.pk], *form.span)
        ]
        return Response(HistoryDayOut(days, many=True).data)


class PausesView(APIView):
    """The pauses of a loan, and a new one."""

    audience = {"GET": "lending.read", "POST": "lending.pause"}

    @extend_schema(tags=["loans"], responses=PauseOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """Every pause that the loan ever had, in the order of their first days."""
        pauses = Pause.objects.filter(loan=_loan(request, number)).select_related("end").order_by("from_on", "pk")
        return Response(PauseOut(pauses, many=True).data)

    @extend_schema(
        tags=["loans"],
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
        request=PauseIn,
        responses={200: PauseOut, 201: PauseOut},
    )
    def post(self, request: Request, number: str) -> Response:
        """201 when it is new, 200 when the key is known, 422 when the key has other content."""
        loan, source = _loan(request, number), f"api:{_key(request)}"
        given = PauseIn(data=request.data)
        given.is_valid(raise_exception=True)
        row, who = given.validated_data, cast(StaffRequest, request)
        known = Pause.objects.filter(loan=loan, source=source).select_related("end").first()
        if known:
            same = all(getattr(known, name) == value for name, value in row.items())
            return Response(PauseOut(known).data) if same else other_body()
        try:
            made = pause_loan(loan=loan, **row, source=source, by=who.user, at=who.now)
        except PauseError as error:
            raise serializers.ValidationError({error.field: str(error)}) from None
        return Response(PauseOut(made).data, status=201)


class PauseEndView(APIView):
    """The early end of a pause."""

    audience = {"POST": "lending.pause"}

    @extend_schema(tags=["loans"], request=PauseEndIn, responses={200: PauseOut})
    def post(self, request: Request, number: str, pk: int) -> Response:
        """Ending it again on the same day changes nothing; on another day it is refused with 409."""
        pause = get_object_or_404(Pause.objects.select_related("loan"), pk=pk, loan=_loan(request, number))
        given = PauseEndIn(data=request.data)
        given.is_valid(raise_exception=True)
        to_on, who = given.validated_data["to_on"], cast(StaffRequest, request)
        if ended := PauseEnd.objects.filter(pause=pause).first():
            if ended.to_on != to_on:
                return Response({"detail": "it was ended on another day"}, status=409)
        else:
            try:
                end_pause(pause, to_on=to_on, by=who.user, at=who.now)
            except PauseError as error:
                raise serializers.ValidationError({error.field: str(error)}) from None
        return Response(PauseOut(Pause.objects.select_related("end").get(pk=pause.pk)).data)


def _loan(request: Request, number: str) -> Loan:
    return get_object_or_404(Loan.objects.visible_to(request.user), number=number)


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(key) <= KEY_MAX:
        raise serializers.ValidationError({"Idempotency-Key": f"1 to {KEY_MAX} characters"})
    return key
