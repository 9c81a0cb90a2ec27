"""Rehearsals and dead letters for machines: what the pages do, and what they show."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.edge import StaffRequest
from dunning import dead_letters, rehearsing
from dunning.dead_letters import Fate
from dunning.forms import RehearsalForm
from dunning.models import Reminder
from dunning.settling import DayPassedError, SettledBeforeError
from lending.days import business_date
from staff.api_once import KEY, once_by_key
from staff.models import Job


class RehearsalIn(serializers.Serializer[Any]):
    day = serializers.DateField()


class RehearsalOut(serializers.Serializer[Any]):
    """`report` grows until `state` is done: numbers by step, channel, hour, rule and alphabet; keys of people are left out."""

    id = serializers.IntegerField(source="pk")
    day = serializers.CharField(source="parameters.day")
    state = serializers.ChoiceField(choices=Job.State.choices)
    planned = serializers.IntegerField(source="report.planned", default=0)
    steps = serializers.DictField(child=serializers.IntegerField(), source="report.steps", default=dict)
    channels = serializers.DictField(child=serializers.IntegerField(), source="report.channels", default=dict)
    hours = serializers.DictField(child=serializers.IntegerField(), source="report.hours", default=dict)
    refused = serializers.DictField(child=serializers.IntegerField(), source="report.refused", default=dict)
    segments = serializers.DictField(child=serializers.IntegerField(), source="report.segments", default=dict)


class RehearsalsView(APIView):
    audience = {"POST": "dunning.rehearse"}

    @extend_schema(
        tags=["reminders"], parameters=[KEY], request=RehearsalIn, responses={200: RehearsalOut, 201: RehearsalOut}
    )
    @once_by_key
    def post(self, request: Request) -> Response:
        """Begin to rehearse a day; it writes no reminder."""
        given, who = RehearsalIn(data=request.data), cast(StaffRequest, request)
        given.is_valid(raise_exception=True)
        form = RehearsalForm(given.validated_data, business_date=business_date(who.now))
        if not form.is_valid():
            raise serializers.ValidationError({"day": [str(error) for error in form.errors["day"]]})
        job = rehearsing.start(form.cleaned_data["day"], by=who.user, at=who.now)
        return Response(RehearsalOut(job).data, status=201)


class RehearsalView(APIView):
    audience = {"GET": "dunning.rehearse"}

    @extend_schema(tags=["reminders"], responses=RehearsalOut)
    def get(self, request: Request, pk: int) -> Response:
        """How far it has come, and what it has found."""
        mine = Job.objects.visible_to(request.user).filter(kind=rehearsing.KIND)
        return Response(RehearsalOut(get_object_or_404(mine, pk=pk)).data)


class DeadLettersOut(serializers.Serializer[Any]):
    """How many messages were tried out for that reason, and how many of them may still go out."""

    why = serializers.CharField()
    number = serializers.IntegerField()
    sendable = serializers.IntegerField()


class DeadLetterIn(serializers.Serializer[Any]):
    fate = serializers.ChoiceField(choices=Fate.choices)
    reason = serializers.CharField(max_length=200)


class DeadLettersIn(DeadLetterIn):
    why = serializers.CharField(max_length=120)


class SettledOut(serializers.Serializer[Any]):
    settled = serializers.IntegerField()


class DeadLettersView(APIView):
    audience = {"GET": "dunning.settle", "POST": "dunning.settle"}

    @extend_schema(tags=["reminders"], responses=DeadLettersOut(many=True))
    def get(self, request: Request) -> Response:
        """Messages that were tried out, by reason."""
        who = cast(StaffRequest, request)
        found = dead_letters.groups(Reminder.objects.visible_to(who.user), who.now)
        return Response(DeadLettersOut(found, many=True).data)

    @extend_schema(
        tags=["reminders"], parameters=[KEY], request=DeadLettersIn, responses={200: SettledOut, 201: SettledOut}
    )
    @once_by_key
    def post(self, request: Request) -> Response:
        """Send all that failed for that reason anew, or give them up."""
        given, who = DeadLettersIn(data=request.data), cast(StaffRequest, request)
        given.is_valid(raise_exception=True)
        number = dead_letters.settle_all(**given.validated_data, by=who.user, at=who.now)
        return Response({"settled": number}, status=201)


class DeadLetterView(APIView):
    audience = {"POST": "dunning.settle"}

    @extend_schema(
        tags=["reminders"], parameters=[KEY], request=DeadLetterIn, responses={200: SettledOut, 201: SettledOut}
    )
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """Send this one anew, or give it up."""
        given, who = DeadLetterIn(data=request.data), cast(StaffRequest, request)
        reminder = get_object_or_404(Reminder.objects.visible_to(who.user).select_related("borrower"), pk=pk)
        given.is_valid(raise_exception=True)
        try:
            dead_letters.settle_one(reminder, **given.validated_data, by=who.user, at=who.now)
        except SettledBeforeError:
            return Response({"detail": "it is no dead letter"}, status=409)
        except DayPassedError:
            raise serializers.ValidationError({"fate": "its day is over"}) from None
        return Response({"settled": 1}, status=201)
