"""Plans for machines: those that wait, the decision on one, its letter; the approval limits, and who stands in. Money is text in major units."""

from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.api_changes import ChangeOut
from lending.changes import ChangeError
from lending.edge import StaffRequest, day_of
from lending.money import AmountError, parse_amount
from lending.pages import name_for
from lending.views.letter_files import PdfRenderer, as_pdf, language_for
from restructuring.agreement import kind_of, plan_letter, terms_of
from restructuring.api_answers import (
    AgreementOut,
    LimitsIn,
    LimitsOut,
    PlanDecisionIn,
    PlanOut,
    StandInIn,
    StandInOut,
)
from restructuring.deciding import decide
from restructuring.limit_forms import AMOUNTS
from restructuring.limit_publishing import MAJOR, put_forward_matrix
from restructuring.matrix import Limit, Matrix, matrix_on
from restructuring.models import PlanRequest, StandIn
from restructuring.payload import proposal_of, readable_proposal
from restructuring.standing_in import StandInError, name_stand_in, of_days, take_back_stand_in
from restructuring.states import AGREED
from restructuring.views.common import CHANGED_SINCE, REFUSED
from staff.api_once import CONFLICT, KEY, once_by_key
from staff.models import User

SHOWN_MAX = 200
TAG = ["plans"]


def _who(request: Request) -> dict[str, Any]:
    who = cast(StaffRequest, request)
    return {"by": who.user, "at": who.now, "on": day_of(who)}


def _plan(request: Request, pk: int) -> PlanRequest:
    plans = PlanRequest.objects.visible_to(request.user)
    return get_object_or_404(
        plans.select_related("loan__borrower", "loan__product", "loan__funder", "maker", "means", "schedule"), pk=pk
    )


class PlansView(APIView):
    """Plans that wait for a decision, the oldest first."""

    audience = {"GET": "restructuring.read"}

    @extend_schema(tags=TAG, responses=PlanOut(many=True))
    def get(self, request: Request) -> Response:
        waiting = PlanRequest.objects.visible_to(request.user).waiting().select_related("loan", "maker")
        return Response(PlanOut([*waiting.order_by("made_at", "pk")[:SHOWN_MAX]], many=True).data)


class PlanDecisionView(APIView):
    """The decision on exactly the payload of that hash."""

    audience = {"POST": "restructuring.decide"}

    @extend_schema(tags=TAG, parameters=[KEY], request=PlanDecisionIn, responses={200: PlanOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it was decided or changed since, 422 when the key has other content; `state` says what came of it."""
        plan, given = _plan(request, pk), PlanDecisionIn(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            return Response(PlanOut(decide(plan=plan, **given.validated_data, **_who(request))).data)
        except CHANGED_SINCE as error:
            return Response({"detail": str(error)}, status=CONFLICT)
        except REFUSED as error:
            raise serializers.ValidationError({"detail": str(error)}) from None


class PlanAgreementView(APIView):
    """What the borrower is given of a plan: the offer, or the agreement once it is in effect. As PDF, the letter."""

    audience = {"GET": "restructuring.read"}
    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        tags=TAG,
        parameters=[OpenApiParameter("language", OpenApiTypes.STR)],
        responses=AgreementOut,
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        plan, user = _plan(request, pk), cast(User, request.user)
        if plan.state not in AGREED or readable_proposal(plan) is None:
            raise Http404
        if request.accepted_renderer.format == "pdf":
            language, on = language_for(request.query_params.get("language", ""), plan.loan), _who(request)["on"]
            letter = plan_letter(plan, language=language, name=name_for(plan.loan.borrower, user), on=on)
            return as_pdf(letter, plan.loan, kind=kind_of(plan), language=language, on=on)
        terms = terms_of(proposal_of(plan))
        told = {"kind": kind_of(plan), "plan": plan, "currency": plan.loan.currency, "terms": terms}
        return Response(AgreementOut(told).data)


class ApprovalLimitsView(APIView):
    """Who may decide which plan up to what, as it holds today; and other limits, which a second person publishes."""

    audience = {"GET": "restructuring.read", "POST": "lending.terms"}

    @extend_schema(tags=TAG, responses=LimitsOut)
    def get(self, request: Request) -> Response:
        return Response(LimitsOut(matrix_on(_who(request)["on"])).data)

    @extend_schema(tags=TAG, parameters=[KEY], request=LimitsIn, responses={200: ChangeOut, 201: ChangeOut})
    @once_by_key
    def post(self, request: Request) -> Response:
        """201 when it waits now, 200 when the key is known, 422 when the key has other content. All limits, not only other ones."""
        given = LimitsIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        matrix = Matrix(tuple(_limit(each) for each in row["limits"]), row["decide_days"])
        try:
            change = put_forward_matrix(matrix, from_on=row["valid_from"], words=row["words"], **_who(request))
        except ChangeError as error:
            raise serializers.ValidationError({error.field or "detail": str(error)}) from None
        return Response(ChangeOut(change).data, status=201)


def _limit(row: dict[str, Any]) -> Limit:
    try:
        amounts = {name: parse_amount(row[name], MAJOR) for name in AMOUNTS}
    except AmountError:
        raise serializers.ValidationError({"limits": "amounts like 1200 or 1200.50"}) from None
    values: dict[str, Any] = {name: row[name] for name in Limit._fields} | amounts
    return Limit(**values)


class StandInsView(APIView):
    """Who stands in for whoever asks, today or later, and somebody who is to."""

    audience = {"GET": "restructuring.decide", "POST": "restructuring.decide"}

    @extend_schema(tags=TAG, responses=StandInOut(many=True))
    def get(self, request: Request) -> Response:
        who = _who(request)
        return Response(StandInOut([*of_days(who["by"], who["on"], who["on"].max)], many=True).data)

    @extend_schema(tags=TAG, parameters=[KEY], request=StandInIn, responses={200: StandInOut, 201: StandInOut})
    @once_by_key
    def post(self, request: Request) -> Response:
        """201 when it is noted, with the absence; 200 when the key is known, 422 when the key has other content."""
        given = StandInIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = given.validated_data
        person = User.objects.filter(username=row.pop("person")).first()
        if person is None:
            raise serializers.ValidationError({"person": "nobody here is called so"})
        try:
            return Response(StandInOut(name_stand_in(person=person, **row, **_who(request))).data, status=201)
        except StandInError as error:
            raise serializers.ValidationError({error.field or "detail": str(error)}) from None


class StandInEndView(APIView):
    """From today on nobody stands in; only whoever named the stand-in."""

    audience = {"POST": "restructuring.decide"}

    @extend_schema(tags=TAG, parameters=[KEY], request=None, responses={200: StandInOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it was taken back or is over."""
        mine = StandIn.objects.select_related("person", "absence").filter(absence__user=cast(User, request.user))
        try:
            return Response(
                StandInOut(take_back_stand_in(stand_in=get_object_or_404(mine, pk=pk), **_who(request))).data
            )
        except StandInError as error:
            return Response({"detail": str(error)}, status=CONFLICT)
