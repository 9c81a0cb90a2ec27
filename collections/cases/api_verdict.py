"""What the contact gate says to a contact with the borrower of a case, for machines. Asking takes no slot and keeps nothing."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.clock import now
from cases.models import Case
from contacts.api import AnswerOut
from contacts.gate import Question, decide_many
from contacts.models import Channel, Purpose
from lending.models import ContactPoint
from staff.models import User

PEOPLE_MAX = 9


class VerdictIn(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.CALL)
    purpose = serializers.ChoiceField(choices=Purpose.choices, default=Purpose.DEMAND)
    subject = serializers.ChoiceField(choices=ContactPoint.Holder.choices, default=ContactPoint.Holder.BORROWER)
    people = serializers.IntegerField(min_value=0, max_value=PEOPLE_MAX, default=0, help_text="how many go on a visit")
    at = serializers.DateTimeField(required=False, help_text="now unless given, with its offset")


class CaseVerdictView(APIView):
    """May the borrower of this case be contacted so, and if not, by which rule and from when?"""

    audience = {"GET": "cases.read"}

    @extend_schema(tags=["cases"], parameters=[VerdictIn], responses=AnswerOut)
    def get(self, request: Request, pk: int) -> Response:
        case = get_object_or_404(Case.objects.visible_to(cast(User, request.user)), pk=pk)
        asked = VerdictIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        question = Question(
            case.borrower_id, told["channel"], told["purpose"], told.get("at") or now(),
            subject=told["subject"], people=told["people"],
        )  # fmt: skip
        return Response(AnswerOut(decide_many([question])[0]).data)
