"""Money in suspense for machines: what waits, and the two ways out of it."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.edge import StaffRequest, day_of
from lending.models import Loan, SuspendedPayment
from lending.money import plain_amount
from lending.payment_rules import PaymentConflictError, PaymentError
from lending.suspense import NotWaitingError, match, return_to_payer
from staff.api_once import CONFLICT, KEY, once_by_key

SHOWN_MAX, NOTE_MAX = 500, 200


class SuspendedOut(serializers.Serializer[Any]):
    """Money without a loan; `currency` is empty where it came in that of its loan, `payment` once it has found one."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    loan_number = serializers.CharField(help_text="that it came for")
    value_on = serializers.DateField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField()
    reason = serializers.CharField()
    state = serializers.SerializerMethodField(help_text="waiting, posted or returned")
    loan = serializers.CharField(source="resolution.payment.loan.number", allow_null=True, default=None)

    def get_amount(self, suspended: SuspendedPayment) -> str:
        return plain_amount(suspended.amount, suspended.currency or "CNY")

    def get_state(self, suspended: SuspendedPayment) -> str:
        resolution = getattr(suspended, "resolution", None)
        if resolution is None:
            return "waiting"
        return "posted" if resolution.payment_id else "returned"


class MatchIn(serializers.Serializer[Any]):
    loan = serializers.CharField(max_length=64)
    note = serializers.CharField(max_length=NOTE_MAX, required=False, default="", allow_blank=True)


class ReturnIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=NOTE_MAX, help_text="how it went back")


class SuspenseView(APIView):
    """What waits, the longest waiting first."""

    audience = {"GET": "lending.suspense"}

    @extend_schema(tags=["payments"], responses=SuspendedOut(many=True))
    def get(self, request: Request) -> Response:
        waiting = SuspendedPayment.objects.waiting().order_by("value_on", "pk")
        return Response(SuspendedOut([*waiting[:SHOWN_MAX]], many=True).data)


class SuspenseMatchView(APIView):
    """The money is posted to a loan under its own reference and value day."""

    audience = {"POST": "lending.post"}

    @extend_schema(tags=["payments"], parameters=[KEY], request=MatchIn, responses={200: SuspendedOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it has left suspense already, 422 when the key has other content."""
        suspended, who = get_object_or_404(SuspendedPayment, pk=pk), cast(StaffRequest, request)
        given = MatchIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        loan = Loan.objects.visible_to(who.user).filter(number=row["loan"]).first()
        if loan is None:
            raise serializers.ValidationError({"loan": "you see no loan of this number"})
        try:
            match(suspended, loan=loan, note=row["note"], on=day_of(who), at=who.now, by=who.user)
        except (NotWaitingError, PaymentConflictError) as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        except PaymentError as error:
            raise serializers.ValidationError({"loan": str(error)}) from None
        return Response(_told(pk))


class SuspenseReturnView(APIView):
    """A note that the money went back to whoever paid it, outside this book."""

    audience = {"POST": "lending.post"}

    @extend_schema(tags=["payments"], parameters=[KEY], request=ReturnIn, responses={200: SuspendedOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it has left suspense already, 422 when the key has other content."""
        suspended, who = get_object_or_404(SuspendedPayment, pk=pk), cast(StaffRequest, request)
        given = ReturnIn(data=request.data)
        given.is_valid(raise_exception=True)
        note = given.validated_data["note"]
        try:
            return_to_payer(suspended, note=note, on=day_of(who), at=who.now, by=who.user)
        except NotWaitingError as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        return Response(_told(pk))


def _told(pk: int) -> dict[str, Any]:
    return dict(SuspendedOut(SuspendedPayment.objects.select_related("resolution__payment__loan").get(pk=pk)).data)
