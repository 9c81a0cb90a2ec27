"""How a borrower wants to be reached, for machines."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api_work import CaseVerb, DoneOut, Told
from cases.edge import StaffRequest
from cases.models import Case
from contacts.liking import LikingError, note_liking
from lending.models import Borrower
from staff.api_once import KEY, once_by_key


class LikingIn(serializers.Serializer[Any]):
    """From now on; without hours any lawful hour suits."""

    language = serializers.ChoiceField(choices=Borrower.Language.choices)
    opens = serializers.TimeField(required=False, default=None, allow_null=True, help_text="by the borrower's clock")
    closes = serializers.TimeField(required=False, default=None, allow_null=True)
    evidence = serializers.CharField(max_length=200)

    def validate(self, attrs: Told) -> Told:
        if (attrs["opens"] is None) != (attrs["closes"] is None):
            raise serializers.ValidationError({"closes": "both hours, or neither"})
        return attrs


class LikingView(CaseVerb):
    audience = {"POST": "contacts.contact"}

    @extend_schema(tags=["cases"], parameters=[KEY], request=LikingIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """Note the language and the hours in which the borrower wants to be spoken to."""
        who = cast(StaffRequest, request)

        def act(case: Case, told: Told) -> None:
            opens, closes = told.pop("opens"), told.pop("closes")
            hours = (opens, closes) if opens else None
            try:
                note_liking(borrower=case.borrower, hours=hours, by=who.user, at=who.now, **told)
            except LikingError as refused:
                raise serializers.ValidationError({"opens": str(refused)}) from None

        return self.done(request, pk, LikingIn, act)
