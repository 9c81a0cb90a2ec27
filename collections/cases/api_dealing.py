"""Dealing cases out for machines: the rules, a proposal and its word, the next case of the pool."""

import hashlib
from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.applying import NotWaitingError, apply
from cases.assignment import AwayError, CapacityError
from cases.caseloads import Filters
from cases.edge import StaffRequest, day_of
from cases.models import AssignmentRule, Proposal
from cases.moves import MoveError, StaleError
from cases.proposing import Question, propose, throw_away
from cases.pulling import NotPullingError, next_case
from staff.models import User

CONFLICT = 409
KEY_MAX = 80
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
REFUSALS = (NotWaitingError, StaleError, MoveError, CapacityError, AwayError, NotPullingError)


class AssignmentRuleOut(serializers.ModelSerializer[AssignmentRule]):
    """Amounts in minor units of the currency."""

    funder = serializers.CharField(source="funder.code", allow_null=True, default=None)
    product = serializers.CharField(source="product.code", allow_null=True, default=None)
    team = serializers.CharField(source="team.name", allow_null=True, default=None)

    class Meta:
        model = AssignmentRule
        fields = [
            "position", "name", "stage", "language", "funder", "product", "currency", "amount_from", "amount_below", "team",
            "weight", "stays",
        ]  # fmt: skip


class ProposalIn(serializers.Serializer[Any]):
    """Which cases: `owner` empty for the pool, `all` for everybody's, else an agent's user name; and whether to take them back."""

    owner = serializers.CharField(max_length=150, required=False, default="")
    bucket = serializers.CharField(max_length=3, required=False, default="")
    funder = serializers.CharField(max_length=40, required=False, default="")
    language = serializers.CharField(max_length=10, required=False, default="")
    take_back = serializers.BooleanField(required=False, default=False)


class LineOut(serializers.Serializer[Any]):
    agent = serializers.CharField()
    before = serializers.IntegerField()
    coming = serializers.IntegerField()
    going = serializers.IntegerField()
    after = serializers.IntegerField()
    capacity = serializers.IntegerField()


class StayOut(serializers.Serializer[Any]):
    why = serializers.CharField()
    stage = serializers.CharField()
    language = serializers.CharField()
    cases = serializers.IntegerField()


class ProposalOut(serializers.Serializer[Any]):
    """`id` is null where nothing would move."""

    id = serializers.IntegerField(allow_null=True)
    state = serializers.CharField()
    cases = serializers.IntegerField(source="count")
    people = serializers.SerializerMethodField()
    left = serializers.SerializerMethodField()

    @extend_schema_field(LineOut(many=True))
    def get_people(self, proposal: Proposal) -> list[dict[str, Any]]:
        names = User.objects.in_bulk([line[0] for line in proposal.lines])
        columns = ("before", "coming", "going", "after", "capacity")
        return [
            {"agent": names[pk].username, **dict(zip(columns, numbers, strict=True))}
            for pk, *numbers in proposal.lines
            if pk in names
        ]

    @extend_schema_field(StayOut(many=True))
    def get_left(self, proposal: Proposal) -> list[dict[str, Any]]:
        return [dict(zip(("why", "stage", "language", "cases"), line, strict=True)) for line in proposal.left]


class NextCaseOut(serializers.Serializer[Any]):
    case = serializers.IntegerField(
        allow_null=True, help_text="null where the pool holds nothing that this agent may take"
    )


class AssignmentRulesView(APIView):
    audience = {"GET": "cases.rules"}

    @extend_schema(tags=["cases"], responses=AssignmentRuleOut(many=True))
    def get(self, request: Request) -> Response:
        """In the order in which they are asked."""
        rules = AssignmentRule.objects.select_related("funder", "product", "team").order_by("position", "pk")
        return Response(AssignmentRuleOut(rules, many=True).data)


class ProposalsView(APIView):
    audience = {"POST": "cases.assign"}

    @extend_schema(tags=["cases"], request=ProposalIn, responses={200: ProposalOut, 201: ProposalOut})
    def post(self, request: Request) -> Response:
        """Who would get what: it moves nothing, and replaces the proposal of this user that waits. 200 where nothing would move."""
        given, who = ProposalIn(data=request.data), cast(StaffRequest, request)
        given.is_valid(raise_exception=True)
        row = dict(given.validated_data)
        take_back, owner = row.pop("take_back"), row["owner"]
        if owner and owner != "all":
            row["owner"] = str(get_object_or_404(User.objects.in_teams_of(who.user), username=owner).pk)
        question = Question(filters=Filters(**row), take_back=take_back)
        found = propose(question, by=who.user, at=who.now, on=day_of(who)) or Proposal(count=0)
        return Response(ProposalOut(found).data, status=201 if found.pk else 200)


class ProposalView(APIView):
    audience = {"GET": "cases.assign"}

    @extend_schema(tags=["cases"], responses=ProposalOut)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ProposalOut(get_object_or_404(Proposal, pk=pk, by=cast(User, request.user))).data)


class ProposalApplyView(APIView):
    audience = {"POST": "cases.assign"}

    @extend_schema(tags=["cases"], request=None, responses=ProposalOut)
    def post(self, request: Request, pk: int) -> Response:
        """A proposal is applied once: the same call again answers the same. 409 says what has changed since."""
        who = cast(StaffRequest, request)
        kept = get_object_or_404(Proposal, pk=pk, by=who.user)
        if kept.state != Proposal.State.APPLIED:
            try:
                kept = apply(pk, by=who.user, at=who.now, on=day_of(who))
            except REFUSALS as refused:
                return Response({"detail": str(refused)}, status=CONFLICT)
        return Response(ProposalOut(kept).data)


class ProposalDiscardView(APIView):
    audience = {"POST": "cases.assign"}

    @extend_schema(tags=["cases"], request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        who = cast(StaffRequest, request)
        get_object_or_404(Proposal, pk=pk, by=who.user, state=Proposal.State.DRAFT)
        throw_away(by=who.user)
        return Response(status=204)


class NextCaseView(APIView):
    audience = {"POST": "cases.work"}

    @extend_schema(tags=["cases"], parameters=[KEY], request=None, responses={200: NextCaseOut, 201: NextCaseOut})
    def post(self, request: Request) -> Response:
        """201 with the case that this key has taken, new or known; 200 with none; 409 with what stands in the way."""
        key, who = request.headers.get("Idempotency-Key", "").strip(), cast(StaffRequest, request)
        if not 0 < len(key) <= KEY_MAX:
            raise serializers.ValidationError({"Idempotency-Key": f"1 to {KEY_MAX} characters"})
        batch = hashlib.sha256(f"next:{who.user.pk}:{key}".encode()).hexdigest()[:32]
        try:
            found = next_case(by=who.user, at=who.now, on=day_of(who), key=batch)
        except REFUSALS as refused:
            return Response({"detail": str(refused)}, status=CONFLICT)
        return Response(NextCaseOut({"case": found.pk if found else None}).data, status=201 if found else 200)
