"""Referrals for machines: read, ask, decide and end them once by key; what an agency is given, and what it reports of its contacts.

Money is text in major units.
"""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.clock import local_day
from cases.models import Case
from cases.referrals import asking, deciding, ending
from cases.referrals.agencies import agencies_on
from cases.referrals.api_answers import (
    AgencyOut,
    ContactIn,
    ContactOut,
    EndIn,
    PlacedOut,
    ReferralDecisionIn,
    ReferralIn,
    ReferralOut,
)
from cases.referrals.errors import ReferralError, ReferralStaleError
from cases.referrals.handing_over import ROWS_MAX, count_of, hand_over, rows_of
from cases.referrals.models import Agency, Referral, ReferralQuerySet
from cases.referrals.reporting import report_contact
from lending.edge import StaffRequest, day_of
from staff.api_once import CONFLICT, KEY, once_by_key
from staff.models import User

SHOWN_MAX = 200
TAG = ["referrals"]


class ReferralsView(APIView):
    """What waits and runs, the first to end first (or of one `state`, or of one case), and a new one."""

    audience = {"GET": "cases.referrals", "POST": "cases.refer"}

    @extend_schema(
        tags=TAG,
        parameters=[
            OpenApiParameter("state", enum=Referral.State.values),
            OpenApiParameter("case", OpenApiTypes.INT),
        ],
        responses=ReferralOut(many=True),
    )
    def get(self, request: Request) -> Response:
        found, asked = _seen(request), request.query_params
        state, case = asked.get("state"), asked.get("case", "")
        found = found.filter(state=state) if state in Referral.State.values else found.unfinished()
        if case.isdecimal() and len(case) < 10:
            found = found.filter(case=int(case))
        return Response(ReferralOut([*found.order_by("until_on", "pk")[:SHOWN_MAX]], many=True).data)

    @extend_schema(tags=TAG, parameters=[KEY], request=ReferralIn, responses={200: ReferralOut, 201: ReferralOut})
    @once_by_key
    def post(self, request: Request) -> Response:
        """201 when it is new, 200 when the key is known, 422 when the key has other content."""
        who = cast(StaffRequest, request)
        given = ReferralIn(data=request.data)
        given.is_valid(raise_exception=True)
        row = dict(given.validated_data)
        cases = Case.objects.visible_to(who.user).select_related("borrower")
        case = get_object_or_404(cases, pk=row.pop("case"))
        code = row.pop("agency", "")
        agency = get_object_or_404(Agency, code=code) if code else None
        people: dict[str, Any] = {name: _person(row.pop(name, "")) for name in ("first_visitor", "second_visitor")}
        try:
            made = asking.ask(case=case, agency=agency, **people, **row, by=who.user, at=who.now, on=local_day(who.now))
        except ReferralError as error:
            return _refused(error)
        return Response(ReferralOut(made).data, status=201)


def _person(username: str) -> User | None:
    return get_object_or_404(User, username=username, is_active=True) if username else None


class ReferralView(APIView):
    """One referral, with its loans and steps."""

    audience = {"GET": "cases.referrals"}

    @extend_schema(tags=TAG, responses=ReferralOut)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ReferralOut(get_object_or_404(_seen(request), pk=pk)).data)


class ReferralDecisionView(APIView):
    """The decision on what somebody else asked for."""

    audience = {"POST": "cases.refer_decide"}

    @extend_schema(tags=TAG, parameters=[KEY], request=ReferralDecisionIn, responses={200: ReferralOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it was decided before, 422 when the key has other content."""
        found = get_object_or_404(_seen(request), pk=pk)
        given = ReferralDecisionIn(data=request.data)
        given.is_valid(raise_exception=True)
        approve, words = given.validated_data["verdict"] == "approve", given.validated_data["words"]
        try:
            deciding.decide(found, approve=approve, words=words, **_moving(request))
        except ReferralError as error:
            return _refused(error)
        return Response(ReferralOut(found).data)


class ReferralEndView(APIView):
    """What came of it, or that it is called back."""

    audience = {"POST": "cases.refer"}

    @extend_schema(tags=TAG, parameters=[KEY], request=EndIn, responses={200: ReferralOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """409 when it has ended before, 422 when the key has other content."""
        found = get_object_or_404(_seen(request), pk=pk)
        given = EndIn(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            ending.end(found, **given.validated_data, **_moving(request))
        except ReferralError as error:
            return _refused(error)
        return Response(ReferralOut(found).data)


class AgenciesView(APIView):
    """Every agency as it stands today, and why nothing may be placed with it where that is so."""

    audience = {"GET": "cases.agencies"}

    @extend_schema(tags=TAG, responses=AgencyOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(AgencyOut(agencies_on(local_day(cast(StaffRequest, request).now)), many=True).data)


class PlacementsView(APIView):
    """What the agency is given of the cases placed with it: nothing by which a person is known. That it was asked for is on record."""

    audience = {"GET": "cases.agency_export"}

    @extend_schema(tags=TAG, parameters=[OpenApiParameter("batch", str)], responses=PlacedOut(many=True))
    def get(self, request: Request, code: str) -> Response:
        who = cast(StaffRequest, request)
        agency, batch = get_object_or_404(Agency, code=code), request.query_params.get("batch", "")[:32]
        if count_of(agency, batch, ROWS_MAX) > ROWS_MAX:
            raise serializers.ValidationError({"batch": f"more than {ROWS_MAX} loans: ask for one placement"})
        found = hand_over(agency, batch, by=who.user, at=who.now)
        return Response(PlacedOut([*rows_of(found, day_of(who))], many=True).data)


class AgencyContactsView(APIView):
    """A contact that the agency made: always taken into the log, counted, and flagged where a rule would have refused it."""

    audience = {"POST": "cases.agency_report"}

    @extend_schema(tags=TAG, parameters=[KEY], request=ContactIn, responses={200: ContactOut, 201: ContactOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """201 when it is new, 200 when the key is known, 422 when the key has other content."""
        found = get_object_or_404(_seen(request), pk=pk)
        given = ContactIn(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            contact = report_contact(found, **given.validated_data, **_moving(request))
        except ReferralError as error:
            return _refused(error)
        return Response(ContactOut(contact).data, status=201)


def _seen(request: Request) -> ReferralQuerySet:
    found = Referral.objects.visible_to(cast(User, request.user)).prefetch_related("loans__loan", "steps")
    return found.select_related(
        "case__borrower", "agency", "terms", "maker", "checker", "first_visitor", "second_visitor"
    )


def _moving(request: Request) -> dict[str, Any]:
    who = cast(StaffRequest, request)
    return {"by": who.user, "at": who.now, "on": local_day(who.now)}


def _refused(error: ReferralError) -> Response:
    if isinstance(error, ReferralStaleError):
        return Response({"detail": str(error)}, status=CONFLICT)
    raise serializers.ValidationError({error.field or "detail": str(error)})
