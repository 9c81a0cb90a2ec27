"""Pay links and direct debits for machines: the service that the page calls, once by the `Idempotency-Key`."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.codes import DEBIT, LINK, code_of_key
from lending.debits import DebitError, DebitKeyError, ask_debit
from lending.edge import StaffRequest, day_of
from lending.models import Debit, Loan, Mandate, PayLink
from lending.money import AmountError, parse_amount, plain_amount
from lending.pay_links import PayLinkError, PayLinkKeyError, choices_for, make_link
from staff.api_once import OTHER_BODY

SHOWN_MAX = 50
KEY_MAX = 80
CONFLICT = 409
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


class PayLinkIn(serializers.Serializer[Any]):
    """What to ask for: `amount` in major units as text, given for `other` only; the others come to what they come to."""

    covers = serializers.ChoiceField(choices=PayLink.Covers.choices)
    amount = serializers.CharField(max_length=20, required=False)
    expires_at = serializers.DateTimeField()


class PayLinkOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    covers = serializers.CharField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField()
    state = serializers.CharField()
    url = serializers.CharField()
    expires_at = serializers.DateTimeField()
    payment = serializers.CharField(source="payment.reference", allow_null=True, default=None)

    def get_amount(self, link: PayLink) -> str:
        return plain_amount(link.amount, link.currency)


class DebitIn(serializers.Serializer[Any]):
    """How much, from the account of which consent: the newest that stands unless one is named."""

    amount = serializers.CharField(max_length=20)
    consent = serializers.IntegerField(required=False)


class DebitOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    amount = serializers.SerializerMethodField()
    currency = serializers.CharField()
    account = serializers.CharField(source="mandate", help_text="masked")
    consent = serializers.IntegerField(source="mandate_id")
    state = serializers.CharField()
    reason = serializers.CharField()
    payment = serializers.CharField(source="payment.reference", allow_null=True, default=None)

    def get_amount(self, debit: Debit) -> str:
        return plain_amount(debit.amount, debit.currency)


class PayLinksView(APIView):
    """The pay links of a loan, newest first; a new one takes the place of the open one."""

    audience = {"GET": "lending.read", "POST": "lending.ask_money"}

    @extend_schema(tags=["loans"], responses=PayLinkOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        links = PayLink.objects.filter(loan=_loan(request, number)).select_related("payment").order_by("-pk")
        return Response(PayLinkOut([*links[:SHOWN_MAX]], many=True).data)

    @extend_schema(tags=["loans"], parameters=[KEY], request=PayLinkIn, responses={201: PayLinkOut})
    def post(self, request: Request, number: str) -> Response:
        """201 with the link of this key, whether it is new or known; 409 when nothing can be asked for that way, 422 when the key
        has other content.
        """
        loan, who = _loan(request, number), cast(StaffRequest, request)
        given = PayLinkIn(data=request.data)
        given.is_valid(raise_exception=True)
        row, code = given.validated_data, _code(request, LINK, loan)
        try:
            link = make_link(
                loan=loan,
                covers=row["covers"],
                amount=_asked(loan, row, code, who),
                expires_at=row["expires_at"],
                on=day_of(who),
                at=who.now,
                by=who.user,
                code=code,
            )
        except PayLinkKeyError as error:
            return Response({"detail": str(error)}, status=OTHER_BODY)
        except PayLinkError as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        return Response(PayLinkOut(link).data, status=201)


class DebitsView(APIView):
    """The direct debits of a loan, newest first."""

    audience = {"GET": "lending.read", "POST": "lending.ask_money"}

    @extend_schema(tags=["loans"], responses=DebitOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        debits = Debit.objects.filter(loan=_loan(request, number)).select_related("payment", "mandate")
        return Response(DebitOut([*debits.order_by("-pk")[:SHOWN_MAX]], many=True).data)

    @extend_schema(tags=["loans"], parameters=[KEY], request=DebitIn, responses={201: DebitOut})
    def post(self, request: Request, number: str) -> Response:
        """201 with the debit of this key, whether it is new or known; 409 with what stands in the way, 422 when the key has other
        content.
        """
        loan, who = _loan(request, number), cast(StaffRequest, request)
        given = DebitIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        mandates = Mandate.objects.filter(borrower=loan.borrower_id).order_by("revoked_at", "-pk")
        mandate = (
            mandates.filter(pk=row["consent"]).first() if "consent" in row else mandates.filter(revoked_at=None).first()
        )
        if mandate is None:
            raise serializers.ValidationError({"consent": "there is no such consent"})
        amount = _amount(row["amount"], loan)
        code = _code(request, DEBIT, loan)
        try:
            debit = ask_debit(
                loan=loan, mandate=mandate, amount=amount, on=day_of(who), at=who.now, by=who.user, code=code
            )
        except DebitKeyError as error:
            return Response({"detail": str(error)}, status=OTHER_BODY)
        except DebitError as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        return Response(DebitOut(debit).data, status=201)


def _loan(request: Request, number: str) -> Loan:
    seen = Loan.objects.visible_to(request.user).select_related("borrower", "funder", "product")
    return get_object_or_404(seen, number=number)


def _code(request: Request, kind: str, loan: Loan) -> str:
    """The code that this user's key for this loan stands for."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(key) <= KEY_MAX:
        raise serializers.ValidationError({"Idempotency-Key": f"1 to {KEY_MAX} characters"})
    return code_of_key(kind, request.user.pk, loan.pk, key)


def _asked(loan: Loan, row: dict[str, Any], code: str, who: StaffRequest) -> int:
    """The amount of the link: that of a known one, as typed for another amount, else what it comes to today."""
    known = PayLink.objects.filter(code=code, covers=row["covers"]).first()
    if row["covers"] == PayLink.Covers.OTHER:
        return _amount(row.get("amount", ""), loan)
    if known:
        return known.amount
    return next((each.amount for each in choices_for(loan, day_of(who)) if each.covers == row["covers"]), 0)


def _amount(text: str, loan: Loan) -> int:
    try:
        amount = parse_amount(text, loan.currency)
    except AmountError as error:
        raise serializers.ValidationError({"amount": str(error)}) from None
    if amount <= 0:
        raise serializers.ValidationError({"amount": "more than zero"})
    return amount
