"""The contact rules for machines, and how an answer of the gate reads there."""

from datetime import date
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.clock import local_day, now
from contacts.rulebook import rule_rows


class RuleOut(serializers.Serializer[Any]):
    """A rule of the gate as it binds on a day."""

    rule_set = serializers.CharField(source="rule.rule_set")
    code = serializers.CharField(source="rule.code")
    kind = serializers.CharField(source="rule.kind")
    standing = serializers.CharField(source="rule.standing")
    channels = serializers.ListField(child=serializers.CharField(), source="rule.channels", help_text="empty: all")
    limit = serializers.CharField(help_text="in words of the language asked for")
    details = serializers.DictField(source="rule.details")
    text = serializers.CharField()
    citation = serializers.CharField(source="rule.source", help_text="where it is written")
    valid_from = serializers.DateField(source="rule.valid_from")
    valid_to = serializers.DateField(source="ends_on", allow_null=True)


class CounterOut(serializers.Serializer[Any]):
    rule = serializers.CharField(source="code")
    used = serializers.IntegerField()
    most = serializers.IntegerField(source="max")
    unit = serializers.CharField()
    days = serializers.IntegerField()
    minutes = serializers.IntegerField(allow_null=True)


class AnswerOut(serializers.Serializer[Any]):
    """What the gate says to one contact; asking takes no slot."""

    allowed = serializers.BooleanField()
    rule = serializers.CharField(help_text="the rule or fact that refuses; empty when it is allowed")
    standing = serializers.CharField()
    text = serializers.CharField()
    citation = serializers.CharField(source="source", help_text="where it is written")
    lawful_at = serializers.DateTimeField(allow_null=True, help_text="null: waiting does not help")
    until = serializers.DateTimeField(allow_null=True, help_text="when quiet hours begin")
    counters = CounterOut(many=True)


class ContactRulesView(APIView):
    """The rules in force today, or on the day `on`."""

    audience = {"GET": "contacts.rules"}

    @extend_schema(
        tags=["contact rules"], parameters=[OpenApiParameter("on", OpenApiTypes.DATE)], responses=RuleOut(many=True)
    )
    def get(self, request: Request) -> Response:
        on = _day(request.query_params.get("on"), local_day(now()))
        return Response(RuleOut([row for row in rule_rows(on) if row.is_in_force], many=True).data)


def _day(text: str | None, default: date) -> date:
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise serializers.ValidationError({"on": "a day like 2026-01-31"}) from None
