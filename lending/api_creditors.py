"""Shares, guarantees and what guarantors paid, for machines: put forward here, decided as any change is."""

from collections.abc import Callable
from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.api_changes import WORDS_MAX, ChangeOut
from lending.changes import ChangeError, propose
from lending.edge import StaffRequest, day_of
from lending.guarantees import in_force, seen_by, subject_of
from lending.guarantor_payments import give_notice, propose_payment, propose_reversal
from lending.models import AssignmentNotice, Change, GuarantorPayment, Loan
from lending.models.creditors import CAP_MAX_PPM
from lending.money import PPM
from staff.api_once import KEY, once_by_key

WAITS = {200: ChangeOut, 201: ChangeOut}


class WordsIn(serializers.Serializer[Any]):
    words = serializers.CharField(max_length=WORDS_MAX, help_text="why: whoever decides reads it")


class SharesIn(WordsIn):
    """The shares of all funders of a loan from a day on, in parts per million by the funder's code; they sum to a million."""

    from_on = serializers.DateField()
    shares = serializers.DictField(child=serializers.IntegerField(min_value=1, max_value=PPM), allow_empty=False)


class LoanGuaranteeIn(WordsIn):
    """A guarantee from a day on; a cap of 0 says that these loans are not guaranteed, by a wider guarantee neither."""

    guarantor = serializers.SlugField(max_length=40)
    cap_ppm = serializers.IntegerField(min_value=0, max_value=CAP_MAX_PPM, help_text="of the principal lent under it")
    trigger_days = serializers.IntegerField(min_value=1, max_value=3650)
    penalty_rate_ppm = serializers.IntegerField(
        min_value=0, max_value=PPM, required=False, allow_null=True, default=None,
        help_text="a year, on all that the guarantor paid for; null: as the product says",
    )  # fmt: skip
    from_on = serializers.DateField()


class GuaranteeIn(LoanGuaranteeIn):
    funder = serializers.SlugField(max_length=40, help_text="whose loans")
    product = serializers.SlugField(max_length=40, required=False, default="", allow_blank=True)


class GuaranteeOut(serializers.Serializer[Any]):
    """A guarantee in force: of one loan, or of a funder's loans (`product` empty: of every product)."""

    id = serializers.IntegerField()
    loan = serializers.CharField(source="loan.number", allow_null=True, default=None)
    funder = serializers.CharField(source="funder.code", allow_null=True, default=None)
    product = serializers.CharField(source="product_code")
    guarantor = serializers.CharField(source="guarantor.code")
    cap_ppm = serializers.IntegerField()
    trigger_days = serializers.IntegerField()
    penalty_rate_ppm = serializers.IntegerField(allow_null=True)
    from_on = serializers.DateField()


class PaidIn(WordsIn):
    """What a guarantor paid for: what was due by that day, or (`whole`) all that was left; the amount follows from the book."""

    paid_on = serializers.DateField()
    whole = serializers.BooleanField(default=False)
    reference = serializers.CharField(max_length=80)


class NoticeIn(serializers.Serializer[Any]):
    """When and how the debtor was told to whom the debt is owed now."""

    given_on = serializers.DateField()
    means = serializers.ChoiceField(choices=AssignmentNotice.Means.choices)
    evidence = serializers.CharField(max_length=120)


class NoticeOut(NoticeIn):
    by = serializers.CharField(source="by.username")


class SharesView(APIView):
    """Several funders' shares in a loan, from a day on."""

    audience = {"POST": "lending.terms"}

    @extend_schema(tags=["terms"], parameters=[KEY], request=SharesIn, responses=WAITS)
    @once_by_key
    def post(self, request: Request, number: str) -> Response:
        """201 when it waits for a decision now, 200 when the key is known, 422 when the key has other content."""
        loan, row = _loan(request, number), _cleaned(SharesIn, request)
        return _waiting(
            lambda: propose(
                kind=Change.Kind.SHARES, subject=loan.number, loan=loan, from_on=row["from_on"],
                content={"shares": row["shares"]}, words=row["words"], **_who_and_when(request),
            )
        )  # fmt: skip


class GuaranteesView(APIView):
    """The guarantees in force on the business date, and a new one for a funder's loans."""

    audience = {"GET": "lending.terms_read", "POST": "lending.terms"}

    @extend_schema(tags=["terms"], responses=GuaranteeOut(many=True))
    def get(self, request: Request) -> Response:
        found = [each for each in in_force(day_of(cast(StaffRequest, request))) if each.cap_ppm]
        return Response(GuaranteeOut(seen_by(request.user, found), many=True).data)

    @extend_schema(tags=["terms"], parameters=[KEY], request=GuaranteeIn, responses=WAITS)
    @once_by_key
    def post(self, request: Request) -> Response:
        """201 when it waits for a decision now, 200 when the key is known, 422 when the key has other content."""
        return _guarantee(request, _cleaned(GuaranteeIn, request), None)


class LoanGuaranteeView(APIView):
    """A guarantee for one loan alone."""

    audience = {"POST": "lending.terms"}

    @extend_schema(tags=["terms"], parameters=[KEY], request=LoanGuaranteeIn, responses=WAITS)
    @once_by_key
    def post(self, request: Request, number: str) -> Response:
        """201 when it waits for a decision now, 200 when the key is known, 422 when the key has other content."""
        loan, row = _loan(request, number), _cleaned(LoanGuaranteeIn, request)
        return _guarantee(request, row | {"funder": "", "product": ""}, loan)


class LoanGuarantorPaymentsView(APIView):
    """The guarantor paid for a loan: from that day on it is the creditor of what it paid for."""

    audience = {"POST": "lending.terms"}

    @extend_schema(tags=["terms"], parameters=[KEY], request=PaidIn, responses=WAITS)
    @once_by_key
    def post(self, request: Request, number: str) -> Response:
        """201 when it waits for a decision now, 200 when the key is known, 422 when the key has other content."""
        loan, row = _loan(request, number), _cleaned(PaidIn, request)
        return _waiting(lambda: propose_payment(loan=loan, **row, **_who_and_when(request)))


class GuarantorReversalView(APIView):
    """A guarantor's payment that was none, or was given back."""

    audience = {"POST": "lending.terms"}

    @extend_schema(tags=["terms"], parameters=[KEY], request=WordsIn, responses=WAITS)
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """201 when it waits for a decision now, 200 when the key is known, 422 when the key has other content."""
        payment, row = _payment(request, pk), _cleaned(WordsIn, request)
        return _waiting(lambda: propose_reversal(payment, words=row["words"], **_who_and_when(request)))


class NoticeView(APIView):
    """The debtor was told of the new creditor; until then the change has no effect on them (Civil Code, 546)."""

    audience = {"POST": "lending.terms"}

    @extend_schema(tags=["terms"], parameters=[KEY], request=NoticeIn, responses={200: NoticeOut, 201: NoticeOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """201 when it is recorded now, 200 when the key is known, 422 when the key has other content."""
        payment, row, who = _payment(request, pk), _cleaned(NoticeIn, request), cast(StaffRequest, request)
        if row["given_on"] > day_of(who):
            raise serializers.ValidationError({"given_on": "that day lies ahead of the business date"})
        try:
            notice = give_notice(payment, by=who.user, at=who.now, **row)
        except ChangeError as error:
            raise serializers.ValidationError({error.field or "detail": str(error)}) from None
        return Response(NoticeOut(notice).data, status=201)


def _guarantee(request: Request, row: dict[str, Any], loan: Loan | None) -> Response:
    names = ("funder", "product", "guarantor", "cap_ppm", "trigger_days", "penalty_rate_ppm")
    content = {name: row[name] for name in names} | {"loan": loan.number if loan else ""}
    return _waiting(
        lambda: propose(
            kind=Change.Kind.GUARANTEE, subject=subject_of(content), loan=loan, from_on=row["from_on"],
            content=content, words=row["words"], **_who_and_when(request),
        )
    )  # fmt: skip


def _waiting(act: Callable[[], Change]) -> Response:
    try:
        return Response(ChangeOut(act()).data, status=201)
    except ChangeError as error:
        raise serializers.ValidationError({error.field or "detail": str(error)}) from None


def _cleaned(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    return cast(dict[str, Any], given.validated_data)


def _who_and_when(request: Request) -> dict[str, Any]:
    who = cast(StaffRequest, request)
    return {"by": who.user, "at": who.now, "on": day_of(who)}


def _loan(request: Request, number: str) -> Loan:
    seen = Loan.objects.visible_to(request.user).select_related("product", "funder")
    return get_object_or_404(seen, number=number)


def _payment(request: Request, pk: int) -> GuarantorPayment:
    seen = GuarantorPayment.objects.filter(loan__in=Loan.objects.visible_to(request.user))
    return get_object_or_404(seen.select_related("loan__funder", "guarantor"), pk=pk)
