"""How the figures of a loan came about, for machines: schedules, payments with what each settles, steps of the penalty."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.api import day_asked
from lending.edge import StaffRequest, day_of
from lending.facts import facts_of
from lending.models import Instalment, Loan, Payment, ScheduleVersion
from lending.money import plain_amount
from lending.payment_rules import PaymentError
from lending.penalty_steps import penalty_steps
from lending.posting import reverse_payment
from lending.standing import standing
from staff.api_once import CONFLICT, KEY, once_by_key

NOTE_MAX = 200


class RowOut(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.CharField()
    interest = serializers.CharField()


class VersionOut(serializers.Serializer[Any]):
    """A schedule, in force from its day until the next that was not withdrawn."""

    number = serializers.IntegerField()
    effective_on = serializers.DateField()
    reason = serializers.CharField()
    is_current = serializers.BooleanField()
    is_withdrawn = serializers.BooleanField(help_text="counts for no day")
    rows = RowOut(many=True)


class SettlesOut(serializers.Serializer[Any]):
    """A part of a payment: `instalment` is empty where it settled what belongs to the loan as a whole."""

    instalment = serializers.IntegerField(source="n", allow_null=True)
    component = serializers.CharField()
    amount = serializers.CharField()


class LoanPaymentOut(serializers.Serializer[Any]):
    """A payment or a reversal, with what it settles on the day asked for."""

    reference = serializers.CharField()
    value_on = serializers.DateField()
    amount = serializers.CharField(help_text="negative for a reversal")
    channel = serializers.CharField()
    reverses = serializers.CharField(allow_null=True)
    reversed_by = serializers.CharField(allow_null=True)
    settles = SettlesOut(many=True)


class PenaltyStepOut(serializers.Serializer[Any]):
    """Days [from_on, to_on) with what was charged for them; `base` is empty where it is no single amount."""

    from_on = serializers.DateField()
    to_on = serializers.DateField()
    days = serializers.IntegerField()
    base = serializers.CharField(allow_null=True)
    compound_base = serializers.CharField(allow_null=True)
    rate_ppm = serializers.IntegerField(allow_null=True)
    accrued = serializers.CharField(help_text="running total")


class ReversalIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=NOTE_MAX)


class VersionsView(APIView):
    """Every schedule that the loan ever had, by number."""

    audience = {"GET": "lending.read"}

    @extend_schema(tags=["loans"], responses=VersionOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        loan = _loan(request, number)
        rows: dict[int, list[dict[str, Any]]] = {}
        for row in Instalment.objects.filter(loan=loan).order_by("version", "n"):
            told = {name: plain_amount(getattr(row, name), loan.currency) for name in ("principal", "interest")}
            rows.setdefault(row.version_id, []).append({"n": row.n, "due_on": row.due_on, **told})
        names = ("number", "effective_on", "reason", "is_current", "is_withdrawn")
        found = [
            {name: getattr(version, name) for name in names} | {"rows": rows[version.pk]}
            for version in ScheduleVersion.objects.filter(loan=loan).order_by("number")
        ]
        return Response(VersionOut(found, many=True).data)


class LoanPaymentsView(APIView):
    """The payments of a loan by value day, each with what it settles as of a day."""

    audience = {"GET": "lending.read"}

    @extend_schema(
        tags=["loans"], parameters=[OpenApiParameter("on", OpenApiTypes.DATE)], responses=LoanPaymentOut(many=True)
    )
    def get(self, request: Request, number: str) -> Response:
        """As of the business date unless `on` names a day since the loan began."""
        loan, today = _loan(request, number), day_of(cast(StaffRequest, request))
        on = day_asked(request, "on", max(today, loan.start_on), loan.start_on, max(today, loan.start_on))
        parts: dict[int, list[dict[str, Any]]] = {}
        for part in standing(facts_of([loan.pk])[loan.pk], on).allocations:
            amount = plain_amount(part.amount, loan.currency)
            parts.setdefault(part.payment_id, []).append(
                {"n": part.n, "component": str(part.component), "amount": amount}
            )
        payments = Payment.objects.filter(loan=loan, value_on__lte=on).select_related("reverses", "reversed_by")
        found = [
            {
                "reference": each.reference,
                "value_on": each.value_on,
                "amount": plain_amount(each.amount, loan.currency),
                "channel": each.channel,
                "reverses": each.reverses.reference if each.reverses else None,
                "reversed_by": each.reversed_by.reference if hasattr(each, "reversed_by") else None,
                "settles": parts.get(each.pk, []),
            }
            for each in payments.order_by("value_on", "pk")
        ]
        return Response(LoanPaymentOut(found, many=True).data)


class PaymentReversalView(APIView):
    """A payment taken back from its own value day on: then it never was."""

    audience = {"POST": "lending.post"}

    @extend_schema(
        tags=["payments"],
        parameters=[KEY],
        request=ReversalIn,
        responses={200: LoanPaymentOut, 201: LoanPaymentOut},
    )
    @once_by_key
    def post(self, request: Request, number: str, reference: str) -> Response:
        """201 with the reversal, 200 when the key is known, 409 when it is reversed already or cannot be."""
        loan, who = _loan(request, number), cast(StaffRequest, request)
        found = Payment.objects.select_related("loan")
        payment = get_object_or_404(found, loan=loan, reference=reference)
        given = ReversalIn(data=request.data)
        given.is_valid(raise_exception=True)
        if Payment.objects.filter(reverses=payment).exists():
            return Response({"detail": "it is reversed already"}, status=CONFLICT)
        try:
            made = reverse_payment(
                payment, reference=f"reversal-{payment.pk}", on=day_of(who), at=who.now, by=who.user,
                channel=Payment.Channel.API, note=given.validated_data["reason"],
            )  # fmt: skip
        except PaymentError as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        told = {
            "reference": made.reference,
            "value_on": made.value_on,
            "amount": plain_amount(made.amount, made.currency),
            "channel": made.channel,
            "reverses": payment.reference,
            "reversed_by": None,
            "settles": [],
        }
        return Response(LoanPaymentOut(told).data, status=201)


class PenaltyStepsView(APIView):
    """The penalty of a loan in steps that can be checked by hand."""

    audience = {"GET": "lending.read"}

    @extend_schema(
        tags=["loans"], parameters=[OpenApiParameter("on", OpenApiTypes.DATE)], responses=PenaltyStepOut(many=True)
    )
    def get(self, request: Request, number: str) -> Response:
        """Up to the business date unless `on` names a day since the loan began."""
        loan, today = _loan(request, number), day_of(cast(StaffRequest, request))
        on = day_asked(request, "on", max(today, loan.start_on), loan.start_on, max(today, loan.start_on))
        steps = [
            step._asdict()
            | {
                name: None if (amount := getattr(step, name)) is None else plain_amount(amount, loan.currency)
                for name in ("base", "compound_base", "accrued")
            }
            for step in penalty_steps(facts_of([loan.pk])[loan.pk], on)
        ]
        return Response(PenaltyStepOut(steps, many=True).data)


def _loan(request: Request, number: str) -> Loan:
    return get_object_or_404(Loan.objects.visible_to(request.user), number=number)
