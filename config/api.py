"""What the API needs beside its resources: a token, the schema and its reader."""

from typing import Any, cast

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.clock import machine_now, now
from audit.record import record
from staff import factors
from staff.access import PUBLIC
from staff.doors import DoorShutError
from staff.models import User


class TokenIn(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(trim_whitespace=False)
    code = serializers.CharField(required=False, help_text="The second factor, where the role has one.")


class TokenOut(serializers.Serializer[Any]):
    token = serializers.CharField()


class TokenView(APIView):
    """A token for a user name and password, to be sent as `Authorization: Token …`.

    The same door as the sign-in page: 429 with `Retry-After` says that nothing was looked at.
    """

    audience = {"POST": PUBLIC}
    authentication_classes = ()
    parser_classes = (JSONParser, FormParser)

    @extend_schema(tags=["token"], request=TokenIn, responses=TokenOut, auth=[])
    def post(self, request: Request) -> Response:
        given = TokenIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        try:
            person = authenticate(cast("HttpRequest", request), username=asked["username"], password=asked["password"])
            if not isinstance(person, User):
                raise ValidationError({"detail": "User name and password do not fit together."})
            self._check_factor(person, asked.get("code", ""))
        except DoorShutError as shut:
            raise Throttled(wait=(shut.until - machine_now()).total_seconds()) from None
        with transaction.atomic():
            token, _ = Token.objects.get_or_create(user=person)
            record("staff.token_given", by=person, at=now(), subject=person)
        return Response({"token": token.key})

    def _check_factor(self, person: User, code: str) -> None:
        owed = factors.owed_by(person)
        if owed == factors.ENROL:
            raise ValidationError({"code": "Set up the second factor first: sign in once in a browser."})
        if owed == factors.CODE:
            try:
                factors.check(person, code, at=now())
            except factors.CodeError:
                raise ValidationError({"code": "A fresh code of the second factor is wanted."}) from None


class SchemaView(SpectacularAPIView):
    audience = {"GET": PUBLIC}


class DocsView(SpectacularSwaggerSplitView):
    """Reads the schema aloud; its scripts are files of their own, as the content security policy wants them."""

    audience = {"GET": PUBLIC}
    template_name = "api/docs.html"
