"""Why borrowers are behind, for machines."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.models import Case
from cases.why_behind import shares
from staff.models import User


class WhyBehindOut(serializers.Serializer[Any]):
    """Cases of one reason, team and currency; no reason: nobody has asked yet; no team: in nobody's hands."""

    reason = serializers.CharField(allow_blank=True)
    team = serializers.CharField(allow_blank=True)
    currency = serializers.CharField(allow_blank=True)
    cases = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text="principal and interest past due, in minor units")


class WhyBehindView(APIView):
    audience = {"GET": "cases.reports"}

    @extend_schema(tags=["cases"], responses=WhyBehindOut(many=True))
    def get(self, request: Request) -> Response:
        """Why the borrowers of open cases are behind, as of now."""
        found = shares(Case.objects.visible_to(cast(User, request.user)))
        return Response(WhyBehindOut(found, many=True).data)
