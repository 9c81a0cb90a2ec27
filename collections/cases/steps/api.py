"""What comes next, for machines that write calls down: the codes in force with their steps."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.edge import StaffRequest, day_of
from cases.steps.choosing import name_of, steps_on
from cases.steps.models import NextStep, Of, Step
from contacts.models import Contact


class NextStepOut(serializers.Serializer[Any]):
    of = serializers.ChoiceField(choices=Of.choices)
    code = serializers.CharField()
    name = serializers.SerializerMethodField()
    fact = serializers.ChoiceField(choices=Contact.Outcome.choices, allow_blank=True)
    step = serializers.ChoiceField(choices=Step.choices)
    hours = serializers.IntegerField()
    hold = serializers.CharField(allow_blank=True)
    valid_from = serializers.DateField()

    def get_name(self, row: NextStep) -> str:
        return name_of(row)


class NextStepsView(APIView):
    audience = {"GET": "cases.read"}

    @extend_schema(tags=["cases"], responses=NextStepOut(many=True))
    def get(self, request: Request) -> Response:
        """The outcomes that a call may have and the reasons for being behind, each with the step that it brings, as of the business date."""
        return Response(NextStepOut(steps_on(day_of(cast(StaffRequest, request))), many=True).data)
