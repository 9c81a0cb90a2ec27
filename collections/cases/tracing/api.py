"""Looking for a number, for machines: a try by hand, once by its key."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api_work import CaseVerb, DoneOut, SeenIn, Told
from cases.models import Case
from cases.tracing.looking import Found, TraceRefusedError, record_trace
from cases.tracing.means import BY_HAND
from lending.models import ContactPoint
from staff.api_once import KEY, once_by_key


class TraceIn(SeenIn):
    """A number that was found, or the day on which to look again."""

    means = serializers.ChoiceField(choices=BY_HAND)
    kind = serializers.ChoiceField(choices=["mobile", "phone"], required=False, default=ContactPoint.Kind.MOBILE.value)
    value = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    look_again_on = serializers.DateField(required=False, default=None, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class TracesView(CaseVerb):
    @extend_schema(tags=["cases"], parameters=[KEY], request=TraceIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """Write down where a new number was looked for, and what was found."""

        def act(case: Case, told: Told) -> None:
            seen: Any = told.pop("seen")
            means = told.pop("means")
            try:
                record_trace(case=case, means=means, found=Found(**told), seen=seen, **self.moving(request))
            except TraceRefusedError as refused:
                raise serializers.ValidationError({refused.field: str(refused)}) from None

        return self.done(request, pk, TraceIn, act)
