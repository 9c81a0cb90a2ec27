"""Payments for machines: on one loan, or over all that a borrower owes a funder; each once by its `Idempotency-Key`."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.duplicates import called
from lending.edge import StaffRequest, day_of
from lending.models import Borrower, Funder, Loan, Payment
from lending.money import AmountError, parse_amount, plain_amount
from lending.payment_rules import REFERENCE_MAX, PaymentConflictError, PaymentError
from lending.prepayment import Keep
from lending.receiving import receive
from lending.spreading import post_for_borrower
from staff.api_once import OTHER_BODY

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


class PaymentIn(serializers.Serializer[Any]):
    """Money that came in; `amount` in major units as text, `currency` the loan's own when it is left out."""

    loan = serializers.CharField(max_length=64)
    amount = serializers.CharField(max_length=20)
    currency = serializers.RegexField(r"\A[A-Z]{3}\Z", required=False)
    value_on = serializers.DateField()
    keep = serializers.ChoiceField(
        choices=list(Keep),
        required=False,
        help_text="prepay what is beyond what is due, and keep the instalment or the term",
    )


class PaymentOut(serializers.Serializer[Any]):
    """What became of it: `posted`, or `suspended` where there is no such loan."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=["posted", "suspended"])


class PaymentsView(APIView):
    """Money that another system has seen come in, once by its `Idempotency-Key`, which is the payment's reference."""

    audience = {"POST": "lending.post"}

    @extend_schema(
        tags=["payments"],
        parameters=[KEY],
        request=PaymentIn,
        responses={200: PaymentOut, 201: PaymentOut, 202: PaymentOut},
    )
    def post(self, request: Request) -> Response:
        """201 when it is new, 200 when it is known, 202 when it waits in suspense, 422 when the key has other content."""
        reference = _reference(request)
        given = PaymentIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        who = cast(StaffRequest, request)
        loan = Loan.objects.visible_to(who.user).filter(number=row["loan"]).first()
        currency = row.get("currency") or (loan.currency if loan else "")
        try:
            payment, is_new = receive(
                loan=loan,
                loan_number=row["loan"],
                reference=reference,
                value_on=row["value_on"],
                amount=parse_amount(row["amount"], currency),
                currency=currency,
                on=day_of(who),
                at=who.now,
                by=who.user,
                keep=Keep(row["keep"]) if "keep" in row else None,
            )
        except AmountError as error:
            raise serializers.ValidationError({"amount": str(error)}) from None
        except PaymentConflictError as error:
            return Response({"detail": str(error)}, status=OTHER_BODY)
        except PaymentError as error:
            raise serializers.ValidationError({"detail": str(error)}) from None
        answer = PaymentOut({"reference": reference, "status": "posted" if payment else "suspended"})
        return Response(answer.data, status=(201 if is_new else 200) if payment else 202)


class BorrowerPaymentIn(serializers.Serializer[Any]):
    """A borrower's money for one funder; `named` are the loans that the borrower says it is for."""

    borrower = serializers.CharField(max_length=64)
    funder = serializers.CharField(max_length=40)
    amount = serializers.CharField(max_length=20)
    currency = serializers.RegexField(r"\A[A-Z]{3}\Z")
    value_on = serializers.DateField()
    named = serializers.ListField(child=serializers.CharField(max_length=64), max_length=99, default=list)


class ShareOut(serializers.Serializer[Any]):
    """What of the money was posted to a loan, under which reference."""

    loan = serializers.CharField(source="loan.number")
    reference = serializers.CharField()
    amount = serializers.SerializerMethodField()

    def get_amount(self, payment: Payment) -> str:
        return plain_amount(payment.amount, payment.currency)


class BorrowerPaymentOut(serializers.Serializer[Any]):
    reference = serializers.CharField()
    payments = ShareOut(many=True)


class BorrowerPaymentsView(APIView):
    """A borrower's money for all that is owed to one funder, in the order of the Civil Code, article 560."""

    audience = {"POST": "lending.post"}

    @extend_schema(
        tags=["payments"],
        parameters=[KEY],
        request=BorrowerPaymentIn,
        responses={200: BorrowerPaymentOut, 201: BorrowerPaymentOut},
    )
    def post(self, request: Request) -> Response:
        """201 when it is new, 200 when it is known, 422 when the key has other content."""
        reference = _reference(request)
        given = BorrowerPaymentIn(data=request.data)
        given.is_valid(raise_exception=True)
        row, who = given.validated_data, cast(StaffRequest, request)
        borrower = Borrower.objects.visible_to(who.user).filter(called(row["borrower"])).first()
        funder = Funder.objects.filter(code=row["funder"]).first()
        if borrower is None or funder is None:
            raise serializers.ValidationError({"funder" if borrower else "borrower": "there is none of that name"})
        is_known = Payment.objects.filter(reference=f"{reference}/1").exists()
        try:
            payments = post_for_borrower(
                borrower=borrower,
                funder=funder,
                reference=reference,
                value_on=row["value_on"],
                amount=parse_amount(row["amount"], row["currency"]),
                currency=row["currency"],
                channel=Payment.Channel.API,
                on=day_of(who),
                at=who.now,
                by=who.user,
                named=row["named"],
            )
        except AmountError as error:
            raise serializers.ValidationError({"amount": str(error)}) from None
        except PaymentConflictError as error:
            return Response({"detail": str(error)}, status=OTHER_BODY)
        except PaymentError as error:
            raise serializers.ValidationError({"detail": str(error)}) from None
        answer = BorrowerPaymentOut({"reference": reference, "payments": payments})
        return Response(answer.data, status=200 if is_known else 201)


def _reference(request: Request) -> str:
    """The key of the request, which becomes the payment's reference."""
    reference = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(reference) <= REFERENCE_MAX:
        raise serializers.ValidationError({"Idempotency-Key": f"1 to {REFERENCE_MAX} characters"})
    return reference
