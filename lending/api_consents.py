"""Consent to direct debits for machines: recorded with its evidence, told by the last four digits, withdrawn."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.edge import StaffRequest, day_of
from lending.mandates import MandateError, record_mandate, revoke_mandate
from lending.models import Borrower, Mandate
from staff.api_once import CONFLICT, KEY, once_by_key

SHOWN_MAX = 50


class ConsentIn(serializers.Serializer[Any]):
    """An account that may be debited, and where the consent can be seen or heard."""

    account = serializers.CharField(max_length=40)
    bank = serializers.CharField(max_length=60)
    evidence = serializers.CharField(max_length=200)
    from_on = serializers.DateField(required=False, help_text="the business date unless given")


class ConsentEndIn(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=200, help_text="how the borrower withdrew it")


class ConsentOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    account = serializers.CharField(source="*", help_text="bank and account, masked")
    evidence = serializers.CharField()
    from_on = serializers.DateField()
    ended_at = serializers.DateTimeField(source="revoked_at", allow_null=True)
    ended_words = serializers.CharField(source="revoked_words")


class ConsentsView(APIView):
    """The consents of a borrower, those that stand first, and a new one."""

    audience = {"GET": "lending.read", "POST": "lending.ask_money"}

    @extend_schema(tags=["borrowers"], responses=ConsentOut(many=True))
    def get(self, request: Request, ref: str) -> Response:
        mandates = Mandate.objects.filter(borrower=_borrower(request, ref)).order_by("revoked_at", "-pk")
        return Response(ConsentOut([*mandates[:SHOWN_MAX]], many=True).data)

    @extend_schema(
        tags=["borrowers"], parameters=[KEY], request=ConsentIn, responses={200: ConsentOut, 201: ConsentOut}
    )
    @once_by_key
    def post(self, request: Request, ref: str) -> Response:
        """201 when it is recorded, 200 when the key is known, 422 when the key has other content."""
        borrower, who = _borrower(request, ref), cast(StaffRequest, request)
        given = ConsentIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = {"from_on": day_of(who)} | given.validated_data
        try:
            mandate = record_mandate(borrower=borrower, at=who.now, by=who.user, **row)
        except MandateError as error:
            raise serializers.ValidationError({error.field or "detail": str(error)}) from None
        return Response(ConsentOut(mandate).data, status=201)


class ConsentEndView(APIView):
    """The borrower withdraws a consent: nothing is debited under it any more."""

    audience = {"POST": "lending.ask_money"}

    @extend_schema(tags=["borrowers"], parameters=[KEY], request=ConsentEndIn, responses={200: ConsentOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it has ended already, 422 when the key has other content."""
        who = cast(StaffRequest, request)
        seen = Borrower.objects.visible_to(who.user)
        mandate = get_object_or_404(Mandate, pk=pk, borrower__in=seen)
        given = ConsentEndIn(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            revoke_mandate(mandate, words=given.validated_data["words"], at=who.now, by=who.user)
        except MandateError as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        mandate.refresh_from_db()
        return Response(ConsentOut(mandate).data)


def _borrower(request: Request, ref: str) -> Borrower:
    return get_object_or_404(Borrower.objects.visible_to(request.user), ref=ref)
